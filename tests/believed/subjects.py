"""Questions about packages, receipts, date codes, part numbers and sets of them, and narrowed ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Any

from engine.plants import CUSTOMERS, DATE_CODES, LOTS, NOTES, PART_NUMBERS, SUPPLIERS
from engine.vocabulary import Lot, form, lot_of

from believed.words import LEVELS

# Of kinds of things in the order in which they are looked up.
MEMBERS = {
    "lot": "lots",
    "package": "packages",
    "receipt": "receipts",
    "dateCode": "date_codes",
    "partNumber": "part_numbers",
}


@dataclass(frozen=True, repr=False)
class Subject:
    """A question about a set of things, as somebody names them; lots in the form for comparing.

    ``sender`` is whose delivery notes are meant; to the others a question is narrowed.
    """

    lots: tuple[Lot, ...] = ()
    packages: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    date_codes: tuple[str, ...] = ()
    part_numbers: tuple[str, ...] = ()
    sender: str | None = None
    first_date: str | None = None
    last_date: str | None = None
    note: str | None = None
    customer: str | None = None
    level: str = "board"
    ever: bool = False

    def __repr__(self) -> str:
        """Return what is said: what a difference shows has many of them."""
        said = (f"{each}={value!r}" for each, value in vars(self).items() if value)
        return f"Subject({', '.join(said)})"

    @property
    def named(self) -> list[tuple[str, Any]]:
        """Return the things, each with its kind."""
        return [(kind, each) for kind, member in MEMBERS.items() for each in getattr(self, member)]


@dataclass(frozen=True)
class About:
    """What is answered: whom a bare delivery note may be of, or what is refused, and rows for each meaning."""

    senders: tuple[str, ...] = ()
    refused: tuple[tuple[str, Any], ...] = ()
    rows: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return self != About()


def told_of(rows: Iterable[dict[Any, int]], refused: Iterable[tuple[str, Any]]) -> About:
    """Return an answer in one form; a meaning of which nothing is told is none."""
    told = (tuple(sorted(each.items(), key=repr)) for each in rows if each)
    gone = ((kind, form(each) if isinstance(each, str) else each) for kind, each in refused)
    return About(refused=tuple(sorted(gone, key=repr)), rows=tuple(sorted(told, key=repr)))


def several(senders: Iterable[str | None]) -> About:
    """Return what is told of a delivery note that several senders have."""
    return About(senders=tuple(sorted(form(each) or "?" for each in senders)))


_POOLS = {
    "lots": [lot_of(each) for each in LOTS],
    "packages": ["K1", "K2", "K3", "K4", "k5"],
    "receipts": [*NOTES, "dn-1"],
    "date_codes": DATE_CODES,
    "part_numbers": [*PART_NUMBERS, "R-100", "C-1"],
}
_RANGES = [(None, None)] * 3 + [("2535", "2545"), ("2535", None), (None, "2535")]


def drawn(random: Random, *, is_plant: bool) -> Subject:
    """Return a question about one thing, mostly, or of several kinds; every other one is narrowed."""
    kinds = random.sample(["packages", *_POOLS], random.choice([1, 1, 2]))
    members = {each: tuple(random.sample(_POOLS[each], random.choice([1, 1, 2]))) for each in kinds}
    first, last = random.choice(_RANGES)
    return Subject(
        **members,
        sender=random.choice([None, *SUPPLIERS]) if "receipts" in members else None,
        first_date=first,
        last_date=last,
        note=random.choice([None, None, None, *NOTES]),
        customer=random.choice([None, None, *CUSTOMERS]) if is_plant else None,
        level=random.choice(["board", *LEVELS]),
        ever=random.choice([False, True]),
    )
