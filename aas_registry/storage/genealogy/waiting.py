"""Lines that wait, and packages of which no lot is known: what answers are told beside (`unknown`).

Both are rows with the time of recording: what waited at an earlier one is counted in its answers.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import select

from aas_registry.domain.events import (
    EventFact,
    Fed,
    Moved,
    PackageLinked,
    PackageStated,
    Removed,
    Tested,
    names_in,
)
from aas_registry.domain.items import Name
from aas_registry.domain.namings import SameUnit, by_the_end_of
from aas_registry.domain.passes import LARGEST_SEQUENCE, SlotChanged, UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.genealogy import filling, package
from aas_registry.storage.tables.passes import bare_package, waiting_line


def note_waiting(work: Workspace, said: EventFact, told: Told) -> None:
    """Gather what a line that waits is about, as far as its names are known."""

    def item(name: Name | None) -> int | None:
        return None if name is None or not work.names.is_known(name) else work.names.item(name)

    is_undecided = any(len(work.names.candidates(name)) > 1 for name in names_in(said))
    is_unread = isinstance(said, LineUnread)
    for about in [_of_unread(said)] if isinstance(said, LineUnread) else _about(work, said):
        material, unit, run = (item(about.pop(each, None)) for each in ("material", "unit", "run"))
        row = {"brings": False, "seq_from": None, "seq_to": None, **about}
        row |= {"is_unread": is_unread}
        row |= {"material": row.pop("lot", material), "unit": unit, "run": run, "is_undecided": is_undecided}
        work.rows.add(waiting_line, place=told.place, happened_at=told.at, event=told.number, **row)


def note_undecided(work: Workspace, said: EventFact, told: Told) -> None:
    """Note the lines of a fact in which a name means several things, with what they may mean."""
    lines: Iterable[tuple[Name, ...]]
    match said:
        case LineUnread():
            lines = []
        case SameUnit():
            lines = [(name,) for name, _ in said.units]
        case UnitsPassed() | UnitsCompleted() | Tested():
            lines = [(name,) for name in said.units]
        case _:
            lines = [tuple(names_in(said))]
    for nth, names in enumerate(lines):
        if isinstance(said, SameUnit):
            work.names.turn_to(by_the_end_of(said.units[nth][1] or told.at))
        candidates = [some for name in names if len(some := work.names.candidates(name)) > 1]
        if candidates:
            found = work.touched.undecided.setdefault(told.number, {})
            found[told.place, nth] = frozenset().union(*candidates)


def _of_unread(said: LineUnread) -> dict[str, Any]:
    numbers = {} if said.run is None else {"seq_from": 1, "seq_to": LARGEST_SEQUENCE}
    named = {"material": said.package, "unit": said.unit, "run": said.run}
    return {"brings": said.brings, **named, **numbers}


def _about(work: Workspace, said: EventFact) -> Iterator[dict[str, Any]]:
    match said:
        case Fed(unit=None):
            numbers = {"seq_from": said.seq_from, "seq_to": said.seq_to}
            yield {"brings": True, "material": said.package, "run": said.run, **numbers}
        case Fed():
            yield {"brings": True, "material": said.package, "unit": said.unit}
        case SlotChanged():
            yield {"brings": True, "material": said.package}
        case PackageLinked():
            yield {"brings": True, "material": said.parent}
        case PackageStated():
            yield from ({"brings": True, "lot": work.lot(each)} for each in said.lots)
        case Removed():
            yield {"unit": said.unit, "material": said.package}
        case Moved():
            yield {"unit": said.unit}
            yield {"unit": said.target}
        case _:
            return  # it names units alone, that are not known: it touches none that is


def fold_bare(work: Workspace, packages: Collection[int]) -> None:
    """Find out anew of which packages no lot is known."""
    for part in in_chunks(sorted(packages)):
        known = select(filling.c.package).where(
            filling.c.site == work.site,
            filling.c.package.in_(part),
            filling.c.is_package.is_(False),
            filling.c.source.is_not(None),
            filling.c.recorded_to.is_(None),
        )
        there = select(package.c.id).where(
            package.c.site == work.site, package.c.id.in_(part), package.c.recorded_to.is_(None)
        )
        bare = set(work.connection.execute(there).scalars())
        bare -= set(work.connection.execute(known).scalars())
        current = select(bare_package.c.id, bare_package.c.package).where(
            bare_package.c.site == work.site,
            bare_package.c.package.in_(part),
            bare_package.c.recorded_to.is_(None),
        )
        stored = work.connection.execute(current).all()
        work.end(bare_package, [row.id for row in stored if row.package not in bare])
        for each in sorted(bare.difference(row.package for row in stored)):
            work.rows.add(bare_package, package=each)
    work.rows.flush(work.connection)
