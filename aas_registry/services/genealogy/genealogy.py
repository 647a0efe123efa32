"""Genealogy questions: which units hold material of a lot, and what is in a unit.

Both are asked at two times. A customer's auditor is answered about that customer's units only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.events import Certainty
from aas_registry.domain.genealogy import AsRecorded, GroupBy, Level, Moment
from aas_registry.domain.items import Scheme
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Scope
from aas_registry.domain.sought import Narrowing, Subjects
from aas_registry.services.genealogy.contents_summary import ContentsSummary
from aas_registry.services.genealogy.explanations import Explanation, explain_contents, explain_used
from aas_registry.services.genealogy.moments import answered_at
from aas_registry.services.genealogy.subjects import AskedThing, Found, look_up, refuse_unseen
from aas_registry.services.genealogy.units import AskedUnit, UnitRow, asked_unit, shown_names, unit_rows
from aas_registry.services.parties import narrowed_to
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy.contents import Content, Contents
from aas_registry.storage.genealogy.coverage import Coverage
from aas_registry.storage.genealogy.genealogy import Count, WhereUsed
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.genealogy.present import present
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.genealogy.unknown import Unknown
from aas_registry.storage.lots import Lot

__all__ = [
    "ContentRow",
    "ContentsSummary",
    "Coverage",
    "Lot",
    "Receiver",
    "UnitGroup",
    "Unknown",
    "UsedRow",
    "WhereUsedQuestion",
    "WhereUsedSummary",
    "contents",
    "contents_of",
    "receivers",
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
class Receiver:
    """Who received units that hold the material; ``name`` is None where that is not known, or not told."""

    name: str | None
    certainty: Certainty
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereUsedQuestion:
    """Where a set of things went.

    Attributes:
        about: The things.
        level: What is counted.
        as_of: As it stood then; None: now.
        recorded_as_of: As it was on record then; None: all that is.
        ever: Whether what once held the material counts, and what it once was part of or left with.
        customer: Code of the customer whose units alone are meant; None: all.
        narrowing: Which of the material is meant.
    """

    about: Subjects
    level: Level
    as_of: datetime | None = None
    recorded_as_of: datetime | None = None
    ever: bool = False
    customer: str | None = None
    narrowing: Narrowing = field(default_factory=Narrowing)

    @property
    def is_narrowed(self) -> bool:
        """Return whether less is meant than all units that hold material of the things."""
        return self.customer is not None or bool(self.narrowing)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereUsedSummary:
    """The answer in one line.

    Attributes:
        asked: The things that were asked about.
        question: What of them was counted.
        totals: Distinct units (at level customer, receivers) by certainty.
        coverage: How much of the runs was reported that these units passed; of a customer's auditor, theirs.
        unknown: What could change the answer.
        dated_ahead: Statements that would touch the answer, and whose time has not come.
        anomalies: Open contradictions that touch the answer, by kind.
        recorded: Up to which times the answer counts.
    """

    asked: tuple[AskedThing, ...]
    question: WhereUsedQuestion
    totals: dict[Certainty, int]
    coverage: Coverage
    unknown: Unknown
    dated_ahead: int
    anomalies: Mapping[AnomalyKind, int]
    recorded: AsRecorded

    @property
    def is_complete(self) -> bool:
        """Return whether every unit of these runs was reported, and nothing is unknown."""
        is_certain = self.unknown.is_nothing and not self.dated_ahead and not any(self.anomalies.values())
        return self.coverage.is_whole and is_certain

    @property
    def lot(self) -> Lot | None:
        """Return the lot, where one lot alone was asked about."""
        return self.asked[0].lot if len(self.asked) == 1 else None


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
    key: tuple[int, int, int, int]
    why: Explanation | None = None


def where_used(
    registry: Registry,
    principal: Principal,
    question: WhereUsedQuestion,
    *,
    page: PageRequest,
    explain: bool = False,
) -> tuple[WhereUsedSummary, list[UsedRow]]:
    """Return the units that hold material of a set of things; one row more than asked tells of a next page.

    Raises:
        NotFoundError: One of the things is not on record, or none that the principal may see.
        InvalidRequestError: It is about nothing, or about too many things.
        ConflictError: A name means several things.
    """
    with registry.read() as connection:
        ask = _ask(registry, connection, principal, question)
        rows, totals = ask.query.rows_and_totals(connection, page)
        headline = _headline(connection, ask, totals)
        numbers = {n for row in rows for n in row.numbers}
        units = unit_rows(registry, connection, principal, numbers, ask.moment)
        named = {item for row in rows for item in (row.shipment, row.shipment_customer) if item is not None}
        shown = shown_names(connection, principal.site, named)
        told = rows if explain else []
        whys = explain_used(registry, connection, principal, ask.sought, told, ask.query)
    return headline, [
        UsedRow(
            unit=units[row.unit],
            root=units[row.root],
            certainty=row.certainty,
            shipment=None if row.shipment is None else shown[row.shipment],
            order=row.order,
            shipment_customer=None if row.shipment_customer is None else shown[row.shipment_customer],
            shipped_at=row.shipped_at,
            key=(row.unit, row.shipment or 0) if question.level is Level.SHIPMENT else (row.unit,),
            why=whys.get((row.unit, row.shipment)),
        )
        for row in rows
    ]


def receivers(
    registry: Registry, principal: Principal, question: WhereUsedQuestion, *, page: PageRequest
) -> tuple[WhereUsedSummary, list[Receiver]]:
    """Return who received units that hold material of a set of things, paged as `where_used` is.

    Raises:
        NotFoundError: One of the things is not on record, or none that the principal may see.
        InvalidRequestError: It is about nothing, or about too many things.
        ConflictError: A name means several things.
    """
    with registry.read() as connection:
        ask = _ask(registry, connection, principal, replace(question, level=Level.CUSTOMER))
        rows, totals = ask.query.rows_and_totals(connection, page)
        headline = _headline(connection, ask, totals)
        called = shown_names(connection, principal.site, {row.unit for row in rows} - {0})
    return headline, [
        Receiver(name=called.get(row.unit), certainty=row.certainty, key=(row.unit,)) for row in rows
    ]


def where_used_groups(
    registry: Registry, principal: Principal, question: WhereUsedQuestion, *, group_by: GroupBy
) -> tuple[WhereUsedSummary, list[UnitGroup]]:
    """Return how many units hold material of a set of things, by group: the largest first, days in order.

    Raises:
        NotFoundError: One of the things is not on record, or none that the principal may see.
        InvalidRequestError: It is about nothing, or about too many things.
        ConflictError: A name means several things.
    """
    with registry.read() as connection:
        ask = _ask(registry, connection, principal, question)
        counts = ask.query.groups(connection, group_by)
        groups = _grouped(connection, principal, counts, group_by)
        # A unit stands in one group only, save that it may have passed several lines, or left twice.
        is_often = group_by is GroupBy.LINE or question.level.has_left
        totals = ask.query.totals(connection) if is_often else counts
        headline = _headline(connection, ask, totals)
    return headline, groups


def contents(
    registry: Registry,
    principal: Principal,
    unit: str,
    *,
    page: PageRequest,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
    ever: bool = False,
    explain: bool = False,
) -> tuple[ContentsSummary, list[ContentRow]]:
    """Return the material in a unit, at any depth; one row more than asked tells of a next page.

    Raises:
        NotFoundError: No such unit, or none that the principal may see.
    """
    with asked_unit(registry, principal, unit, as_of=as_of, recorded_as_of=recorded_as_of) as asked:
        return contents_of(asked, page=page, ever=ever, explain=explain)


def contents_of(
    asked: AskedUnit, *, page: PageRequest, ever: bool, explain: bool
) -> tuple[ContentsSummary, list[ContentRow]]:
    """Return the material in a unit, at any depth; one row more than asked tells of a next page."""
    registry, connection, principal = asked.registry, asked.connection, asked.principal
    site, number, moment = principal.site, asked.unit.id, asked.moment
    inside = Contents(principal.scope, number, moment, ever=ever, there=present(connection, site))
    rows = inside.rows(connection, page)
    summary = ContentsSummary.of(connection, inside, ever=ever, recorded=asked.recorded)
    units = unit_rows(registry, connection, principal, {row.unit for row in rows}, moment)
    named = {each for row in rows for each in (row.package, row.run)}
    names = names_of(connection, site, sorted(named), moment)
    told = rows if explain else []
    whys = explain_contents(registry, connection, principal, number, told, moment=moment, ever=ever)
    return summary, [
        ContentRow(
            unit=units[row.unit],
            package=names[row.package][0].value,
            lot=None if row.lot is None else to_public(registry, site, Noun.LOT, row.lot),
            run=next((name.value for name in names.get(row.run, ()) if name.scheme is Scheme.RUN), None),
            content=row,
            key=(row.holder, row.feed, row.lot or 0, row.unit),
            why=whys.get(row),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    question: WhereUsedQuestion
    found: Found
    asker: Scope
    scope: Scope
    known: Moment
    sought: Sought
    query: WhereUsed
    recorded: AsRecorded
    moment: Moment


def _ask(
    registry: Registry, connection: Connection, principal: Principal, question: WhereUsedQuestion
) -> _Ask:
    site = principal.site
    recorded, moment = answered_at(
        registry, connection, site, as_of=question.as_of, recorded_as_of=question.recorded_as_of
    )
    scope = narrowed_to(connection, principal, question.customer)
    # What was held before or after the time that is asked for is on record, too.
    known = replace(moment, as_of=max(moment.as_of, recorded.last or moment.as_of))
    found = look_up(registry, connection, principal.scope, question.about, moment=moment, known=known)
    sought = replace(found.sought, narrowing=question.narrowing)
    held = where_held(connection, site, sought, moment)
    return _Ask(
        question=question,
        found=found,
        asker=principal.scope,
        scope=scope,
        known=known,
        sought=sought,
        query=WhereUsed(
            scope, held, moment, question.level, ever=question.ever, there=present(connection, site)
        ),
        recorded=recorded,
        moment=moment,
    )


def _headline(connection: Connection, ask: _Ask, totals: Iterable[Count]) -> WhereUsedSummary:
    counted = _totals(totals)
    if not any(counted.values()):
        refuse_unseen(connection, ask.asker, ask.found, ask.known)
    return WhereUsedSummary(
        asked=ask.found.things,
        question=ask.question,
        totals=counted,
        coverage=ask.query.coverage(connection),
        unknown=ask.query.unknown(connection),
        dated_ahead=ask.query.left_out(connection),
        anomalies=ask.query.anomalies(connection),
        recorded=ask.recorded,
    )


def _totals(counts: Iterable[Count]) -> dict[Certainty, int]:
    found = list(counts)
    return {each: sum(count.units for count in found if count.certainty is each) for each in Certainty}


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
