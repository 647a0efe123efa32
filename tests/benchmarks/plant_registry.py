"""A planned plant inside a registry: its events taken by the real service, its items looked up."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from plant_data import SUBJECT_LOT, PlantData, serial
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.identifiers import LotId, Site, UnitId
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, parties
from aas_registry.services.genealogy import events
from aas_registry.services.registry import Registry
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.tables.genealogy import lot_link, unit
from aas_registry.storage.tables.lots import lot
from aas_registry.storage.tables.namings import holder
from aas_registry.web.app import create_app

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
        moment = Moment(as_of=self.registry.clock())
        with self.registry.read() as connection:
            held = where_held(connection, self.principal.site, Sought(lots=[self.lot]), moment)
        return WhereUsed(self.principal.scope, held, moment, level)

    def product(self) -> UnitId:
        """Return a product that the lot reached."""
        return UnitId(self.numbers[serial("PRODUCT", self.data.first_reached + 10)])


def load_plant(
    registry: Registry, data: PlantData, *, after_each: Callable[[Registry], None] = lambda _: None
) -> LoadedPlant:
    """Send a plan's events to an empty registry, some hundreds in a request."""
    principal = access.local_administrator(registry)
    waiting = list(data.events())
    for start in range(0, len(waiting), _EVENTS_A_REQUEST):
        outcomes = events.ingest(registry, principal, waiting[start : start + _EVENTS_A_REQUEST])
        assert {each.state for each in outcomes} == {EventState.ACCEPTED}
        after_each(registry)
    with registry.read() as connection:
        numbers = dict(iter(connection.execute(select(holder.c.value, holder.c.item))))
        held = dict(iter(connection.execute(select(lot_link.c.child, lot_link.c.parent))))
        number = connection.execute(select(lot.c.id).where(lot.c.code == SUBJECT_LOT)).scalar_one()
    lots = {reel: held[numbers[reel]] for reel in data.lots}
    return LoadedPlant(registry, principal, data, numbers, lots, LotId(number))


def gather_statistics(registry: Registry) -> None:
    """Do what PostgreSQL's autovacuum does within a minute; SQLite keeps no statistics by itself."""
    if registry.engine.dialect.name == "postgresql":
        with registry.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


# The roles that ask where material went, and the customer for which one of them asks.
CUSTOMERS = {
    Role.QUALITY: None,
    Role.AUDITOR: None,
    Role.ADMINISTRATOR: None,
    Role.CUSTOMER_AUDITOR: "meditec",
}


def build_for_customer(registry: Registry, code: str) -> None:
    """Let every product of the plant be built for one customer, who has an auditor."""
    built_for = parties.add_party(registry, access.local_administrator(registry), code=code, name=code)
    with registry.write(Site(registry.settings.site)) as connection:
        connection.execute(update(unit).where(unit.c.kind == "product").values(customer=built_for.id))


def client_of(registry: Registry, principal: Principal, role: Role) -> Callable[[str], TestResponse]:
    """Return what answers an address to a role over HTTP."""
    name = f"bench {role}"
    token = access.issue_token(registry, principal, name=name, role=role, party=CUSTOMERS[role]).text
    client = create_app(registry).test_client(use_cookies=False)

    def ask(path: str) -> TestResponse:
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == HTTPStatus.OK, answer.get_data()
        return answer

    return ask
