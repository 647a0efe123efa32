"""Explanations of the rows of an answer: from each unit of a page back to the lot, set-wise.

The walk is that of `storage.genealogy.contents`, and takes from the answer only what its rows are:
which units, of which lots or packages, at which moment. Of a row's uses the surest is told; it
costs a page's worth of look-ups, however far the lot reaches.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from aas_registry.domain.events import Basis, Certainty
from aas_registry.domain.explanations import USED, ChainStep, During, Holdings, Reason, Why, told_to_customer
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.items import EARLIEST
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.contents import Content
from aas_registry.storage.genealogy.holdings import holdings_of
from aas_registry.storage.genealogy.sought import Sought, items_of, meant_in
from aas_registry.storage.genealogy.surroundings import Surroundings
from aas_registry.storage.genealogy.taken_out import taken_out_at, taken_out_by
from aas_registry.storage.genealogy.unit_uses import uses_in
from aas_registry.storage.genealogy.uses import held, is_of_boards
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import given_later, given_values, in_chunks, in_order, is_found
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, filling
from aas_registry.storage.tables.passes import set_up

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A row to be explained: uses of ``items``, each with the way from its unit to that of the row."""

    items: frozenset[int | None]
    uses: Sequence[tuple[Row[Any], Sequence[Reason]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A use that says a row, and how it leads there; of several the first in ``order`` is told."""

    use: Row[Any]
    up: Sequence[Reason]
    certainty: Certainty
    order: tuple[Any, ...]


def explain_used(
    connection: Connection,
    scope: Scope,
    sought: Sought,
    rows: Sequence[tuple[int, int | None]],
    *,
    moment: Moment,
    level: Level,
    ever: bool = False,
    whose: Scope | None = None,
) -> dict[tuple[int, int | None], Why]:
    """Return why each of some units is said to hold material of a set of things.

    Args:
        connection: An open connection.
        scope: What the asker sees.
        sought: The set.
        rows: Units of the answer, each with the shipment that it left with at that level, else None.
        moment: When was asked for.
        level: What the units are.
        ever: Whether what once held it counts.
        whose: Of whom alone the rows are; None: what the asker sees.
    """
    asker, scope = scope, whose or scope
    around = Surroundings(connection, scope, moment, ever=ever)
    items = frozenset(items_of(connection, scope.site, sought, moment))
    units = sorted({unit for unit, _ in rows})
    is_itself = level is Level.BOARD and (not ever or scope.customer is None)
    holders = {unit: {unit} for unit in units} if is_itself else around.innermost(units)
    uses: list[Row[Any]] = []
    for part in in_chunks(sorted({holder for each in holders.values() for holder in each})):
        query = _uses_of_items(scope, list(items), moment, dialect=connection.dialect.name, ever=ever)
        uses += query.ask(connection, **given_values(connection, unit=part))
    around.look_above({use.unit for use in uses} | holders.keys())
    if ever:
        led = _lead_then(uses, rows, around, is_board=level is Level.BOARD)
    else:
        led = _lead_now(uses, {row: holders[row[0]] for row in rows}, around)
    asked = {row: _Asked(items=items, uses=found) for row, found in led.items()}
    return _explain(asker, asked, holdings=_holdings(connection, scope, asked, moment, sought), around=around)


@prepared
def _uses_of_items(
    scope: Scope, items: list[int], moment: Moment, *, dialect: str, ever: bool
) -> Select[Any]:
    used = uses_in(scope.site, _units(dialect), moment, _holds(scope, items, moment), ever=ever)
    return _with_feeds(scope, used, moment).where(~is_of_boards(scope, used, moment))


@prepared
def _uses_of_feeds(
    scope: Scope, feeds: list[int], moment: Moment, *, dialect: str, ever: bool
) -> Select[Any]:
    found = uses_in(scope.site, _units(dialect), moment, feed.c.id.in_(feeds), ever=ever)
    return _with_feeds(scope, found, moment)


def _holds(scope: Scope, items: Collection[int], moment: Moment) -> ColumnElement[bool]:
    """Return whether a feed is of a package that is asked for, or that ever held what is."""
    there = (filling.c.site == scope.site, filling.c.package == feed.c.package, filling.c.source.in_(items))
    held_then = is_found(select(filling.c.id).where(*there, held(filling, moment)))
    return or_(held_then, feed.c.package.in_(items))


_Row = tuple[int, int | None]
_Led = defaultdict[_Row, list[tuple[Row[Any], Sequence[Reason]]]]


def _lead_now(
    uses: Iterable[Row[Any]], holders: Mapping[_Row, Collection[int]], around: Surroundings
) -> _Led:
    """Return for each row the uses in what is in its unit, each with the way from there."""
    by_unit: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for use in uses:
        by_unit[use.unit].append(use)
    led: _Led = defaultdict(list)
    for (unit, shipment), inside in holders.items():
        out = _way_out(around, unit, shipment, around.now) or []
        for holder in by_unit.keys() & set(inside):
            up = around.up(holder, unit, around.now) or []
            led[unit, shipment] += [(use, [*up, *out]) for use in by_unit[holder]]
    return led


def _lead_then(
    uses: Iterable[Row[Any]], rows: Iterable[_Row], around: Surroundings, *, is_board: bool
) -> _Led:
    """Return for each row the uses of what was in its unit, each with the way there while it held it."""
    shipments: defaultdict[int, list[int | None]] = defaultdict(list)
    for unit, shipment in rows:
        shipments[unit].append(shipment)
    has_left = any(each is not None for some in shipments.values() for each in some)
    led: _Led = defaultdict(list)
    for use in uses:
        for root, during in _told_as(use, around, is_board=is_board, has_left=has_left):
            up = around.up(use.unit, root, during) or []
            for shipment in shipments[root]:
                out = _way_out(around, root, shipment, during)
                if out is not None:
                    led[root, shipment].append((use, [*up, *out]))
    return led


def _told_as(
    use: Row[Any], around: Surroundings, *, is_board: bool, has_left: bool
) -> Iterator[tuple[int, During]]:
    """Yield as which units what held a use is told, and when: with what left all that it was part of."""
    for unit, during in around.nearest(use.unit, During(use.used_at, use.gone_at)):
        over = around.parts if has_left else around.roots
        yield from [(unit, during)] if is_board else over(unit, during)


def _way_out(
    around: Surroundings, unit: int, shipment: int | None, during: During
) -> Sequence[Reason] | None:
    """Return how a unit left with a shipment, nothing where none is asked for; None where it did not."""
    if shipment is None:
        return []
    return next((way for way in around.ways_out(unit, during) if way[-1].target == shipment), None)


def explain_contents(
    connection: Connection,
    scope: Scope,
    number: int,
    rows: Sequence[Content],
    *,
    moment: Moment,
    ever: bool = False,
) -> dict[Content, Why]:
    """Return why some material is, or with ``ever`` was, in a unit."""
    uses: list[Row[Any]] = []
    feeds = sorted({row.feed for row in rows})
    for part in in_chunks(sorted({row.holder for row in rows})):
        query = _uses_of_feeds(scope, feeds, moment, dialect=connection.dialect.name, ever=ever)
        uses += query.ask(connection, **given_values(connection, unit=part))
    around = Surroundings(connection, scope, moment, ever=ever)
    around.look_above({use.unit for use in uses})
    by_use: defaultdict[tuple[int, int], list[tuple[Row[Any], Sequence[Reason]]]] = defaultdict(list)
    for use in uses:
        up = around.up(use.unit, number, During(use.used_at, use.gone_at) if ever else around.now)
        if up is not None:
            by_use[use.unit, use.feed].append((use, up))
    asked = {row: _Asked(items=frozenset([row.lot]), uses=by_use[row.holder, row.feed]) for row in rows}
    holdings = _holdings(connection, scope, asked, moment)
    return _explain(scope, asked, holdings=holdings, around=around)


def _units(dialect: str) -> CTE:
    """Return the units that are given, each with all times."""
    some = given_later(dialect, unit=int)
    when = feed.c.valid_to.type
    always = (cast(literal(EARLIEST, when), when).label("since"), cast(null(), when).label("until"))
    return select(some.c.unit, *always).cte("some_units")


def _with_feeds(scope: Scope, uses: Any, moment: Moment) -> Select[Any]:
    # What a set-up put in has no feed: it is told as one of the unit's pass.
    basis, certainty = literal(Basis.SETUP.value), literal(int(Certainty.ASSUMED))
    instead = {"basis": basis, "certainty": certainty, "run": uses.c.run, "seq_from": uses.c.seq}
    instead |= {"seq_to": uses.c.seq, **{name: set_up.c[name] for name in _OF_BOTH}}
    of_feed = [
        (func.coalesce(column, instead[column.name]) if column.name in instead else column).label(
            f"feed_{column.name}"
        )
        for column in feed.c
    ]
    fed = and_(feed.c.site == scope.site, feed.c.id == uses.c.feed)
    stood = and_(set_up.c.site == scope.site, set_up.c.id == uses.c.feed)
    said_by = and_(event.c.site == scope.site, event.c.id == func.coalesce(feed.c.event, set_up.c.event))
    both = in_order(in_order(uses, feed, fed, isouter=True), set_up, stood, isouter=True)
    gone = [of(scope.site, uses, moment).label(name) for name, of in _GONE.items()]
    query = select(uses, *of_feed, event.c.content, *gone)
    return query.select_from(in_order(both, event, said_by, isouter=True))


_GONE = {"gone_at": taken_out_at, "gone_by": taken_out_by}
_OF_BOTH = (
    "package",
    "slot",
    "designators",
    "quantity_per_unit",
    "unit_of_measure",
    "valid_from",
    "valid_to",
    "place",
    "event",
    "recorded_from",
)


def _holdings(
    connection: Connection,
    scope: Scope,
    asked: Mapping[Key, _Asked],
    moment: Moment,
    sought: Sought | None = None,
) -> Holdings:
    packages = {use.package for row in asked.values() for use, _ in row.uses}
    found = holdings_of(connection, scope.site, packages, moment)
    if sought is not None and sought.only_lot is None:
        found.meant = meant_in(connection, scope.site, sought, packages, moment)
    return found


def _explain(
    scope: Scope, asked: Mapping[Key, _Asked], *, holdings: Holdings, around: Surroundings
) -> dict[Key, Why]:
    """Return the surest chain of each row."""
    times: defaultdict[tuple[int, int], set[datetime]] = defaultdict(set)
    for row in asked.values():
        for use, _ in row.uses:
            times[use.unit, use.feed].add(use.used_at)
    ways = {
        key: [
            way
            for use, up in row.uses
            if (way := _way(row, use, up, holdings=holdings, passes=times[use.unit, use.feed])) is not None
        ]
        for key, row in asked.items()
    }
    surest = {key: min(found, key=lambda way: way.order) for key, found in ways.items() if found}
    around.look_around(way.use for way in surest.values())
    explained: dict[Key, Why] = {}
    for key, way in surest.items():
        use = way.use
        steps = holdings.way(use.package, use.used_at, asked[key].items)
        for said in (_used(use), *around.passed(use), *way.up):
            steps.append(ChainStep(said=said, certainty=way.certainty))
        explained[key] = Why(
            certainty=way.certainty,
            uses=len({(each.use.unit, each.use.feed) for each in ways[key]}),
            steps=steps if scope.customer is None else told_to_customer(steps, hidden=around.hidden),
        )
    return explained


def _way(
    row: _Asked, use: Row[Any], up: Sequence[Reason], *, holdings: Holdings, passes: Iterable[datetime]
) -> _Way | None:
    held_then = holdings.of_use(use.package, use.used_at, row.items, passes=passes)
    if held_then is None:
        return None
    certainty = max(held_then, _fed_surely(use))
    order = (certainty, use.used_at, use.content or "", use.feed_place)
    return _Way(use=use, up=up, certainty=certainty, order=order)


def _fed_surely(use: Row[Any]) -> Certainty:
    """Return how sure a use is, whatever its package held: possible, as the package did not stand there."""
    said, ends = Certainty(use.feed_certainty), use.feed_valid_to
    if ends is None or use.used_at is None:
        return said
    is_apart = use.used_at > ends or use.used_at < use.feed_valid_from <= ends
    return max(said, Certainty.POSSIBLE) if is_apart else said


def _used(use: Row[Any]) -> Reason:
    """Return how a package was used: by a run that was fed, or in one unit."""
    in_unit = use.feed_run == use.carrier or use.feed_seq_from < 1
    return Reason(
        fact=USED,
        source=use.package,
        target=use.feed_run,
        certainty=_fed_surely(use),
        basis=use.feed_basis,
        happened_at=use.feed_valid_from,
        recorded_at=use.feed_recorded_from,
        event=use.feed_event,
        quantity=use.feed_quantity_per_unit,
        unit_of_measure=use.feed_unit_of_measure,
        run=use.feed_context_run,
        sequence=None if in_unit else (use.feed_seq_from, use.feed_seq_to),
        slot=use.feed_slot,
        feeder=use.feed_feeder,
        designators=() if use.feed_designators is None else tuple(use.feed_designators.split("\n")),
        ended_at=use.gone_at,
        ended_by=use.gone_by,
    )
