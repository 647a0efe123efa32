"""A list comes back as its sender's own file, with a column of errors; with nothing active."""

import codecs
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError, TooLargeError
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.spreadsheet import Row
from aas_registry.domain.spreadsheet_columns import ErrorsColumn
from aas_registry.formats.container.content_kind import recognise
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
FINDING_HEADERS = (1, ["Sheet", "Row", "Column", "Value", "Code", "Message"])
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
    opened = read_spreadsheet(recognise(io.BytesIO(content), name, limits=limits), limits=limits)
    found = mark_spreadsheet(opened, target, limits=limits, findings=findings, column=column)
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
    return list(read_spreadsheet(recognise(io.BytesIO(content), name, limits=limits), limits=limits).rows)


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


def sheet_in(content: bytes) -> str:
    return parts(content)["xl/worksheets/sheet1.xml"].decode()


def test_what_is_not_marked_stays(limits: Limits) -> None:
    rows = (
        f"{HEADER}<row r='2'  ht = '30'><c\nr='A2'><v >7</v></c></row><!-- no --><row r='9'><c r='A9'/></row>"
    )
    views = '<sheetViews><sheetView workbookViewId="0" zoomScale="70"/></sheetViews>'
    sheet = sheet_of(rows, before=views + "<dimension ref='A1:XFD9'/>", after="<pageMargins left='2'/>")

    found = sheet_in(marked(workbook(sheet), limits, findings=[error(Code.SPREADSHEET_NO_ROWS, "x", row=9)]))

    expected = (
        'zoomScale="70"',
        'ht="30"',
        '<c r="A2" t="n"><v>7</v></c>',
        'left="2"',
        "x [SPREADSHEET-NO-ROWS]",
    )
    assert [each for each in expected if each not in found] == []


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


def test_a_workbook_that_openpyxl_does_not_take_is_answered_by_its_errors(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN"])
    content = parts(saved(book))
    twice = b"<cellXfs><xf/></cellXfs><cellXfs><xf/><xf/></cellXfs>"
    content["xl/styles.xml"] = re.sub(rb"<cellXfs.*</cellXfs>", twice, content["xl/styles.xml"])
    content["xl/worksheets/sheet1.xml"] = content["xl/worksheets/sheet1.xml"].replace(b"<c ", b'<c s="2" ')
    findings = [error(Code.SPREADSHEET_CELL_MISSING, "x", row=1, column=1)]

    found = rows_of(marked(packed(content), limits, findings=findings), limits)

    assert found == [FINDING_HEADERS, (2, ["Sheet", "1", "A", "", "SPREADSHEET-CELL-MISSING", "x"])]


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
    sheet = sheet_of(HEADER + '<row r="3"/><row r="6"><c r="A6"><v>1</v></c></row>')

    found = sheet_in(marked(workbook(sheet), limits, findings=findings))

    assert re.findall(r'<row r="(\d)"', found) == ["1", "2", "4", "6", "8"]


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


WRITTEN = (
    *("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "docProps/core.xml", "xl/styles.xml"),
    *("xl/theme/theme1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"),
)
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

    assert sorted(found) == sorted(WRITTEN)
    assert re.findall(rb'<definedName name="(\w+)"', found["xl/workbook.xml"]) == [b"Area", b"Quoted"]
    assert b"externalReference" not in found["xl/workbook.xml"]
    assert found["xl/_rels/workbook.xml.rels"].count(b"<Relationship ") == 3
    assert b"vbaProject" not in found["[Content_Types].xml"]
    assert b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml" in found["[Content_Types].xml"]


def validation(formula: str) -> str:
    inner = f'<dataValidation type="list" sqref="A2"><formula1>{formula}</formula1></dataValidation>'
    return f"<dataValidations>{inner}</dataValidations>"


def rule(formula: str) -> str:
    inner = f'<cfRule type="expression" priority="1"><formula>{formula}</formula></cfRule>'
    return f'<conditionalFormatting sqref="A2">{inner}</conditionalFormatting>'


SCALE = (
    '<conditionalFormatting sqref="A2"><cfRule type="colorScale" priority="1"><colorScale>'
    '<cfvo type="{0}" val="{1}"/><cfvo type="max"/><color rgb="FF0000FF"/><color rgb="FF00FF00"/>'
    "</colorScale></cfRule></conditionalFormatting>"
)


@pytest.mark.parametrize(
    ("element", "stays"),
    [
        ('<hyperlinks><hyperlink ref="A1" r:id="web"/></hyperlinks>', ""),
        ('<hyperlinks><hyperlink ref="A1" location="Lots!A1"/></hyperlinks>', ""),
        ('<hyperlinks><hyperlink ref="A1" r:id="file"/></hyperlinks>', ""),
        ('<oleObjects><oleObject progId="p" r:id="ole"/></oleObjects>', ""),
        ('<controls><control r:id="ole"/></controls>', ""),
        ('<picture r:id="far"/>', ""),
        ('<tableParts><tablePart r:id="table"/></tableParts>', ""),
        ('<tableParts><tablePart r:id="query"/></tableParts>', ""),
        ('<legacyDrawing r:id="notes"/>', ""),
        ('<legacyDrawing r:id="button"/>', ""),
        ("<webPublishItems/>", ""),
        (validation('"a,b"'), '<formula1>"a,b"</formula1>'),
        (validation("WEBSERVICE(1)"), ""),
        (validation("[1]A!A1"), ""),
        (rule("A1&gt;1"), "<formula>A1&gt;1</formula>"),
        (rule("[1]A!A1"), ""),
        (rule("cmd|A1!A1"), ""),
        (SCALE.format("num", "1"), 'val="1"'),
        (SCALE.format("formula", "WEBSERVICE(A1)"), ""),
        ("<headerFooter><oddHeader>&amp;L&amp;C&amp;R</oddHeader></headerFooter>", ""),
        ('<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"><f>A1:A2</f></ext></extLst>', ""),
        ('<extLst><ext uri="{A8765BA9-456A-4dab-B4F3-ACF838C121DE}"><s r:id="ole"/></ext></extLst>', ""),
    ],
)  # fmt: skip
def test_around_the_rows_only_the_passive_stays(element: str, stays: str, limits: Limits) -> None:
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

    left = found["xl/worksheets/sheet1.xml"].partition(b"</sheetData>")[2].decode()
    assert stays in left
    if not stays:
        assert re.findall(r"<(\w+)", left) == ["pageMargins"]
    assert sorted(found) == sorted(WRITTEN)


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


@pytest.mark.parametrize(
    "change", [(b"", b""), (b"'Other'!", b"[1]Other!"), (b"'Other'!", b"&#91;1]Other!"), (b"<f>", b"<!---->")]
)
def test_a_chart_is_left_behind_with_its_frame(change: tuple[bytes, bytes], limits: Limits) -> None:
    content = charted()
    content["xl/charts/chart1.xml"] = content["xl/charts/chart1.xml"].replace(*change)

    found = parts(marked(packed(content), limits))

    assert not [name for name in found if "chart" in name or "drawing" in name]
    assert b"drawing" not in found["xl/worksheets/sheet2.xml"] + found["[Content_Types].xml"]


def test_a_sheet_of_macros_is_left_behind(limits: Limits) -> None:
    related = relationship("m", "xlMacrosheet", "macro.xml")
    content = workbook(PLAIN, related=related, more={"xl/macro.xml": "<x/>"})
    content = packed(
        {
            name: data.replace(b"</sheets>", b'<sheet name="M" sheetId="2" r:id="m"/></sheets>')
            for name, data in parts(content).items()
        }
    )

    found = marked(content, limits)

    assert sorted(parts(found)) == sorted(WRITTEN)
    assert rows_of(found, limits) == EXPECTED


def test_a_formula_is_found_wherever_the_rows_stand(limits: Limits) -> None:
    rows = '<row r="2"><c r="A2" t="str"><f>1+1</f><v>7</v></c></row>'
    wrapped = f'<m:AlternateContent xmlns:m="urn:m"><m:Choice><sheetData>{HEADER}{rows}</sheetData></m:Choice></m:AlternateContent>'

    found = marked(workbook(f'<worksheet xmlns="{MAIN}">{wrapped}</worksheet>'), limits)

    assert "<f>" not in sheet_in(found)
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
        marked(packed(content), with_limits(compression_ratio=100_000, spreadsheet_tags=2_000_000))

    assert caught.value.code is code


def test_a_csv_that_is_too_large_is_not_given_back(with_limits: Callable[..., Limits]) -> None:
    with pytest.raises(TooLargeError):
        marked(b"a,b\nc,d" * 1000, with_limits(spreadsheet_marked_bytes=500), name="a.csv")


@pytest.mark.parametrize(
    ("sheet", "bounds"),
    [
        (PLAIN, {"spreadsheet_marked_bytes": 100}),
        (PLAIN, {"spreadsheet_marked_cells": 5}),
        (sheet_of(HEADER, after='<mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells>'), {}),
        (sheet_of(HEADER, after='<mergeCells><mergeCell ref="A:B"/></mergeCells>'), {}),
        (sheet_of(HEADER, after=rule("A1").replace("A2", "A2 " * 300_000)), {"xml_token_bytes": 1 << 22}),
        (sheet_of(HEADER, after=rule("A1").replace("A2", "A2 " * 9).replace("</c", "<cfRule/>" * 99 + "</c")),
         {"spreadsheet_marked_cells": 500}),
        (sheet_of(HEADER, before="<cols>" + '<col min="1" max="1"/>' * 900 + "</cols>"),
         {"spreadsheet_marked_cells": 100}),
    ],
)  # fmt: skip
def test_a_workbook_that_is_too_large_is_answered_by_its_errors(
    sheet: str, bounds: dict[str, int], with_limits: Callable[..., Limits]
) -> None:
    limits = with_limits(compression_ratio=100_000, **bounds)

    found = rows_of(marked(workbook(sheet), limits), with_limits())

    assert found == [
        FINDING_HEADERS,
        (2, ["Lots", "3", "A", "", "SPREADSHEET-CELL-MISSING", "Empty <&> ü\ufffd _x0041_."]),
        (3, ["Lots", "", "", "", "SPREADSHEET-CERTIFICATE-UNUSED", "No row names it."]),
        (4, ["Lots", "1", "B", "", "SPREADSHEET-COLUMN-UNKNOWN", "Unknown."]),
    ]


def test_what_begins_like_a_formula_stays_text(limits: Limits) -> None:
    texts = ["=1+1", "+49", "-5", "@x", "#N/A", "_x0041_"]
    cells = "".join(f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in texts)
    sheet = sheet_of(f"{HEADER}<row>{cells.replace('_x', '_x005F_x')}</row>")

    found = marked(workbook(sheet), limits, findings=[error(Code.SPREADSHEET_NO_ROWS, "=2", row=2)])

    told = openpyxl.load_workbook(io.BytesIO(found)).active[2]
    assert rows_of(found, limits)[1][1] == [*texts, "=2 [SPREADSHEET-NO-ROWS]"]
    assert {cell.data_type for cell in told} == {"s"}
    assert [cell.quotePrefix for cell in told] == [True] * 4 + [False] * 2 + [True]


def test_only_what_is_documented_of_a_workbook_stays(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.properties.creator = "A clerk"
    book.active.title = "Lots"
    book.active.append(["MPN", "Lot"])
    book.active["A1"].comment = openpyxl.comments.Comment("Ask Bolt", "A clerk")
    book.active["A1"].hyperlink = "https://example.com/"
    book.active.oddHeader.left.text = "Secret"
    book.active.print_area = "A1:B2"
    book.active.protection.sheet = True
    book.create_sheet("Other").sheet_state = "hidden"
    book["Other"].append(["a", "b", "c"])
    book["Other"].append([0.1, True, "x"])
    book["Other"].add_table(openpyxl.worksheet.table.Table(displayName="T", ref="A1:C2"))

    found = openpyxl.load_workbook(io.BytesIO(marked(saved(book), limits)))

    sheet = found["Lots"]
    assert (sheet["A1"].value, sheet["A1"].comment.text, sheet["A1"].comment.author) == (
        "MPN",
        "Ask Bolt",
        "A clerk",
    )
    assert sheet.protection.sheet
    assert (found["Other"].sheet_state, [each.value for each in found["Other"][2]]) == (
        "hidden",
        [0.1, True, "x"],
    )
    assert (sheet["A1"].hyperlink, sheet.oddHeader.left.text, sheet.print_area) == (None, None, "")
    assert (found.properties.creator, dict(found["Other"].tables)) == ("openpyxl", {})


def with_notes(*places: str) -> bytes:
    related = relationship("n", "comments", "notes.xml")
    notes = "".join(
        f'<comment ref="{place}" authorId="0"><text><t>x</t></text></comment>' for place in places
    )
    more = {
        "xl/_rels/sheet.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/notes.xml": f'<comments xmlns="{MAIN}"><authors><author>A</author></authors>'
        f"<commentList>{notes}</commentList></comments>",
    }  # fmt: skip
    return workbook(PLAIN, more=more)


@pytest.mark.parametrize("place", ["A1:XFD1048576", "A0x", ""])
def test_a_note_without_a_cell_is_left_out(place: str, limits: Limits) -> None:
    found = marked(with_notes(place), limits)

    assert rows_of(found, limits) == EXPECTED
    assert sorted(parts(found)) == sorted(WRITTEN)


def is_list_of_errors(content: bytes) -> bool:
    return "Message" in sheet_in(content)


ROW = '<row r="2"><c r="A2" t="str"><v>007</v></c></row>'
FETCH = "=cmd|'/c calc'!A0"


@pytest.mark.parametrize("kind", ["f", "formula", "x", "", "number"])
def test_a_cell_of_a_type_that_there_is_not_is_not_copied(kind: str, limits: Limits) -> None:
    sheet = sheet_of(f'{HEADER}<row r="2"><c r="A2" t="{kind}"><v>{FETCH}</v></c></row>')

    assert is_list_of_errors(marked(workbook(sheet), limits))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (f't="e"><v>{FETCH}</v>', ("s", FETCH)),
        ('t="e"><v>#N/A</v>', ("e", "#N/A")),
        (f't="str"><v>{FETCH}</v>', ("s", FETCH)),
        (f't="inlineStr"><is><r><t>=c</t></r><r><t>{FETCH[2:]}</t></r></is>', ("s", FETCH)),
        ('t="b"><v>1</v>', ("b", True)),
        ('t="d"><v>2026-03-31</v>', ("d", date(2026, 3, 31))),
        ('t="str"><v> </v>', ("s", " ")),
    ],
)
def test_a_cell_of_a_known_type_keeps_it_and_becomes_no_formula(
    cell: str, expected: tuple[str, object], limits: Limits
) -> None:
    content = marked(workbook(sheet_of(f'{HEADER}<row r="2"><c r="A2" {cell}</c></row>')), limits)

    found = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert (found.data_type, found.value) == expected


@pytest.mark.parametrize("cell", [f"<v>{FETCH}</v>", "<v>1e999</v>", "<v>NaN</v>", "<v>0x1</v>"])
def test_a_number_that_is_none_is_not_copied(cell: str, limits: Limits) -> None:
    sheet = sheet_of(f'{HEADER}<row r="2"><c r="A2">{cell}</c></row>')

    assert is_list_of_errors(marked(workbook(sheet), limits))


@pytest.mark.parametrize(
    "digits", ["20260331", "-1", "2958466", "46112.123456789", "12345678901234567890", "1E3", "1.50"]
)
def test_a_number_stays_as_it_stood_also_under_the_format_of_a_date(digits: str, limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN", "Lot"])
    book.active["A2"] = 111_222
    book.active["A2"].number_format = "yyyy-mm-dd"
    content = parts(saved(book))
    content["xl/worksheets/sheet1.xml"] = content["xl/worksheets/sheet1.xml"].replace(
        b"111222", digits.encode()
    )

    assert f"<v>{digits}</v>" in sheet_in(marked(packed(content), limits))


def with_texts(strings: str, rows: str) -> bytes:
    return workbook(
        sheet_of(HEADER + rows),
        more={"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>'},
        related=relationship("s", "sharedStrings", "sharedStrings.xml"),
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<t>AB-x005F_1</t>", "AB-x005F_1"),
        ("<t>x00x005F_5F_</t>", "x00x005F_5F_"),
        ("<r><t>x00</t></r><r><t>5F_1</t></r>", "x005F_1"),
        ("<t>_x005F_x0041_</t>", "_x0041_"),
        ("<t>Lot</t><rPh><t>no</t></rPh>", "Lot"),
    ],
)
def test_a_shared_text_stays_whatever_stands_in_it(written: str, text: str, limits: Limits) -> None:
    content = with_texts(f"<si>{written}</si>", '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')

    found = marked(content, limits)

    assert not is_list_of_errors(found)
    assert rows_of(found, limits)[1][1][0] == rows_of(content, limits)[1][1][0] == text


@pytest.mark.parametrize(("cells", "is_copied"), [(10, True), (90, False)])
def test_a_shared_text_counts_in_every_cell(
    cells: int, is_copied: bool, with_limits: Callable[..., Limits]
) -> None:
    rows = ROW + '<row r="3">' + '<c t="s"><v>0</v></c>' * cells + "</row>"
    content = with_texts(f"<si><t>{'a' * 30_000}</t></si>", rows)

    found = marked(content, with_limits(spreadsheet_marked_bytes=1 << 20, compression_ratio=100_000))

    assert is_list_of_errors(found) is not is_copied


@pytest.mark.parametrize("text", ["a" * 32_768, "_x005F_x0041_" * 4700])
def test_a_text_that_no_cell_holds_is_not_copied(text: str, limits: Limits) -> None:
    content = with_texts(f"<si><t>{text}</t></si>", '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')

    assert is_list_of_errors(marked(content, limits))


@pytest.mark.parametrize(
    "place", ["C1:A9", "A9:A1", "C1:A1048576"],
)  # fmt: skip
def test_areas_that_run_backwards_are_not_copied(place: str, limits: Limits) -> None:
    after = f'<mergeCells><mergeCell ref="{place}"/></mergeCells>'

    assert is_list_of_errors(marked(workbook(sheet_of(HEADER + ROW, after=after)), limits))


@pytest.mark.parametrize(
    "element",
    [
        '<mergeCell ref="A1:B1"/>',
        '<conditionalFormatting sqref="A1"><selection/></conditionalFormatting>',
        '<cfRule type="expression" priority="1"/>',
        "<sheetView/>",
        '<row r="9"/>',
    ],
)
def test_a_known_element_in_a_wrong_place_is_not_copied(element: str, limits: Limits) -> None:
    assert is_list_of_errors(marked(workbook(sheet_of(HEADER + ROW, after=element)), limits))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"><c r="A3" t="str"><v>7</v></c></row>',
        '<row><c r="A3" t="str"><v>7</v></c></row>',
        '<row r="2"><c r="A" t="str"><v>7</v></c></row>',
        '<row r="2"><c r="A2" t="str"><v>7</v></c><c r="A2"/></row>',
        f'{ROW}<row r="2"><c r="B2" t="str"><v>L</v></c></row>',
        '<row r="2"><c r="A2" t="str"><v>7</v><v>8</v></c></row>',
        '<row r="2"><c r="A2"><is><t>7</t></is></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><v>7</v></c></row>',
    ],
)
def test_a_cell_that_two_readers_read_in_two_ways_is_not_copied(rows: str, limits: Limits) -> None:
    assert is_list_of_errors(marked(workbook(sheet_of(HEADER + rows)), limits))


@pytest.mark.parametrize(("bound", "is_copied"), [(300, True), (90, False)])
def test_notes_cost_ten_cells_each(bound: int, is_copied: bool, with_limits: Callable[..., Limits]) -> None:
    content = with_notes(*(f"A{row}" for row in range(1, 11)))

    found = marked(content, with_limits(spreadsheet_marked_cells=bound))

    assert is_list_of_errors(found) is not is_copied


ENTRIES = {
    "fonts": '<font><sz val="11"/></font>',
    "fills": "<fill><patternFill/></fill>",
    "borders": "<border><left/></border>",
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "dxfs": '<dxf><font><b val="1"/></font></dxf>',
}


def with_styles(sheet: str, **counts: int) -> bytes:
    styles = "".join(f"<{name}>{entry * counts.get(name, 1)}</{name}>" for name, entry in ENTRIES.items())
    more = {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'}
    return workbook(sheet, more=more, related=relationship("s", "styles", "styles.xml"))


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize(("bound", "is_copied"), [(200, True), (40, False)])
def test_a_style_costs_a_cell(
    name: str, bound: int, is_copied: bool, with_limits: Callable[..., Limits]
) -> None:
    found = marked(with_styles(PLAIN, **{name: 40}), with_limits(spreadsheet_marked_cells=bound))

    assert is_list_of_errors(found) is not is_copied


def test_a_rule_costs_what_its_style_is_compared_with(with_limits: Callable[..., Limits]) -> None:
    rules = '<cfRule type="expression" priority="1" dxfId="0"/>' * 40
    sheet = sheet_of(HEADER, after=f'<conditionalFormatting sqref="A2">{rules}</conditionalFormatting>')
    limits = with_limits(spreadsheet_marked_cells=450)

    found = [marked(with_styles(sheet, dxfs=count), limits) for count in (1, 80)]

    assert [is_list_of_errors(each) for each in found] == [False, True]


@pytest.mark.parametrize(("bound", "is_copied"), [(60, True), (40, False)])
def test_a_name_costs_a_cell(bound: int, is_copied: bool, with_limits: Callable[..., Limits]) -> None:
    names = "".join(f'<definedName name="n{number}">Lots!$A$1</definedName>' for number in range(40))
    content = workbook(PLAIN, book=f"<definedNames>{names}</definedNames>")

    found = marked(content, with_limits(spreadsheet_marked_cells=bound))

    assert is_list_of_errors(found) is not is_copied


@pytest.mark.parametrize("part", ["r1", "r{}"])
@pytest.mark.parametrize(("sheets", "is_copied"), [(1, True), (300, False)])
def test_sheets_are_bounded_and_none_is_another(
    part: str, sheets: int, is_copied: bool, limits: Limits
) -> None:
    numbers = range(2, sheets + 1)
    content = parts(
        workbook(
            PLAIN,
            more={f"xl/s{number}.xml": sheet_of("") for number in numbers},
            related="".join(relationship(f"r{number}", "worksheet", f"s{number}.xml") for number in numbers),
        )
    )
    more = "".join(
        f'<sheet name="n{number}" sheetId="{number}" r:id="{part.format(number)}"/>' for number in numbers
    )
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(b"</sheets>", f"{more}</sheets>".encode())

    assert is_list_of_errors(marked(packed(content), limits)) is not is_copied


def test_two_sheets_in_one_part_are_not_copied(limits: Limits) -> None:
    content = parts(workbook(PLAIN))
    again = b'<sheet name="b" sheetId="2" r:id="r1"/></sheets>'
    content["xl/workbook.xml"] = content["xl/workbook.xml"].replace(b"</sheets>", again)

    assert is_list_of_errors(marked(packed(content), limits))


@pytest.mark.parametrize(
    ("columns", "hidden"),
    [
        ('<col min="3" max="16384" hidden="1" width="9"/>', [(4, 16384)]),
        ('<col min="1" max="3" hidden="1" width="9"/>', [(1, 2)]),
        ('<col min="2" max="4" hidden="1" width="9"/>', [(2, 2), (4, 4)]),
        ('<col min="3" max="3" width="0"/>', []),
    ],
)
def test_the_column_of_errors_and_its_rows_are_seen(
    columns: str, hidden: list[tuple[int, int]], limits: Limits
) -> None:
    rows = (
        '<row r="2" hidden="1"><c r="A2" t="str"><v>7</v></c></row><row r="3" ht="0"/><row r="4" hidden="1"/>'
    )
    sheet = sheet_of(HEADER + rows, before=f"<cols>{columns}</cols>")

    found = openpyxl.load_workbook(io.BytesIO(marked(workbook(sheet), limits))).active

    dimensions = found.column_dimensions.values()
    assert [(each.min, each.max) for each in dimensions if each.hidden] == hidden
    assert [each.width for each in dimensions if each.min <= 3 <= each.max] == [80]
    assert [found.row_dimensions[row].hidden for row in (2, 3, 4)] == [False, False, True]
    assert found.row_dimensions[3].height is None


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_a_workbook_opens_at_its_list(state: str, limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["A1"] = "x"
    book.create_sheet("Lots").append(["MPN", "Lot"])
    book["Lots"].sheet_state = state

    found = openpyxl.load_workbook(io.BytesIO(marked(saved(book), limits)))

    assert (found.active.title, found.active.sheet_state) == ("Lots", "visible")
    assert [each.sheet_view.tabSelected for each in found] == [False, True]


@pytest.mark.parametrize("written", ["_x005B_a.xlsx]S!A1", "_x0057_EBSERVICE(A1)"])
@pytest.mark.parametrize("wrapped", [validation, rule])
def test_an_escaped_formula_reaches_out_no_less(
    written: str, wrapped: Callable[[str], str], limits: Limits
) -> None:
    after = wrapped(written.replace("_x", "_x005F_x", 1))

    assert written not in sheet_in(marked(workbook(sheet_of(HEADER + ROW, after=after)), limits))


def test_an_escaped_name_of_another_workbook_is_left_behind(limits: Limits) -> None:
    names = "<definedNames><definedName name=\"n\">'_x005B_a.xlsx_x005D_S'!A1</definedName></definedNames>"

    found = parts(marked(workbook(PLAIN, book=names), limits))["xl/workbook.xml"]

    assert b"_x005B_" not in found


def test_a_header_that_is_merged_is_copied(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN", "Lot"])
    book.active.append(["a", "b"])
    book.active.merge_cells("B1:D1")

    found = marked(saved(book), limits)

    assert rows_of(found, limits)[0] == (1, ["MPN", "Lot", "Errors"])


def test_colours_of_an_earlier_marking_are_taken_away(limits: Limits) -> None:
    book = openpyxl.Workbook()
    book.active.append(["MPN", "Lot"])
    book.active.append(["a", "b"])
    book.active["B2"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF00AAFF")
    first = [error(Code.SPREADSHEET_CELL_MISSING, "x", row=2, column=1)]
    second = [error(Code.SPREADSHEET_CELL_MISSING, "x", row=3, column=1)]

    once = marked(saved(book), limits, findings=first)
    twice = openpyxl.load_workbook(io.BytesIO(marked(once, limits, findings=second, errors_column=3))).active

    colours = [twice[place].fill.fgColor.rgb for place in ("A2", "B2", "A3")]
    assert colours == ["00000000", "FF00AAFF", RED]


def test_attributes_that_are_not_listed_are_left_behind(limits: Limits) -> None:
    before = '<sheetPr codeName="Macro"/><sheetViews><sheetView workbookViewId="7" any="1"/></sheetViews>'

    found = marked(workbook(sheet_of(HEADER + ROW, before=before)), limits)

    assert not is_list_of_errors(found)
    assert not re.search(r"codeName|any=|\"7\"", sheet_in(found))
