"""Every role that asks where material went, against quality, in one run on the same plant.

The full plant of the demo has 20,000 boards and three customers; here every product is one customer's,
so that an auditor has the same answer as quality, and the ratio is the price of looking who may see it.
SQLite keeps no statistics; PostgreSQL is asked before and after they are gathered.
"""

from collections.abc import Iterator

from databases import POSTGRESQL, available, empty_registry
from figure import Figure
from plant_data import PlantData, serial
from plant_registry import (
    CUSTOMERS,
    LoadedPlant,
    build_for_customer,
    client_of,
    gather_statistics,
    load_plant,
)
from timing import fastest, milliseconds

from aas_registry.domain.genealogy import GroupBy, Level
from aas_registry.domain.principals import Role
from aas_registry.services.public_ids import Noun, to_public

BOARDS, REACHED = 20_000, 4_000


def figures() -> Iterator[Figure]:
    """Yield the figures of each database that can be started here."""
    for database in available():
        with empty_registry(database) as registry:
            plant = load_plant(registry, PlantData(BOARDS, REACHED))
            build_for_customer(registry, "meditec")
            yield from _of_roles(plant, f"{database}-without-statistics")
            if database == POSTGRESQL:
                gather_statistics(registry)
                yield from _of_roles(plant, database)


def _of_roles(plant: LoadedPlant, database: str) -> Iterator[Figure]:
    clients = {role: client_of(plant.registry, plant.principal, role) for role in CUSTOMERS}
    for name, path in _questions(plant):
        seconds = {role: fastest(lambda ask=ask: ask(path))[0] for role, ask in clients.items()}  # noqa: B023
        detail = milliseconds(**{role.value: took for role, took in seconds.items()})
        ratio = seconds[Role.CUSTOMER_AUDITOR] / seconds[Role.QUALITY]
        yield Figure(f"{database}/{name}-auditor-of-a-customer", ratio, "x", 2, "at most", detail)


def _questions(plant: LoadedPlant) -> Iterator[tuple[str, str]]:
    registry, site = plant.registry, plant.principal.site
    where_used = f"/trace/v1/lots/{to_public(registry, site, Noun.LOT, plant.lot)}/where-used"
    unit = f"/trace/v1/units/{to_public(registry, site, Noun.UNIT, plant.product())}"
    for level in Level:
        yield f"where-used-{level}", f"{where_used}?level={level}"
    yield "where-used-page-of-1000", f"{where_used}?limit=1000"
    for by in GroupBy:
        yield f"where-used-by-{by}", f"{where_used}?groupBy={by}"
    yield "contents", f"{unit}/contents"
    yield "unit", unit
    yield "units", f"/trace/v1/units?serial={serial('PRODUCT', plant.data.first_reached + 10)}"
    yield "page-of-where-used", f"/lots/{where_used.split('/')[4]}/where-used"
    yield "page-of-unit", f"/units/{unit.split('/')[4]}"
