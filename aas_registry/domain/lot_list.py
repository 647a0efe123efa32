"""What a list says: of lots, of their reels, of certificates, and where in the list it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from aas_registry.domain.spreadsheet_columns import ERRORS, ErrorsColumn
from aas_registry.domain.spreadsheet_findings import SpreadsheetFindings


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """A reel, tray or bag that a list says to hold material of a lot.

    Attributes:
        id: As printed on it.
        quantity: In the unit of its lot; None where nothing is said.
        row: Row of the list.
    """

    id: str
    quantity: Decimal | None
    row: int


@dataclass(slots=True)
class ListedLot:
    """What a list says of one lot.

    Attributes:
        row: The first row that names it.
        facts: What is said of it, by column key; only what is said.
        date_codes: In the order stated, without repetition.
        packages: Its reels, by matching key.
        other_spelling_row: The first row that names it so that it looks different; None for none.
    """

    row: int
    manufacturer: str
    mpn: str
    lot_code: str
    facts: dict[str, Any] = field(default_factory=dict)
    date_codes: dict[str, None] = field(default_factory=dict)
    packages: dict[str, ListedPackage] = field(default_factory=dict)
    other_spelling_row: int | None = None


@dataclass(slots=True)
class ListedCertificate:
    """What a list says of one certificate.

    Attributes:
        file_name: As the list names it; None for what is said without naming a file.
        row: The first row that speaks of it.
        facts: Number, type and dates, by column key; only what is said.
        lots: Places, in the list of lots, of those that it covers.
    """

    file_name: str | None
    row: int
    facts: dict[str, Any] = field(default_factory=dict)
    lots: dict[int, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LotList:
    """A list as it was read.

    Attributes:
        lots: In the order of the list.
        certificates: By the key of the file name (`file_key`), or None.
        rows: Rows below the header that are not empty; 0 where no header, or a wrong one, was found.
        width: Most cells that a row has, of all rows.
        header_row: Row of the column names; 0 where none was found.
        places: Number, from 1, of each known column, by its key.
        findings: Everything that was noticed.
    """

    lots: Sequence[ListedLot]
    certificates: Mapping[str | None, ListedCertificate]
    rows: int
    width: int
    header_row: int
    places: Mapping[str, int]
    findings: SpreadsheetFindings

    @property
    def errors_column(self) -> ErrorsColumn:
        """Return the column of errors: its own, or the one behind all others."""
        own = self.places.get(ERRORS.key)
        return ErrorsColumn(self.header_row, own or self.width + 1, own is not None)
