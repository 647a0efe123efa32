"""Explanations of the rows of an answer: from each unit of a page back to the lot, set-wise.

The walk is that of `storage.genealogy.contents`, and takes from the answer only what its rows are:
which units, of which lots or packages, at which moment. Of a row's uses the surest is told; it
costs a page's worth of look-ups, however far the lot reaches.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, and_, func, literal, or_, select

from aas_registry.domain.events import Basis, Certainty
from aas_registry.domain.explanations import USED, ChainStep, Holdings, Reason, Why, told_to_customer
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.contents import Content, uses_in
from aas_registry.storage.genealogy.holdings import holdings_of
from aas_registry.storage.genealogy.surroundings import Surroundings
from aas_registry.storage.genealogy.uses import held, is_of_boards
from aas_registry.storage.rows import given, in_chunks, in_order, is_found
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import feed, filling
from aas_registry.storage.tables.passes import set_up

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A row to be explained: material of ``items`` that ``holders`` hold, up to a unit or shipment."""

    holders: Collection[int]
    items: frozenset[int | None]
    unit: int
    feed: int | None = None
    shipment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """A use that says a row, with its feed; of several the first in ``order`` is told."""

    use: Row[Any]
    certainty: Certainty
    order: tuple[Any, ...]


def explain_used(
    connection: Connection,
    scope: Scope,
    items: Collection[int],
    rows: Sequence[tuple[int, int | None]],
    *,
    moment: Moment,
    level: Level,
) -> dict[tuple[int, int | None], Why]:
    """Return why each of some units is said to hold material of some lots or packages.

    Args:
        connection: An open connection.
        scope: What the asker sees.
        items: The lots or packages.
        rows: Units of the answer, each with the shipment that it left with at that level, else None.
        moment: When was asked for.
        level: What the units are.
    """
    around = Surroundings(connection, scope, moment)
    holders: Mapping[int, Collection[int]] = {unit: [unit] for unit, _ in rows}
    if level is not Level.BOARD:
        holders = around.innermost(sorted(holders))
    asked = {
        row: _Asked(holders=holders[row[0]], items=frozenset(items), unit=row[0], shipment=row[1])
        for row in rows
    }
    there = (filling.c.site == scope.site, filling.c.package == feed.c.package, filling.c.source.in_(items))
    holds = or_(
        is_found(select(filling.c.id).where(*there, held(filling, moment))), feed.c.package.in_(items)
    )
    inside = sorted({holder for each in holders.values() for holder in each})
    uses: list[Row[Any]] = []
    for part in in_chunks(inside):
        units = select(given(connection, unit=part).c.unit).cte("some_units")
        found = uses_in(scope.site, units, moment, holds)
        uses += connection.execute(_with_feeds(scope, found).where(~is_of_boards(scope, found, moment)))
    return _explain(connection, scope, asked, uses, moment=moment, around=around)


def explain_contents(
    connection: Connection, scope: Scope, number: int, rows: Sequence[Content], moment: Moment
) -> dict[Content, Why]:
    """Return why some material is said to be in a unit."""
    asked = {
        row: _Asked(holders=[row.unit], items=frozenset([row.lot]), unit=number, feed=row.feed)
        for row in rows
    }
    uses: list[Row[Any]] = []
    for part in in_chunks(sorted({row.unit for row in rows})):
        units = select(given(connection, unit=part).c.unit).cte("some_units")
        named = feed.c.id.in_({row.feed for row in rows})
        uses += connection.execute(_with_feeds(scope, uses_in(scope.site, units, moment, named)))
    around = Surroundings(connection, scope, moment)
    return _explain(connection, scope, asked, uses, moment=moment, around=around)


def _with_feeds(scope: Scope, uses: Any) -> Any:
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
    query = select(uses, *of_feed, event.c.content)
    return query.select_from(in_order(both, event, said_by, isouter=True))


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


def _explain(
    connection: Connection,
    scope: Scope,
    asked: Mapping[Key, _Asked],
    uses: Iterable[Row[Any]],
    *,
    moment: Moment,
    around: Surroundings,
) -> dict[Key, Why]:
    """Return the surest chain of each row."""
    by_unit: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for use in uses:
        by_unit[use.unit].append(use)
    packages = {use.package for found in by_unit.values() for use in found}
    holdings = holdings_of(connection, scope.site, packages, moment)
    ways = {
        key: [
            way
            for use in (use for holder in row.holders for use in by_unit[holder])
            if row.feed in {None, use.feed} and (way := _way(row, use, holdings)) is not None
        ]
        for key, row in asked.items()
    }
    surest = {key: min(found, key=lambda way: way.order) for key, found in ways.items() if found}
    around.look_around(
        [way.use for way in surest.values()], {row.unit for row in asked.values() if row.shipment is not None}
    )
    explained: dict[Key, Why] = {}
    for key, way in surest.items():
        row, use = asked[key], way.use
        up = (*around.up(use.unit, row.unit), *around.gone(row.unit, row.shipment))
        steps = holdings.way(use.package, use.used_at, row.items)
        for said in (_used(use), *around.passed(use), *up):
            steps.append(ChainStep(said=said, certainty=way.certainty))
        explained[key] = Why(
            certainty=way.certainty,
            uses=len({(each.use.unit, each.use.feed) for each in ways[key]}),
            steps=steps if scope.customer is None else told_to_customer(steps, hidden=around.hidden),
        )
    return explained


def _way(row: _Asked, use: Row[Any], holdings: Holdings) -> _Way | None:
    held_then = holdings.certainty(use.package, use.used_at, row.items)
    if held_then is None and None in row.items:
        held_then = Certainty.EXACT  # nobody said anything of the package
    if held_then is None:
        return None
    certainty = max(held_then, Certainty(use.feed_certainty))
    order = (certainty, use.used_at, use.content or "", use.feed_place)
    return _Way(use=use, certainty=certainty, order=order)


def _used(use: Row[Any]) -> Reason:
    """Return how a package was used: by a run that was fed, or in one unit."""
    in_unit = use.feed_run == use.carrier or use.feed_seq_from < 1
    return Reason(
        fact=USED,
        source=use.package,
        target=use.feed_run,
        certainty=Certainty(use.feed_certainty),
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
    )
