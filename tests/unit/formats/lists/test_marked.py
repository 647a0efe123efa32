"""A list comes back as its sender's own file, with a column of errors; with nothing active."""

import codecs
import io
import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError, TooLargeError
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.lists.marked import mark_spreadsheet
from aas_registry.formats.lists.spreadsheet import read_spreadsheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FINDINGS = [
    error(Code.SPREADSHEET_CELL_MISSING, "Empty <&> ü\x07 _x0041_.", row=3, column=1),
    error(Code.SPREADSHEET_CERTIFICATE_UNUSED, "No row names it."),
    warning(Code.SPREADSHEET_COLUMN_UNKNOWN, "Unknown.", row=1, column=2),
]
BELOW = "No row names it. [SPREADSHEET-CERTIFICATE-UNUSED] | Unknown. [SPREADSHEET-COLUMN-UNKNOWN]"
EMPTY = "Empty <&> ü\ufffd _x0041_. [SPREADSHEET-CELL-MISSING]"
RED = "FFF8B4B4"


def marked(
    content: bytes,
    limits: Limits,
    *,
    name: str = "a.xlsx",
    findings: list[Finding] = FINDINGS,
    errors_column: int | None = None,
    header_row: int = 1,
) -> bytes:
    target = io.BytesIO()
    width = max((len(cells) for _, cells in rows_of(content, limits, name)), default=0)
    column = ErrorsColumn(header_row, errors_column or width + 1, errors_column is not None)
    found = mark_spreadsheet(
        io.BytesIO(content), target, file_name=name, limits=limits, findings=findings, column=column
    )
    return found.content.read()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return stream.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def workbook(
    sheet: str | bytes, *, more: dict[str, str] | None = None, related: str = "", book: str = ""
) -> bytes:
    """Return a workbook whose sheet is given as XML; ``related`` are further relationships of the book."""
    given: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="a/b"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
        '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r"'
        f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Lots" sheetId="1"'
        f' r:id="r1"/></sheets>{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1"'
        f' Type="{OFFICE}/worksheet" Target="sheet.xml"/>{related}</Relationships>',
        "xl/sheet.xml": sheet,
        **(more or {}),
    }  # fmt: skip
    return packed({name: data.encode() if isinstance(data, str) else data for name, data in given.items()})


def sheet_of(rows: str, *, after: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def relationship(identifier: str, kind: str, target: str, mode: str = "Internal") -> str:
    return f'<Relationship Id="{identifier}" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def rows_of(content: bytes, limits: Limits, name: str = "a.xlsx") -> list[Row]:
    return list(read_spreadsheet(io.BytesIO(content), file_name=name, limits=limits).rows)


HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>MPN</t></is></c><c r="B1" t="inlineStr"><is><t>Lot</t></is></c></row>'
PLAIN = sheet_of(f'{HEADER}<row r="2" spans="1:2"><c r="A2" t="str"><v>007</v></c></row><row r="3"/>')
EXPECTED = [(1, ["MPN", "Lot", "Errors"]), (2, ["007", "", BELOW]), (3, ["", "", EMPTY])]


@pytest.mark.parametrize(
    "sheet",
    [
        PLAIN,
        PLAIN.replace(MAIN, STRICT),
        re.sub(r"<(/?)(?=[a-z])", r"<\1x:", PLAIN).replace("xmlns=", "xmlns:x="),
        re.sub(r' r="[A-Z]?[0-9]+"', "", PLAIN),
        PLAIN.replace('<row r="3"/>', ""),
        PLAIN.replace('<row r="3"/>', '<row r="3"></row>'),
        PLAIN.replace('<row r="3"/>', '<row r="3"><c r="C3" s="0"/><c r="D3"/></row>'),
        PLAIN.replace('"', "'").replace(" spans", "\n spans"),
        PLAIN.replace("<row", "<!-- </row> --><row").replace("</row>", "</row >"),
        b'\xef\xbb\xbf<?xml version="1.0"?>' + PLAIN.encode(),
        codecs.BOM_UTF16_LE + ('<?xml version="1.0" encoding="UTF-16"?>' + PLAIN).encode("utf-16-le"),
        ('<?xml version="1.0" encoding="UTF-16BE" standalone="yes"?>' + PLAIN).encode("utf-16-be"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>' + PLAIN).encode("latin-1"),
    ],
)  # fmt: skip
def test_a_sheet_is_marked_however_it_is_written(sheet: str | bytes, limits: Limits) -> None:
    assert rows_of(marked(workbook(sheet), limits), limits) == EXPECTED


def test_what_is_not_marked_keeps_its_bytes(limits: Limits) -> None:
    rows = f"{HEADER}<row r='2'  ht = '30'><c\nr='A2'><v >7</v></c></row><!-- kept --><row r='9'><c r='A9'/></row>"
    sheet = sheet_of(
        rows, before="<sheetViews><sheetView/></sheetViews><dimension ref='A1:B2'/>", after="<pageMargins/>"
    )

    found = parts(marked(workbook(sheet), limits, findings=[error(Code.SPREADSHEET_NO_ROWS, "x", row=9)]))

    added = b'<c r="C%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>'
    expected = sheet.encode().replace(b"<dimension ref='A1:B2'/>", b"")
    expected = expected.replace(b"</row><row r='2'", added % (1, b"Errors") + b"</row><row r='2'")
    expected = expected.replace(b"<c r='A9'/>", b"<c r='A9'/>" + added % (9, b"x [SPREADSHEET-NO-ROWS]"))
    column = b'<cols><col min="3" max="3" width="80" customWidth="1"/></cols><sheetData>'
    assert found["xl/sheet.xml"] == expected.replace(b"<sheetData>", column)


def test_wrong_cells_are_coloured_and_keep_their_format(limits: Limits) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["MPN", "Remark"])
    sheet.append(["007", "x"])
    sheet["A3"], sheet["A3"].number_format, sheet["B3"] = "7", "@", "y"
    sheet["A3"].font = openpyxl.styles.Font(bold=True)
    findings = [error(Code.SPREADSHEET_CELL_MISSING, "x", row=3, column=each) for each in (1, 4)]

    found = openpyxl.load_workbook(io.BytesIO(marked(saved(book), limits, findings=findings))).active

    assert {found[place].fill.fgColor.rgb for place in ("A3", "D3")} == {RED}
    assert (found["A3"].number_format, found["A3"].font.b, found["A3"].value) == ("@", True, "7")
    assert (found["B3"].fill.fgColor.rgb, found["A2"].fill.fill_type) == ("00000000", None)


def test_formats_that_contradict_themselves_do_no_harm(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN"])
    content = parts(saved(book))
    twice = b"<cellXfs><xf/></cellXfs><cellXfs><xf/><xf/></cellXfs>"
    content["xl/styles.xml"] = re.sub(rb"<cellXfs.*</cellXfs>", twice, content["xl/styles.xml"])
    content["xl/worksheets/sheet1.xml"] = content["xl/worksheets/sheet1.xml"].replace(b"<c ", b'<c s="2" ')
    findings = [error(Code.SPREADSHEET_CELL_MISSING, "x", row=1, column=1)]

    found = parts(marked(packed(content), limits, findings=findings))

    assert b"Errors" in found["xl/worksheets/sheet1.xml"]
    assert expat.ParserCreate().Parse(found["xl/styles.xml"], True) == 1


def test_what_is_typed_into_a_coloured_blank_is_text_where_its_column_is(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.column_dimensions["B"].number_format = "@"
    book.active.append(["MPN"])
    book.active["A3"] = "x"
    findings = [error(Code.SPREADSHEET_CELL_MISSING, "Empty.", row=3, column=2)]

    found = openpyxl.load_workbook(io.BytesIO(marked(saved(book), limits, findings=findings))).active

    assert found["B3"].number_format == "@"


def test_a_list_that_was_marked_before_is_marked_anew_and_mended_rows_are_emptied(limits: Limits) -> None:
    once = marked(workbook(PLAIN), limits)
    twice = marked(once, limits, errors_column=3)
    mended = marked(once, limits, errors_column=3, findings=FINDINGS[1:])

    assert rows_of(twice, limits) == EXPECTED
    assert rows_of(mended, limits) == EXPECTED[:2]


def test_an_errors_column_between_others_moves_none_of_them(limits: Limits) -> None:
    sheet = sheet_of(
        "<row><c t='str'><v>MPN</v></c><c t='str'><v>Errors</v></c><c t='str'><v>Lot</v></c></row>"
        "<row><c t='str'><v>7</v></c><c t='str'><v>old</v></c><c t='str'><v>L</v></c></row>"
    )

    found = rows_of(marked(workbook(sheet), limits, errors_column=2, findings=[]), limits)

    assert found == [(1, ["MPN", "Errors", "Lot"]), (2, ["7", "", "L"])]


def test_rows_that_are_not_there_yet_are_written_in_their_order(limits: Limits) -> None:
    findings = [error(Code.SPREADSHEET_NO_ROWS, "x", row=row) for row in (2, 4, 8)]
    sheet = sheet_of(HEADER + '<row r="3"/><row r="6"/>')

    found = parts(marked(workbook(sheet), limits, findings=findings))["xl/sheet.xml"]

    assert re.findall(rb'<row r="(\d)"', found) == [b"1", b"2", b"3", b"4", b"6", b"8"]


def test_a_sheet_without_rows_gets_them(limits: Limits) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    findings = [error(Code.SPREADSHEET_HEADER_MISSING, "No header.")]

    found = marked(workbook(sheet), limits, findings=findings, header_row=0)

    assert rows_of(found, limits) == [(1, ["No header. [SPREADSHEET-HEADER-MISSING]"])]


def test_no_formula_is_left_in_any_sheet_and_its_value_is(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN", "=1+1"])
    book.create_sheet("Other").append(["=A1", "=SUM(1,2)"])
    content = parts(saved(book))
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        content[name] = content[name].replace(b"<v/>", b"<v>2</v>").replace(b"<v></v>", b"<v>2</v>")
        content[name] = content[name].replace(b'<c r="A1"', b'<c cm="1" r="A1" vm=\'1\'')

    found = marked(packed(content), limits)

    assert not [name for name, data in parts(found).items() if re.search(rb"<f[ >/]|\scm=|\svm=", data)]
    values = openpyxl.load_workbook(io.BytesIO(found))["Other"]
    assert [cell.value for cell in values[1]] == [2, 2]


ACTIVE = {
    "vbaProject": ("vbaProject.bin", "macro"),
    "externalLink": ("externalLinks/externalLink1.xml", "link"),
    "connections": ("connections.xml", "connection"),
    "calcChain": ("calcChain.xml", "chain"),
    "customXml": ("../customXml/item1.xml", "query"),
    "volatileDependencies": ("volatileDependencies.xml", "RTD"),
    "sheetMetadata": ("metadata.xml", "array"),
}


def test_what_could_act_is_left_behind_with_what_names_it(limits: Limits) -> None:
    related = "".join(relationship(kind, kind, target) for kind, (target, _) in ACTIVE.items())
    more = {f"xl/{target}".replace("xl/../", ""): text for target, text in ACTIVE.values()}
    names = {
        "Area": "Lots!$A$1:$B$2",
        "Quoted": "'Lots (2)'!$A$1",
        "Far": "[1]Lots!$A$1",
        "Auto_Open": "EXEC(1)",
        "Calculated": "OFFSET(Lots!$A$1,1,1)",
    }
    book = '<externalReferences><externalReference r:id="externalLink"/></externalReferences><definedNames>'
    book += "".join(f'<definedName name="{name}">{text}</definedName>' for name, text in names.items())

    found = parts(marked(workbook(PLAIN, more=more, related=related, book=f"{book}</definedNames>"), limits))

    assert sorted(found) == sorted(parts(workbook(PLAIN)))
    assert re.findall(rb'<definedName name="(\w+)"', found["xl/workbook.xml"]) == [b"Area", b"Quoted"]
    assert b"externalReference" not in found["xl/workbook.xml"]
    assert b'Id="r1"' in found["xl/_rels/workbook.xml.rels"]
    assert found["xl/_rels/workbook.xml.rels"].count(b"<Relationship ") == 1
    assert b"vbaProject" not in found["[Content_Types].xml"]
    assert b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml" in found["[Content_Types].xml"]


@pytest.mark.parametrize(
    ("element", "stays"),
    [
        ('<hyperlinks><hyperlink ref="A1" r:id="web"/></hyperlinks>', True),
        ('<hyperlinks><hyperlink ref="A1" location="Lots!A1"/></hyperlinks>', True),
        ('<hyperlinks><hyperlink ref="A1" r:id="file"/></hyperlinks>', False),
        ('<oleObjects><oleObject progId="p" r:id="ole"/></oleObjects>', False),
        ('<controls><control r:id="ole"/></controls>', False),
        ('<picture r:id="far"/>', False),
        ('<tableParts><tablePart r:id="table"/></tableParts>', True),
        ('<tableParts><tablePart r:id="query"/></tableParts>', False),
        ('<legacyDrawing r:id="notes"/>', True),
        ('<legacyDrawing r:id="button"/>', False),
        ("<webPublishItems/>", False),
        ('<dataValidations><dataValidation><formula1>"a,b"</formula1></dataValidation></dataValidations>', True),
        ("<dataValidations><dataValidation><formula1>WEBSERVICE(1)</formula1></dataValidation></dataValidations>", False),
        ("<conditionalFormatting><cfRule><formula>A1&gt;1</formula></cfRule></conditionalFormatting>", True),
        ("<conditionalFormatting><cfRule><formula>[1]A!A1</formula></cfRule></conditionalFormatting>", False),
        ('<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><f>A1:A2</f></ext></extLst>', True),
        ('<extLst><ext uri="{A8765BA9-456A-4dab-B4F3-ACF838C121DE}"><s r:id="ole"/></ext></extLst>', False),
    ],
)  # fmt: skip
def test_around_the_rows_only_the_passive_stays(element: str, *, stays: bool, limits: Limits) -> None:
    related = [
        relationship("web", "hyperlink", "https://example.com/", "External"),
        relationship("file", "hyperlink", "file:///c:/x.exe", "External"),
        relationship("far", "image", "https://example.com/a.png", "External"),
        relationship("ole", "oleObject", "x/ole.bin"),
        relationship("table", "table", "x/table.xml"),
        relationship("query", "table", "x/query.xml"),
        relationship("notes", "vmlDrawing", "x/notes.vml"),
        relationship("button", "vmlDrawing", "x/button.vml"),
    ]
    more = {
        "xl/_rels/sheet.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(related)}</Relationships>',
        "xl/x/ole.bin": "x",
        "xl/x/table.xml": f'<table xmlns="{MAIN}"><tableColumns><tableColumn><calculatedColumnFormula>1'
        "</calculatedColumnFormula></tableColumn></tableColumns></table>",
        "xl/x/query.xml": f'<table xmlns="{MAIN}" tableType="queryTable"/>',
        "xl/x/notes.vml": "<xml><x:ClientData ObjectType='Note'/></xml>",
        "xl/x/button.vml": "<xml><x:FmlaMacro>[0]!Run</x:FmlaMacro></xml>",
    }  # fmt: skip
    sheet = sheet_of(HEADER, after=element + "<pageMargins/>")

    found = parts(marked(workbook(sheet, more=more), limits))

    left = found["xl/sheet.xml"].partition(b"</sheetData>")[2].decode()
    assert left.removesuffix("<pageMargins/></worksheet>") == (element if stays else "")
    assert b"calculatedColumnFormula" not in found["xl/x/table.xml"]
    assert "xl/x/ole.bin" not in found


def charted() -> dict[str, bytes]:
    """Return the parts of a list with a chart and a picture beside it."""
    book = openpyxl.Workbook()
    book.active.append(["MPN", "Remark"])
    other = book.create_sheet("Other")
    other.append([1, 2])
    chart = BarChart()
    chart.add_data(Reference(other, min_col=1, max_col=2, min_row=1))
    other.add_chart(chart)
    return parts(saved(book))


def test_a_chart_of_its_own_cells_stays(limits: Limits) -> None:
    content = charted()

    found = parts(marked(packed(content), limits))

    for name in ("xl/charts/chart1.xml", "xl/drawings/drawing1.xml"):
        assert found[name] == content[name]


@pytest.mark.parametrize(
    "change", [(b"'Other'!", b"[1]Other!"), (b"'Other'!", b"&#91;1]Other!"), (b"<f>", b"<!---->")]
)
def test_a_chart_of_another_book_is_left_behind_with_its_frame(
    change: tuple[bytes, bytes], limits: Limits
) -> None:
    content = charted()
    content["xl/charts/chart1.xml"] = content["xl/charts/chart1.xml"].replace(*change)

    found = parts(marked(packed(content), limits))

    assert "xl/charts/chart1.xml" not in found
    assert b"Anchor" not in found["xl/drawings/drawing1.xml"]
    assert b"chart1" not in found["[Content_Types].xml"] + found["xl/drawings/_rels/drawing1.xml.rels"]


def test_a_book_with_a_sheet_of_macros_is_not_given_back(limits: Limits) -> None:
    related = relationship("m", "xlMacrosheet", "macro.xml")
    content = workbook(PLAIN, related=related, more={"xl/macro.xml": "<x/>"})
    content = packed(
        {
            name: data.replace(b"</sheets>", b'<sheet name="M" sheetId="2" r:id="m"/></sheets>')
            for name, data in parts(content).items()
        }
    )

    with pytest.raises(RefusedError) as caught:
        marked(content, limits)

    assert caught.value.code is Code.SPREADSHEET_FORMULA_ACTIVE


def test_a_formula_is_found_wherever_the_rows_stand(limits: Limits) -> None:
    rows = '<row r="2"><c r="A2" t="str"><f>1+1</f><v>7</v></c></row>'
    wrapped = f'<m:AlternateContent xmlns:m="urn:m"><m:Choice><sheetData>{HEADER}{rows}</sheetData></m:Choice></m:AlternateContent>'

    found = marked(workbook(f'<worksheet xmlns="{MAIN}">{wrapped}</worksheet>'), limits)

    assert b"<f>" not in parts(found)["xl/sheet.xml"]
    assert rows_of(found, limits)[1] == (2, ["7", "", BELOW])


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ("<!DOCTYPE x><worksheet/>", Code.XML_DOCTYPE),
        ("<a>" * 1000, Code.XML_TOO_DEEP),
        ("<worksheet><sheetData>", Code.XML_INVALID),
        ("<worksheet><a:b/></worksheet>", Code.XML_INVALID),
        (codecs.BOM_UTF16_LE + b"<\x00a\x00>\x00\x00\xd8", Code.XML_INVALID),
        (f"<worksheet><a b='{'x' * 9_000_000}'/></worksheet>", Code.XML_TOO_WIDE),
        (f"<worksheet><a>{'<b/>' * 3_000_000}</a></worksheet>", Code.SPREADSHEET_TOO_LARGE),
    ],
)
def test_a_hostile_sheet_beside_the_list_refuses_it(
    sheet: str | bytes, code: Code, with_limits: Callable[..., Limits]
) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Other")
    content = parts(saved(book))
    content["xl/worksheets/sheet2.xml"] = sheet.encode() if isinstance(sheet, str) else sheet

    with pytest.raises(RefusedError) as caught:
        marked(packed(content), with_limits(compression_ratio=100_000))

    assert caught.value.code is code


@pytest.mark.parametrize(("name", "content"), [("a.csv", b"a,b\nc,d" * 1000), ("a.xlsx", workbook(PLAIN))])
def test_a_list_that_is_too_large_is_not_given_back(
    name: str, content: bytes, with_limits: Callable[..., Limits]
) -> None:
    with pytest.raises(TooLargeError):
        marked(content, with_limits(spreadsheet_marked_bytes=500), name=name)
