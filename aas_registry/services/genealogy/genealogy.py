"""Genealogy questions: which units hold material of a lot, and what is in a unit.

Both are asked at two times: as it stood (``as_of``), and as the registry knew it
(``recorded_as_of``). A customer's auditor is answered about that customer's units only; a
lot that is in none of them is answered as if it were not on record.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import AsRecorded, GroupBy, Level, Moment
from aas_registry.domain.identifiers import LotId, UnitId
from aas_registry.domain.items import Scheme
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services.genealogy.explanations import Explanation, explain_contents, explain_used
from aas_registry.services.genealogy.units import UnitRow, shown_names, unit_meant, unit_rows
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.clock import as_recorded
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import contents as content_rows
from aas_registry.storage.genealogy.contents import Content
from aas_registry.storage.genealogy.genealogy import Count, Coverage, WhereUsed
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.genealogy.units import units_by_id
from aas_registry.storage.lots import Lot, find_lot

__all__ = [
    "ContentRow",
    "UnitGroup",
    "UsedRow",
    "WhereUsedSummary",
    "contents",
    "where_used",
    "where_used_groups",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRow:
    """A unit that holds the material.

    Attributes:
        unit: The unit at the level that was asked for.
        root: What it is part of; itself where it is part of nothing.
        certainty: The best over all paths.
        shipment: At level shipment, with what it left; the rest tells more of that.
        key: The row's place in the order, for the next page.
        why: Why the unit is said to hold it, where that was asked for.
    """

    unit: UnitRow
    root: UnitRow
    certainty: Certainty
    shipment: str | None
    order: str | None
    shipment_customer: str | None
    shipped_at: datetime | None
    key: tuple[int, ...]
    why: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereUsedSummary:
    """The answer in one line.

    Attributes:
        lot: The lot.
        level: What was counted.
        totals: Distinct units by certainty.
        coverage: Of the runs in question: units built, and units of which any use was
            reported; None for a customer's auditor, whom others' units do not concern.
        recorded: Up to which time of recording the answer counts.
    """

    lot: Lot
    level: Level
    totals: dict[Certainty, int]
    coverage: Coverage | None
    recorded: AsRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGroup:
    """How many units of one product, day, line or customer; None where that is not known."""

    group: str | None
    totals: dict[Certainty, int]

    @property
    def total(self) -> int:
        """Return the units of every certainty."""
        return sum(self.totals.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRow:
    """Material of one package in one unit, and one lot that the package holds.

    Attributes:
        unit: The innermost unit that holds it.
        package: The package's label.
        lot: Opaque id of the lot; None where nobody said what lot the package holds.
        run: The run in which it was used, where one was named.
        content: Everything else.
        key: The row's place in the order, for the next page.
        why: Why it is said to be in the unit, where that was asked for.
    """

    unit: UnitRow
    package: str
    lot: str | None
    run: str | None
    content: Content
    key: tuple[int, int, int]
    why: Explanation | None = None


def where_used(
    registry: Registry,
    principal: Principal,
    lot: str,
    *,
    level: Level,
    page: PageRequest,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
    explain: bool = False,
) -> tuple[WhereUsedSummary, list[UsedRow]]:
    """Return the units that hold material of a lot; one row more than asked tells of a next page.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
    """
    with registry.read() as connection:
        recorded, moment = _moment(connection, principal, as_of, recorded_as_of)
        asked, found = _ask(registry, connection, principal, lot, moment=moment, level=level)
        rows, totals = asked.rows_and_totals(connection, page)
        headline = _headline(connection, principal, asked, found, totals, recorded)
        numbers = {number for row in rows for number in (row.unit, row.root)}
        units = unit_rows(registry, connection, principal, numbers, moment)
        named = {item for row in rows for item in (row.shipment, row.shipment_customer) if item is not None}
        shown = shown_names(connection, principal.site, named)
        whys = explain_used(registry, connection, principal, [found.id], rows if explain else [], asked)
    return headline, [
        UsedRow(
            unit=units[row.unit],
            root=units[row.root],
            certainty=row.certainty,
            shipment=None if row.shipment is None else shown[row.shipment],
            order=row.order,
            shipment_customer=None if row.shipment_customer is None else shown[row.shipment_customer],
            shipped_at=row.shipped_at,
            key=(row.unit, row.shipment or 0) if level is Level.SHIPMENT else (row.unit,),
            why=whys.get((row.unit, row.shipment)),
        )
        for row in rows
    ]


def where_used_groups(
    registry: Registry,
    principal: Principal,
    lot: str,
    *,
    level: Level,
    group_by: GroupBy,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
) -> tuple[WhereUsedSummary, list[UnitGroup]]:
    """Return how many units hold material of a lot, by group; the largest group first.

    Days are UTC, as ``YYYY-MM-DD``, and come in their own order.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
    """
    with registry.read() as connection:
        recorded, moment = _moment(connection, principal, as_of, recorded_as_of)
        asked, found = _ask(registry, connection, principal, lot, moment=moment, level=level)
        counts = asked.groups(connection, group_by)
        groups = _grouped(connection, principal, counts, group_by)
        # A unit stands in one group only, save that it may have passed several lines.
        totals = asked.totals(connection) if group_by is GroupBy.LINE else counts
        headline = _headline(connection, principal, asked, found, totals, recorded)
    return headline, groups


def contents(
    registry: Registry,
    principal: Principal,
    unit: str,
    *,
    page: PageRequest,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
    explain: bool = False,
) -> tuple[AsRecorded, list[ContentRow]]:
    """Return the material in a unit, at any depth; one row more than asked tells of a next page.

    With it comes up to which time of recording the answer counts.

    Raises:
        NotFoundError: No such unit, or none that the principal may see.
    """
    number = UnitId(to_internal(registry, principal.site, Noun.UNIT, unit))
    with registry.read() as connection:
        recorded, moment = _moment(connection, principal, as_of, recorded_as_of)
        number = unit_meant(connection, principal.site, number, moment)
        if not units_by_id(connection, principal.scope, [number], moment):
            raise not_found(Noun.UNIT)
        rows = content_rows.contents(connection, principal.scope, number, moment, page)
        units = unit_rows(registry, connection, principal, {row.unit for row in rows}, moment)
        named = {item for row in rows for item in (row.package, row.run)}
        names = names_of(connection, principal.site, sorted(named), moment)
        whys = explain_contents(registry, connection, principal, number, rows if explain else [], moment)
    return recorded, [
        ContentRow(
            unit=units[row.unit],
            package=names[row.package][0].value,
            lot=None if row.lot is None else to_public(registry, principal.site, Noun.LOT, row.lot),
            run=next((name.value for name in names.get(row.run, ()) if name.scheme is Scheme.RUN), None),
            content=row,
            key=(row.unit, row.feed, row.lot or 0),
            why=whys.get(row),
        )
        for row in rows
    ]


def _moment(
    connection: Connection, principal: Principal, as_of: datetime | None, recorded_as_of: datetime | None
) -> tuple[AsRecorded, Moment]:
    recorded = as_recorded(connection, principal.site, recorded_as_of)
    return recorded, Moment(as_of=as_of, recorded_as_of=None if recorded.is_last else recorded.at)


def _ask(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    lot: str,
    *,
    moment: Moment,
    level: Level,
) -> tuple[WhereUsed, Lot]:
    number = LotId(to_internal(registry, principal.site, Noun.LOT, lot))
    found = find_lot(connection, principal.scope, number)
    if found is None:
        raise not_found(Noun.LOT)
    return WhereUsed(principal.scope, [found.id], moment, level), found


def _headline(
    connection: Connection,
    principal: Principal,
    asked: WhereUsed,
    lot: Lot,
    totals: Iterable[Count],
    recorded: AsRecorded,
) -> WhereUsedSummary:
    counted = _totals(totals)
    if principal.scope.customer is not None and not any(counted.values()):
        known = Moment(recorded_as_of=asked.moment.recorded_as_of)
        ever = WhereUsed(principal.scope, [lot.id], known, Level.BOARD)
        if not ever.rows(connection, PageRequest(1)):
            raise not_found(Noun.LOT)
    coverage = asked.coverage(connection) if principal.scope.customer is None else None
    return WhereUsedSummary(lot=lot, level=asked.level, totals=counted, coverage=coverage, recorded=recorded)


def _totals(counts: Iterable[Count]) -> dict[Certainty, int]:
    totals = dict.fromkeys(Certainty, 0)
    for count in counts:
        totals[count.certainty] += count.units
    return totals


def _grouped(
    connection: Connection, principal: Principal, counts: Sequence[Count], by: GroupBy
) -> list[UnitGroup]:
    names: dict[int, str] = {}
    if by not in {GroupBy.DAY, GroupBy.LINE}:
        items = {count.group for count in counts if count.group is not None}
        names = shown_names(connection, principal.site, items)
    parts: defaultdict[str | None, list[Count]] = defaultdict(list)
    for count in counts:
        title = count.group
        if by is GroupBy.DAY:
            title = None if title is None else (_EPOCH + timedelta(days=title)).date().isoformat()
        elif by is not GroupBy.LINE:
            title = names.get(title)
        parts[title].append(count)
    groups = [UnitGroup(group=group, totals=_totals(found)) for group, found in parts.items()]
    if by is GroupBy.DAY:
        return sorted(groups, key=lambda group: group.group or "")
    return sorted(groups, key=lambda group: (-group.total, group.group or ""))
