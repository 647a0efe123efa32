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
    Removed,
    Tested,
    names_in,
)
from aas_registry.domain.fillings import BareSpan, bare_spans
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import Name
from aas_registry.domain.namings import NameReused, SameUnit
from aas_registry.domain.passes import LARGEST_SEQUENCE, SlotChanged, UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.storage.genealogy.unit_facts import turn_to_line
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.genealogy import filling, package
from aas_registry.storage.tables.passes import bare_package, waiting_line

_OF_NOTHING: dict[str, Any] = {
    "brings": False,
    "passes": False,
    "seq_from": None,
    "seq_to": None,
    "slot_key": None,
}


def note_waiting(work: Workspace, said: EventFact, told: Told) -> None:
    """Gather what lines of a fact that wait are about, as far as their names are known."""

    def item(name: Name | None) -> int | None:
        return None if name is None or not work.names.is_known(name) else work.names.item(name)

    for nth, is_undecided, about in _open_lines(work, said, told):
        row = _OF_NOTHING | about
        units = row.pop("units", ())
        material, run = item(row.pop("material", None)), item(row.pop("run", None))
        row |= {"material": material, "run": run, "station": item(row.pop("station", None))}
        row |= {"is_undecided": is_undecided, "is_unread": isinstance(said, LineUnread)}
        for unit in units or (None,):
            work.rows.add(
                waiting_line,
                place=told.place + nth,
                happened_at=told.at,
                event=told.number,
                **row,
                unit=unit,
            )


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
        turn_to_line(work, said, told, nth)
        candidates = [some for name in names if len(some := work.names.candidates(name)) > 1]
        if candidates:
            found = work.touched.undecided.setdefault(told.number, {})
            found[told.place, nth] = frozenset().union(*candidates)


def _open_lines(work: Workspace, said: EventFact, told: Told) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Yield the lines of a fact that wait: the place of each, whether it is undecided, what it is about."""
    match said:
        case SameUnit():
            yield from _open_names(work, said, told)
        case UnitsPassed() | UnitsCompleted() | Tested():
            of_run = {} if isinstance(said, Tested) else _passes(said)
            for nth, name in enumerate(said.units):
                turn_to_line(work, said, told, nth)
                if not work.names.is_known(name):
                    units = _meant(work, name)
                    yield nth, len(units) > 1, {"units": units, **of_run}
        case _:
            is_undecided = any(len(work.names.candidates(name)) > 1 for name in names_in(said))
            for about in _about(work, said):
                yield 0, is_undecided, about


def _passes(said: UnitsPassed | UnitsCompleted) -> dict[str, Any]:
    """Return of which run a pass or a completion is told: a station's own, or none, which may be any."""
    if isinstance(said, UnitsPassed):
        run = said.run or said.station
        return {"passes": run is not None, "run": run}
    return {"passes": True, "run": said.run or (None if said.sequence is None else said.station)}


def _open_names(work: Workspace, said: SameUnit, told: Told) -> Iterator[tuple[int, bool, dict[str, Any]]]:
    """Yield the names of one unit that are not known: they are about what the others mean."""
    meant = []
    for nth, (name, _) in enumerate(said.units):
        turn_to_line(work, said, told, nth)
        meant.append(_meant(work, name))
    every = tuple(dict.fromkeys(unit for units in meant for unit in units))
    for nth, units in enumerate(meant):
        if len(units) != 1:
            yield nth, len(units) > 1, {"units": every}


def _meant(work: Workspace, *names: Name | None) -> tuple[int, ...]:
    """Return what names mean, or may mean, of that which is known."""
    found: dict[int, None] = {}
    for name in names:
        if name is not None:
            known = (work.names.item(name),) if work.names.is_known(name) else work.names.candidates(name)
            found |= dict.fromkeys(known)
    return tuple(found)


def _about(work: Workspace, said: EventFact) -> Iterator[dict[str, Any]]:
    match said:
        case LineUnread():
            is_range = said.run is not None and not said.passes
            numbers = {"seq_from": 1, "seq_to": LARGEST_SEQUENCE} if is_range else {}
            about = {"brings": said.brings, "material": said.package, "run": said.run, **numbers}
            about["passes"] = said.passes
            slot = None if said.slot is None else matching_key(said.slot)
            set_up = {"station": said.station, "slot_key": slot}
            yield {**about, **set_up, "units": _meant(work, *said.units)}
        case Removed():
            yield {"units": _meant(work, said.unit), "material": said.package}
        case Moved():
            yield {"units": _meant(work, said.unit, said.target)}
        case NameReused():
            yield {"units": _meant(work, *said.names)}
        case _:
            yield from ({"brings": True, **about} for about in _brought(work, said))


def _brought(work: Workspace, said: EventFact) -> Iterator[dict[str, Any]]:
    match said:
        case Fed(unit=None):
            numbers = {"seq_from": said.seq_from, "seq_to": said.seq_to}
            yield {"material": said.package, "run": said.run, **numbers}
        case Fed():
            yield {"material": said.package, "units": _meant(work, said.unit)}
        case SlotChanged():
            yield {"material": said.package}
        case PackageLinked():
            yield {"material": said.parent}
        case _:
            return  # what it names is known by being named


def fold_bare(work: Workspace, packages: Collection[int]) -> None:
    """Find out anew of which packages no lot is known, or was none at some time."""
    for part in in_chunks(sorted(packages)):
        told = select(filling.c.package, filling.c.source, filling.c.since, filling.c.valid_from).where(
            filling.c.site == work.site,
            filling.c.package.in_(part),
            filling.c.is_package.is_(False),
            filling.c.recorded_to.is_(None),
        )
        there = select(package.c.id).where(
            package.c.site == work.site, package.c.id.in_(part), package.c.recorded_to.is_(None)
        )
        spans: dict[int, list[BareSpan]] = {each: [] for each in work.connection.execute(there).scalars()}
        for row in work.connection.execute(told):
            # Nothing but what came into it from a package that is not known makes some packages known.
            known = spans.setdefault(row.package, [])
            known += [] if row.source is None else [(row.since, row.valid_from)]
        wanted = {(each, *span) for each, known in spans.items() for span in bare_spans(known)}
        names = ("package", "known_from", "valid_to")
        current = select(bare_package.c.id, *(bare_package.c[name] for name in names)).where(
            bare_package.c.site == work.site,
            bare_package.c.package.in_(part),
            bare_package.c.recorded_to.is_(None),
        )
        stored = {tuple(row): number for number, *row in work.connection.execute(current)}
        work.end(bare_package, [stored[each] for each in stored.keys() - wanted])
        for each in sorted(wanted - stored.keys(), key=str):
            work.rows.add(bare_package, **dict(zip(names, each, strict=True)))
    work.rows.flush(work.connection)
