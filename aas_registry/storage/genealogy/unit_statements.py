"""What events say of one unit, as parts of its timeline that have the same columns."""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union,
)

from aas_registry.domain.events import Action, Basis, Certainty
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.items import EARLIEST
from aas_registry.storage.column_types import Instant, Quantity
from aas_registry.storage.genealogy.passes import is_meant
from aas_registry.storage.genealogy.taken_out import is_found_then
from aas_registry.storage.genealogy.unit_uses import uses_in
from aas_registry.storage.genealogy.uses import on_panel
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import in_order, is_found
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables import passes
from aas_registry.storage.tables.events import event

_KINDS = {
    Action.ATTACH.value: "putInto",
    Action.DETACH.value: "takenOut",
    Action.SHIP.value: "shipped",
    Action.RETURN.value: "returned",
}
# What happened at one time is told in this order.
_PLACES = ("waits", "declared", "passed", "used", "tookIn", "attach", "detach", "removed")
_LATER = ("completed", "tested", "gaveUp", "ship", "return", "corrected")
_TYPES: dict[str, Any] = {
    "at": Instant(),
    "place": Integer(),
    "event": BigInteger(),
    "number": BigInteger(),
    "nth": BigInteger(),
    "kind": Text(),
    "recorded_at": Instant(),
    "other": BigInteger(),
    "said": Text(),
    "name": Text(),
    "designators": Text(),
    "quantity": Quantity(),
    "unit_of_measure": Text(),
    "sequence": BigInteger(),
    "is_of_panel": Integer(),
    "inside": BigInteger(),
}


def told(place: str, **columns: Any) -> Select[Any]:
    """Return a part of the timeline, with every column."""
    given = {
        "place": literal((*_PLACES, *_LATER).index(place), Integer()),
        "nth": literal(0, BigInteger()),
        "kind": literal(place, Text()),
        **columns,
    }
    return select(
        *(
            type_coerce(given[name], of).label(name) if name in given else cast(null(), of).label(name)
            for name, of in _TYPES.items()
        )
    )


def _when(table: FromClause) -> dict[str, Any]:
    columns = {"at": "happened_at", "event": "event", "number": "id", "recorded_at": "recorded_from"}
    return {name: table.c[column] for name, column in columns.items()}


def near_of(site: Site, number: UnitId, moment: Moment) -> CTE:
    """Return a unit itself and each panel that carried it, once, with when it left that for good."""
    stay = tables.containment
    unit = type_coerce(number, BigInteger).label("carrier")
    itself = select(unit, literal(0, Integer()).label("is_panel"), cast(null(), Instant()).label("cut_at"))
    left = case((func.count(stay.c.valid_to) == func.count(), func.max(stay.c.valid_to)))
    panels = select(stay.c.parent, literal(1, Integer()), type_coerce(left, Instant()))
    mine = (stay.c.site == site, stay.c.child == number, on_panel(moment))
    return itself.union_all(panels.where(*mine).group_by(stay.c.parent)).cte("near")


def _before(near: CTE, at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether what happened to a panel is the unit's: it was on it then, or came onto it later."""
    return or_(near.c.cut_at.is_(None), near.c.cut_at > at)


def facts_of(site: Site, number: UnitId, moment: Moment) -> list[Select[Any]]:
    """Return what was declared of a unit, and its tests."""
    said, test = tables.declaration, tables.test_result
    return [
        told(
            "declared",
            **_when(said),
            said=said.c.members,
        ).where(said.c.site == site, said.c.item == number, recorded(said, moment)),
        told(
            "tested",
            **_when(test),
            other=test.c.run,
            said=test.c.result,
            name=test.c.test,
        ).where(test.c.site == site, test.c.unit == number, recorded(test, moment)),
    ]


def work_on(site: Site, near: CTE, moment: Moment) -> list[Select[Any]]:
    """Return the passes of a unit and of its panels, and what was taken out of them (`near_of`).

    Of a panel is told what was found there: what was not, none of its boards lost.
    """
    ran, taken, void = tables.run_unit, tables.removal, tables.feed_void
    passed_at = func.coalesce(ran.c.passed_at, ran.c.recorded_from)
    took = (void.c.site == site, void.c.unit == near.c.carrier, void.c.event == taken.c.event)
    is_found_there = is_found(select(void.c.id).where(*took, is_found_then(moment)))
    passes_of = and_(ran.c.site == site, ran.c.unit == near.c.carrier, recorded(ran, moment))
    removals_of = and_(taken.c.site == site, taken.c.unit == near.c.carrier, recorded(taken, moment))
    passed = told(
        "passed",
        at=func.min(passed_at),
        event=ran.c.event,
        number=ran.c.run,
        nth=ran.c.seq,  # one event may pass a unit at several numbers
        recorded_at=func.min(ran.c.recorded_from),
        other=ran.c.run,
        sequence=case((ran.c.seq > 0, ran.c.seq)),  # one that is told of a station alone has none
        is_of_panel=func.min(near.c.is_panel),
    ).select_from(in_order(near, ran, passes_of))
    removed = told(
        "removed",
        **_when(taken),
        other=taken.c.package,
        name=taken.c.reason,
        designators=taken.c.designators,
        quantity=taken.c.quantity,
        unit_of_measure=taken.c.unit_of_measure,
        is_of_panel=near.c.is_panel,
    ).select_from(in_order(near, taken, removals_of))
    ours = (ran.c.event != 0, _before(near, passed_at))
    return [
        passed.where(*ours).group_by(ran.c.event, ran.c.run, ran.c.seq),
        removed.where(_before(near, taken.c.happened_at), or_(near.c.is_panel == 0, is_found_there)),
    ]


def stays_of(site: Site, number: UnitId, moment: Moment) -> list[Select[Any]]:
    """Return what a unit was put into, and what was put into it, until that left."""
    moved, stay = tables.movement, tables.containment
    mine = (moved.c.site == site, moved.c.unit == number, recorded(moved, moment))
    here = (stay.c.site == site, stay.c.parent == number, recorded(stay, moment))
    inside: dict[str, Any] = {
        "number": stay.c.id,
        "recorded_at": stay.c.recorded_from,
        "other": stay.c.child,
        "name": stay.c.relation,
    }
    return [
        *(
            told(
                action,
                kind=literal(kind, Text()),
                **_when(moved),
                other=moved.c.target,
                said=moved.c.position,
                name=moved.c.relation if kind == "putInto" else moved.c.reason,
            ).where(*mine, moved.c.action == action)
            for action, kind in _KINDS.items()
        ),
        told("tookIn", at=stay.c.valid_from, event=stay.c.event, said=stay.c.position, **inside).where(*here),
        told("gaveUp", at=stay.c.valid_to, event=func.coalesce(stay.c.ended_by, 0), **inside).where(
            *here, stay.c.valid_to.is_not(None)
        ),
    ]


def uses_of(site: Site, number: UnitId, moment: Moment) -> Select[Any]:
    """Return every use in a unit, or on the panel that carried it, also where it was taken out since.

    A use is told once, at the first of the passes that it covers.
    """
    always = (literal(EARLIEST, Instant()).label("since"), cast(null(), Instant()).label("until"))
    unit = select(type_coerce(number, BigInteger).label("unit"), *always).cte("the_unit")
    passes_fed = uses_in(site, unit, moment, ever=True)
    is_of_panel = cast(passes_fed.c.carrier != passes_fed.c.unit, Integer)
    first = (func.min(passes_fed.c.used_at).label("used_at"), func.min(is_of_panel).label("is_of_panel"))
    uses = select(passes_fed.c.feed, *first).group_by(passes_fed.c.feed).cte("each_use")
    fed, stood = tables.feed, passes.set_up
    of_feed = and_(fed.c.site == site, fed.c.id == uses.c.feed)
    of_set_up = and_(stood.c.site == site, stood.c.id == uses.c.feed)

    def either(name: str) -> ColumnElement[Any]:
        return func.coalesce(fed.c[name], stood.c[name])

    return told(
        "used",
        at=uses.c.used_at,
        event=either("event"),
        number=either("id"),
        recorded_at=either("recorded_from"),
        other=either("package"),
        said=either("slot"),
        name=func.coalesce(fed.c.basis, Basis.SETUP.value),
        designators=either("designators"),
        quantity=either("quantity_per_unit"),
        unit_of_measure=either("unit_of_measure"),
        sequence=func.coalesce(fed.c.certainty, int(Certainty.ASSUMED)),
        is_of_panel=uses.c.is_of_panel,
    ).select_from(in_order(in_order(uses, fed, of_feed, isouter=True), stood, of_set_up, isouter=True))


def completions_of(site: Site, near: CTE, moment: Moment) -> list[Select[Any]]:
    """Return when the work on a unit, or its panel, was completed: alone, or with all of a transaction.

    Of a panel that is told of the units whose pass it was, though they were cut from it since.
    """
    done, ran = passes.completion, tables.run_unit
    counts = (done.c.site == site, recorded(done, moment))
    said = {**_when(done), "other": func.coalesce(done.c.run, done.c.station)}
    itself = and_(*counts, done.c.unit == near.c.carrier)
    mine = (ran.c.site == site, ran.c.unit == near.c.carrier, recorded(ran, moment))
    carried = _before(near, ran.c.passed_at)
    meant = is_found(select(ran.c.unit).where(*mine, carried, is_meant(done, site, moment)))
    named = told("completed", **said, is_of_panel=near.c.is_panel).select_from(in_order(near, done, itself))
    is_panel = func.min(near.c.is_panel).label("is_panel")
    passed = (
        select(ran.c.run, ran.c.seq, is_panel)
        .select_from(in_order(near, ran, and_(*mine)))
        .where(carried)
        .group_by(ran.c.run, ran.c.seq)
        .cte("passed")
    )
    same = and_(*counts, done.c.run == passed.c.run, done.c.seq == passed.c.seq, done.c.unit.is_(None))
    whole = told("completed", **said, is_of_panel=passed.c.is_panel)
    return [
        named.where(or_(_before(near, done.c.happened_at), meant)),
        whole.select_from(in_order(passed, done, same)),
    ]


def _about(site: Site, number: UnitId, near: CTE, moment: Moment) -> CompoundSelect[tuple[int]]:
    """Return the events that ever said something of a unit, also those that were corrected."""
    fed, ran = tables.feed, tables.run_unit
    covers = and_(
        fed.c.site == site, fed.c.run == ran.c.run, fed.c.seq_from <= ran.c.seq, fed.c.seq_to >= ran.c.seq
    )
    own: list[tuple[Any, ColumnElement[int]]] = [
        (tables.declaration, tables.declaration.c.item),
        (tables.movement, tables.movement.c.unit),
        (tables.movement, tables.movement.c.target),
        (tables.test_result, tables.test_result.c.unit),
    ]
    passed_at = func.coalesce(ran.c.passed_at, ran.c.recorded_from)
    also_of_panels: list[tuple[Any, ColumnElement[Any]]] = [
        (ran, passed_at),
        (tables.removal, tables.removal.c.happened_at),
        (passes.completion, passes.completion.c.happened_at),
    ]

    def known(table: Any) -> ColumnElement[bool]:
        at = moment.recorded_as_of
        return table.c.recorded_from <= at if at is not None else literal(1) == 1

    def there(table: Any) -> FromClause:
        return in_order(near, table, and_(table.c.site == site, table.c.unit == near.c.carrier))

    through_runs = select(fed.c.event).select_from(in_order(there(ran), fed, and_(covers, known(fed))))
    return union(
        *(
            select(table.c.event).where(table.c.site == site, column == number, known(table))
            for table, column in own
        ),
        *(
            select(table.c.event).select_from(there(table)).where(known(table), _before(near, at))
            for table, at in also_of_panels
        ),
        through_runs.where(_before(near, func.coalesce(ran.c.passed_at, fed.c.valid_from))),
    )


def corrections_of(site: Site, number: UnitId, near: CTE, moment: Moment) -> Select[Any]:
    """Return the corrections of events about a unit, and corrections of these, equal ones among them."""
    about = _about(site, number, near, moment).cte("about")
    of_unit = and_(event.c.site == site, event.c.id == about.c.event)
    named = select(event.c.event_id).select_from(in_order(about, event, of_unit)).cte("named", recursive=True)
    by = event.alias("correction")
    corrects = and_(by.c.site == site, by.c.corrects == named.c.event_id)
    every = named.union(select(by.c.event_id).select_from(in_order(named, by, corrects)))
    said = event.alias("said")
    of_any = and_(said.c.site == site, said.c.corrects == every.c.event_id)
    query = told(
        "corrected",
        at=said.c.happened_at,
        event=said.c.id,
        number=said.c.id,
        recorded_at=said.c.recorded_at,
        said=said.c.corrects,
    ).select_from(in_order(every, said, of_any))
    return (
        query if moment.recorded_as_of is None else query.where(said.c.recorded_at <= moment.recorded_as_of)
    )


def waiting_lines(site: Site, number: UnitId) -> Select[Any]:
    """Return the lines that name a unit and wait, each with its place in its event."""
    line = passes.waiting_line
    waits = and_(line.c.recorded_to.is_(None), ~line.c.is_undecided, ~line.c.is_unread)
    said_by = and_(event.c.site == site, event.c.id == line.c.event)
    return (
        told(
            "waits",
            at=event.c.happened_at,
            event=event.c.id,
            number=line.c.place,
            nth=line.c.id,
            recorded_at=event.c.recorded_at,
        )
        .select_from(in_order(line, event, said_by))
        .where(line.c.site == site, line.c.unit == number, waits)
    )
