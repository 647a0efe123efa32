"""The columns of a reel, lot and certificate list, and the names they are known by.

The English header is the column's stable name. A list may as well carry one of the other
names, also German and Japanese ones; case, spaces and punctuation do not matter.
"""

from dataclasses import dataclass
from enum import Enum, auto

from aas_registry.domain.identifiers import folded


class ColumnKind(Enum):
    """How the cells of a column are read."""

    KEY = auto()  # text that tells lots and reels apart: a number in its place is an error
    CODE = auto()  # other text: a number in its place is taken, with a warning
    QUANTITY = auto()
    DATE = auto()
    COUNTRY = auto()
    IGNORED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        key: Its name in the program.
        header: Its stable name, as the template has it.
        kind: How its cells are read.
        names: Other names that mean the same, with semicolons between them.
        required: Whether every row needs a value.
        meaning: What to write there, for a person.
        example: A value.
        choices: Values that the template offers; others may be entered as well.
        width: In the template, in characters; 0 where the header decides.
    """

    key: str
    header: str
    kind: ColumnKind
    names: str
    meaning: str
    example: str
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 0


@dataclass(frozen=True, slots=True)
class ErrorsColumn:
    """Where the errors of a list stand when it is given back.

    Attributes:
        header_row: Row of the column names; 0 where there is none.
        number: Of the column, from 1.
        is_there: Whether the list has the column already, with the errors of an earlier time.
    """

    header_row: int
    number: int
    is_there: bool


COLUMNS = (
    Column(
        key="manufacturer",
        header="Manufacturer",
        kind=ColumnKind.CODE,
        names=(
            "Manufacturer name; Maker; Mfr; Mfg; Brand; Hersteller; Herstellername; メーカー; "
            "メーカー名; 製造者; 製造元"
        ),
        meaning="Who made the lot.",
        example="Bolt Components GmbH",
        width=28,
        required=True,
    ),
    Column(
        key="mpn",
        header="MPN",
        kind=ColumnKind.KEY,
        names=(
            "Manufacturer part number; Manufacturer part no; Mfr part number; Mfg part number; "
            "Part number; Part no; P/N; PN; Herstellerteilenummer; Herstellerartikelnummer; "
            "Hersteller-Teilenummer; Artikelnummer; Teilenummer; メーカー型番; メーカー品番; 型番; "
            "品番"
        ),
        meaning="The manufacturer's part number.",
        example="CAP-100N-0603",
        required=True,
    ),
    Column(
        key="lot_code",
        header="Lot code",
        kind=ColumnKind.KEY,
        names=(
            "Lot; Lot number; Lot no; Lot id; Batch; Batch number; Batch no; Batch code; Los; "
            "Losnummer; Los-Nr; Charge; Chargennummer; Chargen-Nr; ロット; ロット番号; ロットNo; "
            "ロットコード"
        ),
        meaning=(
            "The manufacturer's code of the lot, every zero of it. One row for each lot, or for each reel."
        ),
        example="0042",
        required=True,
    ),
    Column(
        key="date_codes",
        header="Date code",
        kind=ColumnKind.CODE,
        names="Date codes; D/C; DC; Datecode; Datumscode; Datums-Code; デートコード; 日付コード",
        meaning="As printed on the label; several with a comma between them.",
        example="2611",
    ),
    Column(
        key="quantity",
        header="Lot quantity",
        kind=ColumnKind.QUANTITY,
        names="Quantity; Qty; Lot qty; Menge; Losmenge; Gesamtmenge; 数量; ロット数量; 総数量",
        meaning="Of the whole lot, not of one reel. Empty: the sum of its reels.",
        example="20000",
    ),
    Column(
        key="unit_of_measure",
        header="Unit",
        kind=ColumnKind.CODE,
        names="Unit of measure; UoM; Einheit; Mengeneinheit; ME; 単位; 数量単位",
        meaning="Of both quantities. Empty: pieces.",
        example="pcs",
        choices=("pcs", "m", "kg", "g", "l"),
    ),
    Column(
        key="package",
        header="Reel id",
        kind=ColumnKind.KEY,
        names=(
            "Package id; Reel; Reel no; Reel number; Reel serial; Package; Package no; "
            "Package number; Rolle; Rollennummer; Rollen-Nr; Rollen-ID; Gebinde; Gebindenummer; "
            "Gebinde-ID; Packstück; Packstücknummer; リール; リールID; リール番号; パッケージID; "
            "梱包番号"
        ),
        meaning="What is printed on the reel, tray or bag, so that the plant can scan it.",
        example="R0000123",
    ),
    Column(
        key="package_quantity",
        header="Reel quantity",
        kind=ColumnKind.QUANTITY,
        names=(
            "Package quantity; Reel qty; Package qty; Qty per reel; Quantity per reel; Rollenmenge; "
            "Gebindemenge; Menge je Rolle; Menge pro Rolle; リール数量; 梱包数量"
        ),
        meaning="On this reel.",
        example="4000",
    ),
    Column(
        key="delivery_note",
        header="Delivery note",
        kind=ColumnKind.CODE,
        names=(
            "Delivery note number; Delivery note no; Packing slip; Packing list; "
            "Packing list number; Lieferschein; Lieferscheinnummer; Lieferschein-Nr; 納品書; "
            "納品書番号; 納品番号"
        ),
        meaning="Number of the delivery note.",
        example="DN-7",
    ),
    Column(
        key="internal_part_number",
        header="Customer part number",
        kind=ColumnKind.CODE,
        names=(
            "Customer part no; Customer P/N; CPN; Internal part number; Your part number; "
            "Kundenteilenummer; Kundenartikelnummer; Kundensachnummer; Ihre Artikelnummer; 客先品番; "
            "顧客品番; 貴社品番"
        ),
        meaning="The plant's own part number.",
        example="00471",
    ),
    Column(
        key="country_of_origin",
        header="Country of origin",
        kind=ColumnKind.COUNTRY,
        names=(
            "Country; Origin; COO; C/O; Made in; Ursprungsland; Herkunftsland; Ursprung; 原産国; "
            "生産国; 製造国"
        ),
        meaning="Two letters (ISO 3166-1).",
        example="DE",
    ),
    Column(
        key="manufactured_on",
        header="Date of manufacture",
        kind=ColumnKind.DATE,
        names=(
            "Manufacturing date; Manufactured on; Production date; Mfg date; DOM; Herstelldatum; "
            "Herstellungsdatum; Produktionsdatum; Fertigungsdatum; 製造日; 製造年月日"
        ),
        meaning="YYYY-MM-DD.",
        example="2026-03-09",
    ),
    Column(
        key="certificate_file",
        header="Certificate file",
        kind=ColumnKind.CODE,
        names=(
            "Certificate; Certificate PDF; Certificate file name; CoC file; Zertifikat; "
            "Zertifikatsdatei; Zeugnis; Zeugnisdatei; 証明書; 証明書ファイル; 証明書ファイル名"
        ),
        meaning=(
            "Name of a PDF that is sent with this list, in one row of each lot that it "
            "covers. One PDF, and no name in any row: it covers every lot of the list."
        ),
        example="C-2026-17.pdf",
        width=26,
    ),
    Column(
        key="certificate_number",
        header="Certificate number",
        kind=ColumnKind.CODE,
        names=(
            "Certificate no; CoC number; CoC no; Zertifikatsnummer; Zertifikats-Nr; Zeugnisnummer; "
            "Zeugnis-Nr; 証明書番号"
        ),
        meaning="Once for each certificate is enough.",
        example="C-2026-17",
    ),
    Column(
        key="certificate_type",
        header="Certificate type",
        kind=ColumnKind.CODE,
        names=("CoC type; Zertifikatsart; Zertifikatstyp; Zeugnisart; 証明書種類; 証明書種別; 証明書の種類"),
        meaning="Such as: Certificate of conformity.",
        example="Certificate of conformity",
        choices=("Certificate of conformity", "Certificate of analysis", "Test report"),
        width=26,
    ),
    Column(
        key="issued_on",
        header="Issued on",
        kind=ColumnKind.DATE,
        names=(
            "Issue date; Date of issue; Certificate date; Ausstellungsdatum; Ausgestellt am; "
            "Zertifikatsdatum; 発行日; 発行年月日; 証明書発行日"
        ),
        meaning="Of the certificate; YYYY-MM-DD.",
        example="2026-03-10",
    ),
    Column(
        key="expires_on",
        header="Expires on",
        kind=ColumnKind.DATE,
        names=(
            "Expiry date; Expiration date; Valid until; Expires; Ablaufdatum; Gültig bis; "
            "Gueltig bis; 有効期限; 有効期間"
        ),
        meaning="Last day of validity of the certificate; YYYY-MM-DD.",
        example="2027-03-10",
    ),
    Column(
        key="errors",
        header="Errors",
        kind=ColumnKind.IGNORED,
        names="",
        meaning="Written by the registry into a list that it gives back; not read.",
        example="",
    ),
)
BY_KEY = {each.key: each for each in COLUMNS}
TEMPLATE_COLUMNS = tuple(each for each in COLUMNS if each.kind is not ColumnKind.IGNORED)
ERRORS = BY_KEY["errors"]


def header_key(text: str) -> str:
    """Return the form in which headers are compared: letters and digits, without case or width."""
    return "".join(each for each in folded(text) if each.isalnum())


_BY_NAME = {
    header_key(name): each
    for each in COLUMNS
    for name in (each.header, *filter(None, each.names.split("; ")))
}


def column_named(text: str) -> Column | None:
    """Return the column that a header names; None for an unknown one."""
    return _BY_NAME.get(header_key(text))
