"""A planned plant inside a registry: its events taken by the real service, its items looked up."""

from dataclasses import dataclass

from plant_data import SUBJECT_LOT, PlantData, serial
from sqlalchemy import select, text

from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.identifiers import LotId, UnitId
from aas_registry.domain.principals import Principal
from aas_registry.services import access
from aas_registry.services.genealogy import events
from aas_registry.services.registry import Registry
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.tables.genealogy import lot_link
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.lots import lot

_EVENTS_A_REQUEST = 500


@dataclass(frozen=True, slots=True)
class LoadedPlant:
    """A registry that took the events of a plan.

    Attributes:
        registry: The registry.
        principal: Who asks.
        data: The plan.
        numbers: The registry's number of every reel, board and product by name.
        lots: The registry's number of the lot in every reel.
        lot: The lot in question.
    """

    registry: Registry
    principal: Principal
    data: PlantData
    numbers: dict[str, int]
    lots: dict[str, int]
    lot: LotId

    def ask(self, level: Level = Level.PRODUCT) -> WhereUsed:
        """Return the question where the lot was used."""
        return WhereUsed(self.principal.scope, [self.lot], Moment(), level)

    def product(self) -> UnitId:
        """Return a product that the lot reached."""
        return UnitId(self.numbers[serial("PRODUCT", self.data.first_reached + 10)])


def load_plant(registry: Registry, data: PlantData) -> LoadedPlant:
    """Send a plan's events to an empty registry."""
    principal = access.local_administrator(registry)
    waiting = list(data.events())
    for start in range(0, len(waiting), _EVENTS_A_REQUEST):
        outcomes = events.ingest(registry, principal, waiting[start : start + _EVENTS_A_REQUEST])
        assert {each.state for each in outcomes} == {EventState.ACCEPTED}
    with registry.read() as connection:
        numbers = dict(iter(connection.execute(select(alias.c.value, alias.c.item))))
        held = dict(iter(connection.execute(select(lot_link.c.child, lot_link.c.parent))))
        number = connection.execute(select(lot.c.id).where(lot.c.code == SUBJECT_LOT)).scalar_one()
    lots = {reel: held[numbers[reel]] for reel in data.lots}
    return LoadedPlant(registry, principal, data, numbers, lots, LotId(number))


def gather_statistics(registry: Registry) -> None:
    """Do what PostgreSQL's autovacuum does within a minute; SQLite keeps no statistics by itself."""
    if registry.engine.dialect.name == "postgresql":
        with registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
