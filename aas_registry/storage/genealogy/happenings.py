"""Happenings: what is on record of one unit in order of time, one statement after the other.

Facts are told as they were said, also uses that were taken out since and stays that have ended; a
fact that was corrected is gone, and its correction is told instead.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    select,
    union_all,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import UnitId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.departures import departures_of, returns_of, ways_out
from aas_registry.storage.genealogy.effects import said_by_equals
from aas_registry.storage.genealogy.unit_statements import (
    completions_of,
    corrections_of,
    facts_of,
    near_of,
    stays_of,
    uses_of,
    waiting_lines,
    work_on,
)
from aas_registry.storage.genealogy.units import units_by_id
from aas_registry.storage.paging import beyond
from aas_registry.storage.prepared import prepared

_OF_UNITS = frozenset({"putInto", "takenOut", "tookIn", "gaveUp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened to a unit, as an event says.

    Attributes:
        at: When it happened.
        recorded_at: Since when it is on record.
        event: The number of the event.
        kind: What happened: ``declared``, ``used`` and so on.
        other: The package, run, unit or shipment that it happened with; None for nothing else.
        said: Text that it carries: a position, a result, members as JSON, or an event that was corrected.
        name: Text of a second kind: the name of a test, a reason, or a relation.
        is_of_panel: Whether it happened to the panel that carried the unit.
        inside: The unit in which it left, or came back; None where that was itself, or is not told.
    """

    place: int
    at: datetime
    event: int
    number: int
    nth: int
    kind: str
    recorded_at: datetime
    other: int | None
    said: str | None
    name: str | None
    designators: tuple[str, ...]
    quantity: Decimal | None
    unit_of_measure: str | None
    sequence: int | None
    is_of_panel: bool
    inside: int | None

    @property
    def key(self) -> tuple[Any, ...]:
        """Return the place in the order of a timeline."""
        return self.at.isoformat(), self.place, self.event, self.number, self.nth


def happenings(
    connection: Connection,
    scope: Scope,
    number: UnitId,
    page: PageRequest,
    *,
    moment: Moment,
) -> list[Happening]:
    """Return what happened to a unit, the earliest first; one more than asked tells of a next page.

    A customer's auditor is not told of units of others, nor what was corrected, or waits.
    What waits is told as it does now: as it was recorded earlier, nothing.

    Args:
        connection: An open connection.
        scope: What the asker sees.
        number: The unit, which the scope sees.
        page: Which part.
        moment: When is asked for.
    """
    found: list[Happening] = []
    rest = page
    while True:
        rows = _read(connection, scope, number, rest, moment=moment)
        others = {row.other for row in rows if row.kind in _OF_UNITS and row.other is not None}
        around = {row.inside for row in rows if row.inside is not None}
        seen = others | around
        if scope.customer is not None:
            seen = set(units_by_id(connection, scope, sorted(seen), moment))
        corrections = {row.event for row in rows if row.kind == "corrected"}
        silent = said_by_equals(connection, scope.site, corrections, at=moment.recorded_as_of)
        found += (
            row if row.inside in seen else replace(row, inside=None)
            for row in rows
            if row.other not in others - seen and not (row.kind == "corrected" and row.event in silent)
        )
        if len(rows) <= rest.limit or len(found) > page.limit:
            return found[: page.limit + 1]
        rest = PageRequest(page.limit, rows[-1].key)


def _read(
    connection: Connection,
    scope: Scope,
    number: UnitId,
    page: PageRequest,
    *,
    moment: Moment,
) -> list[Happening]:
    asked = _told(scope, number, moment, page.limit + 1, is_first=page.after is None)
    last: dict[str, Any] = {}
    if page.after is not None:
        key = (datetime.fromisoformat(page.after[0]), *page.after[1:])
        last = {f"last_{name}": value for name, value in zip(_ORDER, key, strict=True)}
    return [
        Happening(
            **{
                **row._mapping,  # noqa: SLF001 the public name of it
                "designators": () if row.designators is None else tuple(row.designators.split("\n")),
                "is_of_panel": bool(row.is_of_panel),
            }
        )
        for row in asked.ask(connection, **last)
    ]


@prepared
def _told(scope: Scope, number: UnitId, moment: Moment, most: int, *, is_first: bool) -> Select[Any]:
    near = near_of(scope.site, number, moment)
    told = [*stays_of(scope.site, number, moment), *facts_of(scope.site, number, moment)]
    told += [uses_of(scope.site, number, moment), *work_on(scope.site, near, moment)]
    told += completions_of(scope.site, near, moment)
    ways = ways_out(scope, number, moment)
    told += [outward(scope.site, number, ways, moment) for outward in (departures_of, returns_of)]
    if scope.customer is None:
        told.append(corrections_of(scope.site, number, near, moment))
    if scope.customer is None and moment.recorded_as_of is None:
        told.append(waiting_lines(scope.site, number))
    every = union_all(*told).subquery()
    order = [every.c[name] for name in _ORDER]
    query = select(every).where(every.c.at <= moment.as_of).order_by(*order).limit(most)
    last = [bindparam(f"last_{column.name}", type_=column.type) for column in order]
    return query if is_first else query.where(beyond(order, last))


_ORDER = ("at", "place", "event", "number", "nth")
