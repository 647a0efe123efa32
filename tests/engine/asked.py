"""Section 9.1: what a question is about, and whether some material is meant by it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from engine.names import Holder
from engine.vocabulary import Lot

# Whether material is meant: surely not, perhaps, surely.
NO, MAYBE, YES = 0, 1, 2


@dataclass(frozen=True)
class Label:
    """A package, and what is said of it itself; a receipt as sender and delivery note."""

    package: Holder
    receipt: str | None = None
    part_number: str | None = None
    date_codes: frozenset[str] = frozenset()

    @property
    def notes(self) -> frozenset[str]:
        return frozenset() if self.receipt is None else frozenset({self.receipt.partition("|")[2]})


@dataclass(frozen=True)
class Material:
    """What a package may be of: a lot, or None that is known, and the packages that began with it.

    Its date codes are those said of these packages, of the last that says any; else those of documents.
    """

    lot: Lot | None
    labels: frozenset[Label]
    date_codes: frozenset[str]
    notes: frozenset[str]

    def within(self, label: Label, notes: frozenset[str]) -> "Material":
        """[9.1] Return it as what another package began with: what that says itself goes before."""
        return Material(
            self.lot, self.labels | {label}, label.date_codes or self.date_codes, notes or self.notes
        )


@dataclass(frozen=True)
class Asked:
    """A set of things that one question asks about, in the form for comparing, and to what it is narrowed.

    A receipt is ``sender|delivery note``; of a range of date codes each end may be left out.
    """

    lots: frozenset[Lot] = frozenset()
    packages: frozenset[Holder] = frozenset()
    receipts: frozenset[str] = frozenset()
    date_codes: frozenset[str] = frozenset()
    part_numbers: frozenset[str] = frozenset()
    first_date: str | None = None
    last_date: str | None = None
    note: str | None = None

    def names(self, label: Label) -> bool:
        """Answer whether a package is asked for by name: all of it, whatever its lots are."""
        return (
            label.package in self.packages
            or label.receipt in self.receipts
            or label.part_number in self.part_numbers
        )

    def names_lot(self, lot: Lot | None) -> bool:
        return lot is not None and (lot in self.lots or lot.mpn in self.part_numbers)

    def meant(self, material: Material) -> int:
        """Return whether material is meant; of several conditions the least holds."""
        codes = material.date_codes
        is_named = self.names_lot(material.lot) or any(map(self.names, material.labels))
        asked = YES if is_named else _fits(codes, self.date_codes.__contains__, unsaid=NO)
        in_range = YES if self.first_date is self.last_date is None else _fits(codes, self._is_in_range)
        on_note = YES if self.note is None else _fits(material.notes, self.note.__eq__)
        return min(asked, in_range, on_note)

    def _is_in_range(self, code: str) -> bool:
        is_week = len(code) == 4 and code.isascii() and code.isdigit()
        return is_week and (self.first_date or code) <= code <= (self.last_date or code)


def _fits(said: Collection[str], is_wanted: Callable[[str], bool], *, unsaid: int = MAYBE) -> int:
    if not said:
        return unsaid  # what nobody said cannot be left out
    wanted = set(map(is_wanted, said))
    return YES if wanted == {True} else MAYBE if True in wanted else NO
