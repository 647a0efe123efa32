"""Hostile lists: formulas, bombs of shared texts, columns and rows without end, in .xlsx and CSV."""

from collections.abc import Callable, Iterator

from aas_content import make_zip
from hostile_files.declaration import Door, Hostile, declare
from hostile_files.raw_zip import Item, deflated_zeros, write_zip

from aas_registry.domain.codes import Code

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_COLUMNS = ("Manufacturer", "MPN", "Lot code", "Lot quantity")
_HONEST = ("Bolt Components GmbH", "CAP-1", "0042", "10")
_DDE = "=cmd|'/c calc'!A0"


def spreadsheets() -> Iterator[Hostile]:
    """Yield hostile workbooks and CSV texts."""
    yield from _formulas()
    yield from _workbook_bombs()
    yield from _workbook_xml()
    yield from _texts()


def _workbook(rows: str, *, parts: dict[str, bytes] | None = None, strings: bytes | None = None) -> bytes:
    return make_zip({**_workbook_parts(rows, strings), **(parts or {})})


def _workbook_parts(rows: str, strings: bytes | None) -> dict[str, bytes]:
    relationships = {"worksheet": "worksheets/sheet1.xml", "sharedStrings": "sharedStrings.xml"}
    book = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relationships.items(), start=1)
    )
    return {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" Type="{_OFFICE}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Lots" sheetId="1"'
        ' r:id="rId1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{book}</Relationships>'.encode(),
        "xl/sharedStrings.xml": strings or f'<sst xmlns="{_MAIN}"><si><t>a</t></si></sst>'.encode(),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode(),
    }  # fmt: skip


def _row(number: int, cells: tuple[str, ...]) -> str:
    inner = "".join(f'<c r="{"ABCDEFGH"[n]}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
                    for n, text in enumerate(cells))  # fmt: skip
    return f'<row r="{number}">{inner}</row>'


_HEADER = _row(1, _COLUMNS)


def _with_cell(cell: str) -> bytes:
    row = _row(2, _HONEST[:2]).replace("</row>", f'{cell}<c r="D2"><v>10</v></c></row>')
    return _workbook(_HEADER + row)


def _formulas() -> Iterator[Hostile]:
    make = declare("spreadsheet-formulas", Code.SPREADSHEET_FORMULA_ACTIVE, "lots.xlsx", Door.SPREADSHEET)
    formulas = {
        "command": "cmd|'/c calc'!A0",
        "command-in-a-sum": "SUM(1)+cmd|&#39;/c calc&#39;!A0",
        "web-service": 'WEBSERVICE("http://127.0.0.1:1/")',
        "web-service-with-the-cell": 'WebService ("http://127.0.0.1:1/"&amp;A1)',
        "image": '_xlfn.IMAGE("http://127.0.0.1:1/?"&amp;A1)',
        "call": 'CALL("urlmon","URLDownloadToFileA")',
        "real-time-data": 'RTD("evil.server",,"topic")',
        "long": "1+" * 500_000 + "1",
    }
    for title, formula in formulas.items():
        cell = f'<c r="C2" t="str"><f>{formula}</f><v>0042</v></c>'
        yield make(title, lambda cell=cell: _with_cell(cell))
    yield make("shared", lambda: _with_cell(
        '<c r="C2" t="str"><f t="shared" ref="C2:XFD1048576" si="0">WEBSERVICE(A1)</f><v>0042</v></c>'))  # fmt: skip
    yield make("array", lambda: _with_cell(
        '<c r="C2" t="str"><f t="array" ref="C2:C1048576">cmd|A1!A1</f><v>0042</v></c>'))  # fmt: skip
    yield make("with-a-prefix", lambda: _with_cell(
        f'<x:c xmlns:x="{_MAIN}" r="C2" t="str"><x:f>cmd|A1!A1</x:f><x:v>0042</x:v></x:c>'))  # fmt: skip


def _workbook_bombs() -> Iterator[Hostile]:
    make = declare("spreadsheet-bombs", Code.SPREADSHEET_TOO_LARGE, "lots.xlsx", Door.SPREADSHEET)
    yield make("the-last-column", lambda: _workbook(_HEADER + '<row r="2"><c r="XFD2"><v>1</v></c></row>'))
    yield make("a-million-columns", lambda: _workbook(
        _HEADER + '<row r="2">' + _varied(1_000_000, lambda n: f"<c><v>{n}</v></c>") + "</row>"))  # fmt: skip
    yield make("a-million-rows", lambda: _workbook(
        _HEADER + _varied(1_000_000, lambda n: f'<row r="{n + 2}"><c><v>{n * 7919 % 999_983}</v></c></row>')))  # fmt: skip
    yield make("rows-with-a-prefix", lambda: _workbook(
        _HEADER + _varied(300_000, lambda n: f"<x:row><x:c><x:v>{n * 7919 % 999_983}</x:v></x:c></x:row>")))  # fmt: skip
    yield make("shared-texts", lambda: _workbook(_HEADER, strings=_strings(4_000_000)))
    yield make("a-sheet-of-zeros", _sheet_of_zeros, code=Code.ZIP_RATIO)
    yield make("a-million-merged-cells", _merged_cells, code=Code.SPREADSHEET_NO_ROWS)


def _varied(count: int, cell: Callable[[int], str]) -> str:
    return "".join(map(cell, range(count)))


def _strings(count: int) -> bytes:
    texts = _varied(count, lambda n: f"<si><t>{n * 7919 % 999_983:x}</t></si>")
    return f'<sst xmlns="{_MAIN}">{texts}</sst>'.encode()


def _merged_cells() -> bytes:
    merged = _varied(
        300_000, lambda n: f'<mergeCell ref="A{n + 1}:{"ABCDEFGH"[n % 8]}{n * 7919 % 1_048_576 + 2}"/>'
    )
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{_HEADER}</sheetData><mergeCells>{merged}</mergeCells></worksheet>'
    return _workbook("", parts={"xl/worksheets/sheet1.xml": sheet.encode()})


def _sheet_of_zeros() -> bytes:
    packed, crc = deflated_zeros(200 << 20)
    said = {"crc": crc, "size": 200 << 20}
    parts = _workbook_parts("", None)
    name = "xl/worksheets/sheet1.xml"
    items = [Item(name=each, content=content) for each, content in parts.items() if each != name]
    return write_zip([*items, Item(name=name, packed=packed, local=said, central=said)])


def _workbook_xml() -> Iterator[Hostile]:
    make = declare("spreadsheet-xml", Code.XML_DOCTYPE, "lots.xlsx", Door.SPREADSHEET)
    doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    laughs = b'<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    honest = _workbook_parts(_HEADER + _row(2, _HONEST), None)
    for part in (
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
    ):
        title = "relationships" if part.endswith(".rels") else part.rpartition("/")[2].partition(".")[0]
        yield make(
            f"doctype-in-{title}", lambda part=part: make_zip({**honest, part: doctype + honest[part]})
        )
        yield make(f"laughs-in-{title}", lambda part=part: make_zip({**honest, part: laughs + honest[part]}))
        yield make(f"depth-in-{title}", lambda part=part: make_zip({**honest, part: b"<a>" * 50_000}),
                   code=Code.XML_TOO_DEEP)  # fmt: skip


def _texts() -> Iterator[Hostile]:
    make = declare("csv", Code.SPREADSHEET_TOO_LARGE, "lots.csv", Door.SPREADSHEET)
    header = ",".join(_COLUMNS).encode() + b"\r\n"
    honest = ",".join(_HONEST).encode() + b"\r\n"
    yield make("a-million-columns", lambda: header + b"," * 1_000_000)
    yield make("a-million-rows", lambda: header + honest * 1_000_000)
    yield make("a-quote-that-never-ends", lambda: header + b'"' + b"x" * 20_000_000)
    yield make("one-line-of-megabytes", lambda: header + b"x" * 20_000_000)
    yield make(
        "a-nul", lambda: header + honest.replace(b"0042", b"00\x0042"), code=Code.SPREADSHEET_TEXT_INVALID
    )
    yield make("not-utf-8", lambda: header + honest.replace(b"0042", b"\xff"), code=Code.SPREADSHEET_ENCODING)
    yield make(
        "half-a-pair",
        lambda: header + honest.replace(b"0042", b"\xed\xa0\x80"),
        code=Code.SPREADSHEET_ENCODING,
    )
    yield make("columns-twice", lambda: b"MPN,MPN," + header + honest, code=Code.SPREADSHEET_COLUMN_DUPLICATE)
    yield make(
        "an-old-workbook",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
        code=Code.SPREADSHEET_TYPE,
    )
    yield make(
        "a-quantity-of-a-million-digits", lambda: header + honest.replace(b",10", b"," + b"9" * 1_000_000)
    )
    yield make("no-list", lambda: b"<html>" + header, code=Code.SPREADSHEET_COLUMN_MISSING)
    cells = {"command": _DDE, "plus": "+" + _DDE[1:], "at": "@WEBSERVICE(A1)", "tab": "\t" + _DDE}
    for title, cell in cells.items():
        text = honest.replace(b"0042", f'"{cell}"'.encode())
        yield make(f"formula-{title}", lambda text=text: header + text, code=Code.SPREADSHEET_FORMULA_ACTIVE)
