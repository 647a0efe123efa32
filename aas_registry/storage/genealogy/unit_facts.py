"""Facts about units become rows: runs, units, passes, movements, shipments, tests."""

from collections.abc import Iterator, Sequence

from aas_registry.domain.events import (
    Corrected,
    EventFact,
    Moved,
    RunStated,
    ShipmentStated,
    Tested,
    UnitsStated,
    known_part,
    names_in,
)
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import ItemKind, Name
from aas_registry.domain.namings import NameReused, SameUnit, by_the_end_of
from aas_registry.domain.passes import UnitsCompleted, UnitsPassed
from aas_registry.storage.genealogy.declarations import declare, named_unit
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.passes import completion


def apply_run(work: Workspace, said: RunStated, told: Told) -> None:
    """Gather what is known of a run."""
    declare(
        work,
        told,
        ItemKind.RUN,
        work.names.item(said.run),
        line=said.line,
        station=work.names.maybe(said.station),
        side=said.side,
        operation=said.operation,
        program=said.program,
        revision=said.revision,
        opened_at=said.opened_at,
        closed_at=said.closed_at,
    )


def apply_units(work: Workspace, said: UnitsStated, told: Told) -> None:
    """Gather units and all their names."""
    product, customer = work.names.maybe(said.product), work.names.maybe(said.customer)
    for nth, names in enumerate(said.units):
        work.names.turn_to(told.order(nth))
        item = _stated(work, names)
        if item is not None:  # by a place of several alone nobody knows of which this is said
            declare(work, told, ItemKind.UNIT, item, kind=said.kind, product=product, customer=customer)


def _stated(work: Workspace, names: Sequence[Name]) -> int | None:
    """Return the unit that is stated: of a place of several one with another name that is said of it, too.

    The number of the panel that stands beside a board's place is no other name of that (4.6).
    """
    if work.names.is_known(names[0]):
        return work.names.item(names[0])
    several = work.names.candidates(names[0])
    others = (work.names.item(name) for name in names[1:] if work.names.is_known(name))
    return next((item for item in others if item in several), None)


def apply_pass(work: Workspace, said: UnitsPassed, told: Told) -> None:
    """Gather the passes of units through a run, or through a station alone."""
    station = work.names.maybe(said.station)
    run = station if said.run is None else work.names.item(said.run)
    assert run is not None
    slots: dict[tuple[int, int], set[str]] = {}  # a unit may be told by several of its names
    for number, (name, place) in enumerate(zip(said.units, said.sequence, strict=True)):
        turn_to_line(work, said, told, number)
        named = {matching_key(each) for each in said.slots[number]} if said.slots else set()
        slots.setdefault((named_unit(work, told, name), place), set()).update(named)
    for (unit, place), named in slots.items():
        work.changed.passed.add(unit)
        work.changed.note_pass(run, place, told.at)
        if named:
            work.changed.reported.add((run, place))
        work.rows.add_keyed(
            tables.run_unit,
            run=run,
            seq=place,
            unit=unit,
            event=told.number,
            passed_at=told.at,
            station=station,
            lane=said.lane,
            transaction_id=said.transaction,
            slots="\n".join(sorted(named)) or None,
        )


def turn_to_line(work: Workspace, said: EventFact, told: Told, nth: int) -> None:
    """Let names mean what they mean in a line of a fact, where that has a place of its own.

    Of names of one unit each is meant at its time; a pass is of the board that its line names, though the
    next one gives its place to another.
    """
    if isinstance(said, SameUnit):
        work.names.turn_to(by_the_end_of(said.units[nth][1] or told.at))
    elif isinstance(said, UnitsPassed) and said.named_in:
        work.names.turn_to(told.order_before(said.named_in[nth]))


def names_by_line(work: Workspace, said: EventFact, told: Told) -> Iterator[Name]:
    """Yield the names that a fact refers to, while they mean what they mean in the line of each."""
    every = list(names_in(said))
    first = len(every) - len(said.units) if isinstance(said, UnitsPassed | SameUnit) else len(every)
    for place, name in enumerate(every):
        if place >= first:
            turn_to_line(work, said, told, place - first)
        yield name


def related_part(work: Workspace, said: EventFact, told: Told) -> EventFact | None:
    """Return what of a fact can be related: what it names is known, in the line of each; None for nothing."""
    is_known = work.names.is_known
    if isinstance(said, SameUnit):  # those that are known are one unit, and the others wait
        return said if any(map(is_known, names_by_line(work, said, told))) else None
    if not isinstance(said, UnitsPassed):
        return known_part(said, is_known)
    known: list[int] = []
    for place, name in enumerate(said.units):
        turn_to_line(work, said, told, place)
        known += [place] if is_known(name) else []
    return said.of(known) if known else None


def apply_completed(work: Workspace, said: UnitsCompleted, told: Told) -> None:
    """Gather that units completed their passes; of units that are not named, all of a transaction."""
    station = work.names.maybe(said.station)
    where = {"run": work.names.maybe(said.run), "seq": said.sequence, "station": station}
    if said.sequence is not None:
        where["run"] = station
    units: list[int | None] = [named_unit(work, told, name) for name in said.units]
    for unit in units or [None]:
        work.rows.add(completion, unit=unit, **where, happened_at=told.at, event=told.number)


def apply_moved(work: Workspace, said: Moved, told: Told) -> None:
    """Gather that a unit was put somewhere, taken out, shipped, or came back."""
    unit = named_unit(work, told, said.unit)
    work.changed.moved.add(unit)
    work.rows.add(
        tables.movement,
        unit=unit,
        action=said.action.value,
        target=None if said.target is None else named_unit(work, told, said.target),
        relation=None if said.relation is None else said.relation.value,
        position=said.position,
        reason=said.reason,
        happened_at=told.at,
        rank=told.rank,
        place=told.place,
        event=told.number,
    )


def apply_shipment(work: Workspace, said: ShipmentStated, told: Told) -> None:
    """Gather what is known of a shipment; a mere mention says nothing of it."""
    shipment, customer = work.names.item(said.shipment), work.names.maybe(said.customer)
    order_for = None if said.order is None else customer or 0
    if said.order is not None or customer is not None:
        members = {"order_number": said.order, "order_for": order_for, "customer": customer}
        declare(work, told, ItemKind.SHIPMENT, shipment, **members)


def apply_tested(work: Workspace, said: Tested, told: Told) -> None:
    """Gather the test results of units."""
    run = work.names.maybe(said.run)
    for name in said.units:
        work.rows.add(
            tables.test_result,
            unit=named_unit(work, told, name),
            run=run,
            test=said.test,
            result=said.result,
            happened_at=told.at,
            event=told.number,
        )


def apply_reused(work: Workspace, said: NameReused, told: Told) -> None:
    """Gather that there is what has the names from now on."""
    for nth, name in enumerate(said.names):
        work.names.turn_to(told.order(nth))
        if work.names.is_known(name):
            declare(work, told, name.kind, work.names.item(name))


def apply_same(_work: Workspace, _said: SameUnit, _told: Told) -> None:
    """Gather nothing: what is said of names is gathered before, see `storage.genealogy.naming_facts`."""


def apply_corrected(_work: Workspace, _said: Corrected, _told: Told) -> None:
    """Gather nothing: which events count is found out of all on record, see `storage.genealogy.effects`."""
