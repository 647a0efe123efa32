"""Which material a question means: by date code and by delivery, where that is known.

What nobody said of some material cannot be left out for certain: it is possibly meant.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum

from aas_registry.domain.identifiers import matching_key


class Match(IntEnum):
    """Whether material is meant; of several conditions the least holds."""

    NO = 0
    UNKNOWN = 1
    MAYBE = 2
    YES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What was said of some material: every date code, every delivery note, in the form for comparing."""

    date_codes: frozenset[str] = frozenset()
    delivery_notes: frozenset[str] = frozenset()

    def __or__(self, other: "Origin") -> "Origin":
        """Return what either says."""
        return Origin(
            date_codes=self.date_codes | other.date_codes,
            delivery_notes=self.delivery_notes | other.delivery_notes,
        )

    def before(self, other: "Origin") -> "Origin":
        """Return what this one says, and where it says nothing, what the other does."""
        return Origin(
            date_codes=self.date_codes or other.date_codes,
            delivery_notes=self.delivery_notes or other.delivery_notes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """To which of the material a question is narrowed; None does not narrow.

    Attributes:
        first_date_code: The first date code of a range, four digits: year and week.
        last_date_code: The last one.
        delivery_note: The delivery note on which it came, as somebody names it.
    """

    first_date_code: str | None = None
    last_date_code: str | None = None
    delivery_note: str | None = None

    def __bool__(self) -> bool:
        """Return whether anything is narrowed."""
        return any((self.first_date_code, self.last_date_code, self.delivery_note))

    def of(self, origin: Origin) -> Match:
        """Return whether material of some origin is meant: possibly, where nobody said enough."""
        told = Match.YES
        if self.first_date_code is not None or self.last_date_code is not None:
            told = all_of(told, matching(origin.date_codes, self._holds))
        if self.delivery_note is not None:
            told = all_of(told, matching(origin.delivery_notes, matching_key(self.delivery_note).__eq__))
        return Match.MAYBE if told is Match.UNKNOWN else told

    def _holds(self, code: str) -> bool:
        # Years and weeks compare as texts; what is written otherwise is in no range.
        is_week = len(code) == _WEEK_CODE_CHARS and code.isascii() and code.isdigit()
        return is_week and (self.first_date_code or code) <= code <= (self.last_date_code or code)


_WEEK_CODE_CHARS = 4


def matching(told: Collection[str], is_wanted: Callable[[str], bool]) -> Match:
    """Return whether what was said is what is wanted: surely, where all of it is."""
    if not told:
        return Match.UNKNOWN
    wanted = [is_wanted(each) for each in told]
    return Match.YES if all(wanted) else Match.MAYBE if any(wanted) else Match.NO


def all_of(*matches: Match) -> Match:
    """Return whether all of some conditions hold."""
    return min(matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """A set of things that one question asks about, as somebody names them.

    Attributes:
        lots: Opaque ids.
        packages: Labels, or opaque ids where several packages have one label.
        receipts: Delivery notes.
        date_codes: As printed.
        part_numbers: Manufacturers', or the plant's own.
        sender: Whose delivery notes are meant, by code or name; None where only one sender has them.
    """

    lots: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    date_codes: tuple[str, ...] = ()
    part_numbers: tuple[str, ...] = ()
    sender: str | None = None

    @property
    def count(self) -> int:
        """Return of how many things it is asked."""
        named = (self.lots, self.packages, self.receipts, self.date_codes, self.part_numbers)
        return sum(map(len, named))
