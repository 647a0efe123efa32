"""Names of what is known by being named: one look-up, one item; and the names of all items, as they were."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.domain.paging import PageRequest
from aas_registry.services import access
from aas_registry.services.genealogy import events
from aas_registry.storage.genealogy.items import names_of, standing
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.tables.items import alias

SITE = Site("plant-1")
NOW = datetime(2026, 3, 16, tzinfo=UTC)
_FIRST = PageRequest(1)
RUN, RECEIPT = Name(Scheme.RUN, "RUN-1"), Name(Scheme.RECEIPT, "DN-7", "Bolt")


@pytest.fixture
def connection(registry):
    with registry.write(SITE) as connection:
        yield connection


def names(connection, registry, *wanted):
    found = Workspace(connection, registry.allocator, SITE, now=NOW).names
    found.load(wanted)
    return found


def test_a_name_stands_for_one_item_however_it_is_spelled(connection, registry) -> None:
    found = names(connection, registry, RUN)
    item = found.item(RUN)

    found.flush()
    assert names(connection, registry, Name(Scheme.RUN, "run-1")).item(Name(Scheme.RUN, "Run-1")) == item
    assert names_of(connection, SITE, [item]) == {item: [RUN]}


def test_an_item_keeps_its_id_while_a_projection_is_built_anew(connection, registry) -> None:
    found = names(connection, registry, RUN)
    item = found.item(RUN)
    found.flush()
    connection.execute(alias.update().values(recorded_at=None))

    again = names(connection, registry, RUN)

    assert again.item(RUN) == item
    again.flush()
    assert [row.recorded_at for row in connection.execute(alias.select())] == [NOW]


def test_runs_and_receipts_are_known_by_being_named_and_packages_and_units_are_not(
    connection, registry
) -> None:
    others = (Name(Scheme.PACKAGE, "R"), Name(Scheme.SERIAL, "B1"), panel_position("P", 1))
    found = names(connection, registry, RUN, RECEIPT, *others)

    assert found.is_known(RUN)
    assert found.is_known(RECEIPT)
    assert [found.is_known(each) for each in others] == [False, False, False]


def test_what_turned_out_to_be_one_unit_has_its_own_name_at_an_earlier_recording(registry) -> None:
    who = access.local_administrator(registry)
    place = {"panel": "P", "position": 1}
    known = {"type": "unitCreated", "happenedAt": "2026-03-01T08:00:00Z"}
    same = {"type": "sameUnit", "happenedAt": "2026-03-02T08:00:00Z"}
    events.ingest(registry, who, [{"id": "1", **known, "units": ["B1", place]}])
    (first,) = events.list_events(registry, who, _FIRST)
    events.ingest(registry, who, [{"id": "2", **same, "units": ["B1", place]}])

    with registry.read() as connection:
        found = names_of(
            connection, who.site, range(1, 9), Moment(as_of=NOW, recorded_as_of=first.recorded_at)
        )
        (one, serial), (other, position) = sorted(found.items())
        now = names_of(connection, who.site, [one, other])
        leads_to = [standing(connection, who.site, each, Moment(as_of=NOW)) for each in (one, other)]

    assert (serial, position) == ([Name(Scheme.SERIAL, "B1")], [panel_position("P", 1)])
    assert now == {one: [Name(Scheme.SERIAL, "B1"), panel_position("P", 1)]}
    assert leads_to == [one, one]
