"""Units: found by any of their names, and what is known of one."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.genealogy import AsRecorded, Moment
from aas_registry.domain.identifiers import Site, UnitId
from aas_registry.domain.items import Name
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Scope
from aas_registry.services.genealogy.moments import answered_at, moment_now
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.genealogy import units as unit_table
from aas_registry.storage.genealogy.dispatches import Dispatch, dispatches_of
from aas_registry.storage.genealogy.items import names_of, standing
from aas_registry.storage.genealogy.units import Placement, TestResult, Unit, units_by_id
from aas_registry.storage.merges import survivor

__all__ = [
    "Placement",
    "UnitDetail",
    "UnitRow",
    "asked_unit",
    "detail_of",
    "find_unit",
    "find_units",
    "shown_names",
    "unit_rows",
]

_MOST_TESTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A unit, as lists show it.

    Attributes:
        id: The opaque id.
        number: The id of the tables, for paging.
        names: Every name, the one that leads first.
    """

    id: str
    number: UnitId
    names: tuple[Name, ...]
    kind: str
    product: str | None
    customer: str | None
    created_at: datetime

    @property
    def serial(self) -> str:
        """Return the value of the name that leads."""
        return self.names[0].value


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftWith:
    """With what a unit left: a shipment by its name and opaque id, and to whom, if that is known."""

    id: str
    shipment: str
    customer: str | None
    dispatch: Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedUnit:
    """A unit of which several things are asked at once: one snapshot answers all of them.

    Attributes:
        connection: The snapshot.
        unit: The one that the id led to.
        moment: As of when is asked.
        recorded: Up to which times the answers count.
    """

    registry: Registry
    connection: Connection
    principal: Principal
    unit: Unit
    moment: Moment
    recorded: AsRecorded


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDetail:
    """A unit with what it is in, what is in it, where it went and how it was tested.

    Attributes:
        parents: What it is in: one at most, where the data is sound.
        children: What is directly in it, at most a page of it.
        has_more_children: Whether there are more.
        left_with: The shipment with which it left, or what it is in or part of: one at most.
        tests: The newest tests.
        recorded: Up to which time of recording the answer counts.
    """

    unit: UnitRow
    parents: Sequence[tuple[UnitRow, Placement]]
    children: Sequence[tuple[UnitRow, Placement]]
    has_more_children: bool
    left_with: Sequence[LeftWith]
    tests: Sequence[TestResult]
    recorded: AsRecorded


def find_units(registry: Registry, principal: Principal, serial: str, page: PageRequest) -> list[UnitRow]:
    """Return every unit with a name, one more than asked where there is a next page.

    A serial number that several customers use answers with all the candidates that the
    principal may see.
    """
    with registry.read() as connection:
        moment = moment_now(registry, connection, principal.site)
        found = unit_table.find_units(connection, principal.scope, serial, page, moment)
        rows = _rows(registry, connection, principal, found)
    return [rows[each.id] for each in found]


def find_unit(
    registry: Registry,
    principal: Principal,
    unit: str,
    *,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
) -> UnitDetail:
    """Return what is known of a unit.

    Raises:
        NotFoundError: No such unit, or none that the principal may see.
    """
    with asked_unit(registry, principal, unit, as_of=as_of, recorded_as_of=recorded_as_of) as asked:
        return detail_of(asked)


@contextmanager
def asked_unit(
    registry: Registry,
    principal: Principal,
    unit: str,
    *,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
) -> Iterator[AskedUnit]:
    """Look up the unit that an id leads to: itself, or what it turned out to be one with.

    Raises:
        NotFoundError: No such unit, or none that the principal may see.
    """
    site = principal.site
    with registry.read() as connection:
        recorded, moment = answered_at(registry, connection, site, as_of=as_of, recorded_as_of=recorded_as_of)
        number = survivor(connection, site, "unit", to_internal(registry, site, Noun.UNIT, unit))
        number = standing(connection, site, number, moment)
        found = units_by_id(connection, principal.scope, [number], moment)
        if number not in found:
            raise not_found(Noun.UNIT)
        yield AskedUnit(
            registry=registry,
            connection=connection,
            principal=principal,
            unit=found[number],
            moment=moment,
            recorded=recorded,
        )


def unit_rows(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    numbers: Iterable[int],
    moment: Moment,
) -> dict[int, UnitRow]:
    """Return units as lists show them; that the principal may see them was decided by the query."""
    found = units_by_id(connection, Scope(principal.site), sorted(set(numbers)), moment)
    return _rows(registry, connection, principal, list(found.values()), moment)


def shown_names(
    connection: Connection, site: Site, items: Iterable[int], moment: Moment | None = None
) -> dict[int, str]:
    """Return how items are called, as it was on record: the value of the name that leads."""
    found = names_of(connection, site, sorted(set(items)), moment)
    return {item: names[0].value for item, names in found.items()}


def _rows(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    units: Sequence[Unit],
    moment: Moment | None = None,
) -> dict[int, UnitRow]:
    named = {item for each in units for item in (each.id, each.product, each.customer) if item is not None}
    names = names_of(connection, principal.site, sorted(named), moment)
    return {
        each.id: UnitRow(
            id=to_public(registry, principal.site, Noun.UNIT, each.id),
            number=each.id,
            names=tuple(names[each.id]),
            kind=each.kind,
            product=None if each.product is None else names[each.product][0].value,
            customer=None if each.customer is None else names[each.customer][0].value,
            created_at=each.created_at,
        )
        for each in units
    }


def detail_of(asked: AskedUnit) -> UnitDetail:
    """Return what is known of a unit."""
    registry, connection, principal = asked.registry, asked.connection, asked.principal
    unit, moment = asked.unit, asked.moment
    site, scope, most = principal.site, principal.scope, registry.settings.page_rows
    parents = unit_table.parents_of(connection, scope, unit.id, moment)
    children = unit_table.children_of(connection, scope, unit.id, moment, limit=most + 1)
    near = unit_rows(registry, connection, principal, {each.unit for each in (*parents, *children)}, moment)
    dispatches = dispatches_of(connection, scope, unit.id, moment)
    named = {item for each in dispatches for item in (each.shipment, each.customer) if item is not None}
    shown = shown_names(connection, site, named, moment)
    return UnitDetail(
        unit=_rows(registry, connection, principal, [unit], moment)[unit.id],
        parents=[(near[each.unit], each) for each in parents],
        children=[(near[each.unit], each) for each in children[:most]],
        has_more_children=len(children) > most,
        left_with=[
            LeftWith(
                id=to_public(registry, site, Noun.SHIPMENT, each.shipment),
                shipment=shown[each.shipment],
                customer=None if each.customer is None else shown[each.customer],
                dispatch=each,
            )
            for each in dispatches
        ],
        tests=unit_table.tests_of(connection, site, unit.id, moment, limit=_MOST_TESTS),
        recorded=asked.recorded,
    )
