"""Workbooks are read as they are, and hostile ones are refused with a code of their own."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import LAST_ROW, Row
from aas_registry.domain.spreadsheet_cells import CellKind, OddCell
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.lists.xlsx import read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Lots" sheetId="1"'
    ' r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r>'
    "<rPh><t>いち</t></rPh></si></sst>",
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="yyyy/mm/dd"/>'
    '<numFmt numFmtId="171" formatCode="0 &quot;days&quot;"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>',
}


def archive(parts: Mapping[str, str | bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return stream


def workbook(rows: str, **changed: str | bytes) -> io.BytesIO:
    sheet = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return archive({**PARTS, "xl/worksheets/sheet1.xml": sheet, **changed})


def read(stream: io.BytesIO, limits: Limits) -> list[Row]:
    return list(read_workbook(recognise(stream, "", limits=limits), limits=limits).rows)


def refusal(stream: io.BytesIO, limits: Limits) -> str:
    with pytest.raises(RefusedError) as caught:
        read(stream, limits)
    return caught.value.code.value


# One cell in the form that most writers use, and in others that mean the same.
FORMS = [
    ('<c r="B2" t="s"><v>1</v></c>', "one"),
    ('<c  r="B2"  t="s" ><v>1</v></c>', "one"),
    ("<c r='B2' t='s'><v>1</v></c>", "one"),
    ('<c t="s" r="B2"><v>&#49;</v></c>', "one"),
    ('<x:c xmlns:x="urn:x" r="B2" t="s"><x:v>1</x:v></x:c>', "one"),
    ('<c r="B2" t="s"><!-- 0 --><v>1</v></c>', "one"),
    ('<c r="B2" t="inlineStr"><is><t xml:space="preserve"> 007 </t></is></c>', " 007 "),
    ('<c r="B2" t="inlineStr"><is><r><t>R&amp;D </t></r><r><t>1</t></r></is></c>', "R&D 1"),
    ('<c r="B2" t="inlineStr"><is><t><![CDATA[<7>]]></t></is></c>', "<7>"),
    ('<c r="B2" t="str"><f>A1&amp;"x"</f><v>0042</v></c>', OddCell("0042", None, is_formula=True)),
    ('<c r="B2"><f>1+1</f><v>2</v></c>', OddCell("2", CellKind.NUMBER, is_formula=True)),
    ('<c r="B2"><v>0042</v></c>', OddCell("0042", CellKind.NUMBER)),
    ('<c r="B2" s="1"><v>46000</v></c>', OddCell("2025-12-09", CellKind.DATE)),
    ('<c r="B2" s="2"><v>46000.5</v></c>', OddCell("2025-12-09", CellKind.DATE)),
    ('<c r="B2" s="3"><v>46000</v></c>', OddCell("46000", CellKind.NUMBER)),
    ('<c r="B2" t="d"><v>2026-01-02</v></c>', OddCell("2026-01-02", CellKind.DATE)),
    ('<c r="B2" t="b"><v>1</v></c>', OddCell("TRUE", CellKind.BOOLEAN)),
    ('<c r="B2" t="e"><v>#N/A</v></c>', OddCell("#N/A", CellKind.ERROR)),
    ('<c r="B2" t="inlineStr"><is><t>a_x000D_b_x005F_</t></is></c>', "a\rb_"),
]


@pytest.mark.parametrize(("cell", "value"), FORMS)
def test_a_cell_is_read_however_it_is_written(cell: str, value: object, limits: Limits) -> None:
    found = read(workbook(f'<row r="2">{cell}</row>'), limits)

    assert found == [(2, ["", value])]


def test_a_cell_without_a_place_stands_after_the_one_before(limits: Limits) -> None:
    rows = '<row r="2"><c r="A2"><v>1</v></c><c t="s"><v>1</v></c></row>'

    assert read(workbook(rows), limits)[0][1][1] == "one"


def test_rows_keep_their_numbers_and_empty_ones_are_passed_over(limits: Limits) -> None:
    rows = '<row r="1"><c r="A1" s="1"/></row><row r="3"/><row r="7"><c r="A7"><v>1</v></c></row><row><c><v>2</v></c></row>'

    assert [number for number, _ in read(workbook(rows), limits)] == [7, 8]


def test_a_cell_in_the_last_corner_costs_nothing_and_is_over_the_limit(limits: Limits) -> None:
    assert (
        refusal(workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), limits)
        == "SPREADSHEET-TOO-LARGE"
    )
    assert len(read(workbook('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), limits)) == 1


def test_the_sheet_named_lots_is_read_else_the_first_that_is_visible(limits: Limits) -> None:
    book = Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("Data").append(["seen"])
    plain = io.BytesIO()
    book.save(plain)
    book.create_sheet("LOTS ").append(["named"])
    named = io.BytesIO()
    book.save(named)

    first, second = (
        read_workbook(recognise(plain, "", limits=limits), limits=limits),
        read_workbook(recognise(named, "", limits=limits), limits=limits),
    )

    assert list(first.rows) == [(1, ["seen"])]
    assert list(second.rows) == [(1, ["named"])]
    assert [each.code.value for each in second.findings] == ["SPREADSHEET-SHEET-IGNORED"]


def test_a_cover_sheet_and_a_chart_before_the_list_are_passed_over(limits: Limits) -> None:
    book = Workbook()
    book.active.title = "Deckblatt"
    book.active.append(["Bolt Components GmbH", "Lose der Woche 11"])
    book.create_chartsheet("Diagramm", 0)
    book.create_sheet("Liste").append(["Manufacturer", "MPN", "Lot code"])
    book["Liste"].append(["Bolt", "CAP", "0042"])
    stream = io.BytesIO()
    book.save(stream)

    read_book = read_workbook(recognise(stream, "", limits=limits), limits=limits)

    assert read_book.sheet == "Liste"
    assert list(read_book.rows)[1] == (2, ["Bolt", "CAP", "0042"])
    assert [each.code.value for each in read_book.findings] == ["SPREADSHEET-SHEET-IGNORED"]


@pytest.mark.parametrize("kind", ["vbaProject", "externalLink", "connections"])
def test_what_could_act_is_found_and_not_read(kind: str, limits: Limits) -> None:
    named = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="r9" Type="{OFFICE}/{kind}" Target="acts.bin"/></Relationships>',
    )
    stream = workbook('<row r="1"><c r="A1"><v>1</v></c></row>', **{"xl/_rels/workbook.xml.rels": named})

    (found,) = read_workbook(recognise(stream, "", limits=limits), limits=limits).findings

    assert (found.code, found.severity) == ("SPREADSHEET-PROGRAM", "warning")
    assert found.part == "/xl/acts.bin"


def test_dates_of_both_calendars_are_the_same_day(limits: Limits) -> None:
    found = []
    for epoch in (CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904):
        book = Workbook()
        book.epoch = epoch
        book.active.append([date(2026, 3, 9)])
        stream = io.BytesIO()
        book.save(stream)
        found += read(stream, limits)

    assert found == [(1, [OddCell("2026-03-09", CellKind.DATE)])] * 2


def test_a_name_with_backslashes_is_refused(limits: Limits) -> None:
    parts = PARTS | {"xl\\worksheets\\sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'}

    assert refusal(archive(parts), limits) == "ZIP-PART-NAME"


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/worksheets/sheet1.xml", "XML-DOCTYPE"),
        ("xl/sharedStrings.xml", "XML-DOCTYPE"),
        ("xl/styles.xml", "XML-DOCTYPE"),
        ("xl/workbook.xml", "XML-DOCTYPE"),
        ("xl/_rels/workbook.xml.rels", "XML-DOCTYPE"),
        ("_rels/.rels", "XML-DOCTYPE"),
    ],
)
def test_a_doctype_in_any_part_that_is_read_is_refused(name: str, code: str, limits: Limits) -> None:
    parts = {
        **PARTS,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData></sheetData></worksheet>',
    }

    assert refusal(archive({**parts, name: DOCTYPE + parts[name]}), limits) == code


HOSTILE = [
    ('<row r="2"><c r="A2" t="s"><v>9</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="0x2"><c r="A2"><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="99999999"><c r="A2"><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="ABCDE2"><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="ZZ2"><v>1</v></c></row>', "SPREADSHEET-TOO-LARGE"),
    ('<row r="2"><c r="A2"><v>1</v></row>', "XML-INVALID"),
    ('<row r="2"><c r="A2"><v>&a;</v></c></row>', "XML-INVALID"),
    ('<row r="2"><c r="A2">x<v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="A2"><v>1<x/></v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><c r="A2"><f>1<x/></f><v>1</v></c></row>', "SPREADSHEET-DAMAGED"),
    ('<row r="2"><y:c r="A2"/></row>', "XML-INVALID"),
    ("<row>" + "".join(f"<a{each}/>" for each in range(20_000)) + "</row>", "XML-TOO-WIDE"),
    ("<a>" * 100 + "</a>" * 100, "XML-TOO-DEEP"),
    ("<row>" + "<c>" * 100 + "<f>" + "</f>" + "</c>" * 100 + "</row>", "XML-TOO-DEEP"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code"), HOSTILE)
def test_a_hostile_sheet_is_refused(rows: str, code: str, limits: Limits) -> None:
    assert refusal(workbook(rows), limits) == code


def test_too_many_rows_texts_and_bytes_are_refused(with_limits: Callable[..., Limits]) -> None:
    rows = "".join(f'<row r="{each}"><c r="A{each}"><v>1</v></c></row>' for each in range(1, 60))
    strings = f'<sst xmlns="{MAIN}">' + "<si><t>ab</t></si>" * 60 + "</sst>"

    assert refusal(workbook(rows), with_limits(spreadsheet_rows=10)) == "SPREADSHEET-TOO-LARGE"
    assert refusal(workbook(rows), with_limits(spreadsheet_bytes=500)) == "SPREADSHEET-TOO-LARGE"
    many = workbook("", **{"xl/sharedStrings.xml": strings})
    assert refusal(many, with_limits(spreadsheet_texts=10)) == "SPREADSHEET-TOO-LARGE"
    assert refusal(many, with_limits(spreadsheet_text_bytes=10)) == "SPREADSHEET-TOO-LARGE"
    assert refusal(workbook("<row/>" * 60), with_limits(spreadsheet_tags=50)) == "SPREADSHEET-TOO-LARGE"


def test_rows_are_counted_in_any_form(with_limits: Callable[..., Limits]) -> None:
    limits = with_limits(spreadsheet_rows=10)
    plain = [f'<row r="{each}"><c r="A{each}"><v>1</v></c></row>' for each in range(1, 60)]
    styled = [f'<row r="{each}"><c r="A{each}" s="1"/></row>' for each in range(1, 60)]
    prefixed = [each.replace("<", "<x:").replace("<x:/", "</x:") for each in plain]

    assert {refusal(workbook("".join(rows)), limits) for rows in (plain, prefixed)} == {
        "SPREADSHEET-TOO-LARGE"
    }
    assert len(read(workbook("".join(styled + plain[:10])), limits)) == 10


def test_more_rows_than_a_sheet_has_are_refused_though_all_are_empty(
    with_limits: Callable[..., Limits],
) -> None:
    limits = with_limits(compression_ratio=2000)

    assert refusal(workbook('<row r="1"/>' * (LAST_ROW + 1)), limits) == "SPREADSHEET-TOO-LARGE"


@pytest.mark.parametrize("others", [1, 2, 500])
def test_unusual_rows_between_others_are_read_in_their_order(others: int, limits: Limits) -> None:
    rows = [
        f'<row><c t="n"{" " * (place % others == 0)}><v>{place}</v></c><c/><c><v>1</v></c></row>'
        for place in range(1, 2000)
    ]

    found = read(workbook("".join(rows)), limits)

    assert [(number, cells[0].text, cells[1]) for number, cells in found] == [
        (place, str(place), "") for place in range(1, 2000)
    ]


def test_long_texts_are_cut_however_they_are_kept(limits: Limits) -> None:
    long = "x" * 100_000
    inline = workbook(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{long}</t></is></c></row>')
    odd = workbook(
        f'<row r="1"><c r="A1" t="inlineStr"><is><r><t>{long}</t></r><r><t>{long}</t></r></is></c></row>'
    )
    shared = f'<sst xmlns="{MAIN}"><si><t>{long}</t></si></sst>'
    kept = workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', **{"xl/sharedStrings.xml": shared})

    assert [len(str(read(each, limits)[0][1][0])) for each in (inline, odd, kept)] == [1001] * 3


def test_what_is_no_workbook_is_refused(limits: Limits) -> None:
    assert refusal(archive({"a.txt": "x"}), limits) == "SPREADSHEET-TYPE"
    missing = {name: content for name, content in PARTS.items() if "workbook.xml.rels" not in name}
    assert refusal(archive(missing), limits) == "SPREADSHEET-DAMAGED"
    no_sheet = archive({**PARTS, "xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'})
    assert refusal(no_sheet, limits) == "SPREADSHEET-DAMAGED"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_sheet_in_another_encoding_is_read_by_its_declaration(encoding: str, limits: Limits) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
    text += '<c r="A1" t="inlineStr"><is><t>Größe</t></is></c></row></sheetData></worksheet>'
    stream = archive({**PARTS, "xl/worksheets/sheet1.xml": text.encode(encoding)})

    assert read(stream, limits) == [(1, ["Größe"])]
