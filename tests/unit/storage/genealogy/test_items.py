"""Names: one look-up, one item, however many names it has."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.storage.genealogy.items import Names, names_of

SITE = Site("plant-1")
NOW = datetime(2026, 3, 16, tzinfo=UTC)
SERIAL, PLACE = Name(Scheme.SERIAL, "SN-1"), panel_position("P", 1)


@pytest.fixture
def connection(registry):
    with registry.write(SITE) as connection:
        yield connection


def names(connection, registry, *wanted):
    found = Names(connection, registry.allocator, SITE, now=NOW)
    found.load(wanted)
    return found


def test_a_name_is_known_once_it_was_announced(connection, registry) -> None:
    found = names(connection, registry, SERIAL)

    assert not found.is_known(SERIAL)
    item = found.announce(SERIAL)
    assert found.is_known(SERIAL)
    found.flush()
    assert names(connection, registry, Name(Scheme.SERIAL, "sn-1")).item(SERIAL) == item


def test_further_names_are_those_of_the_same_item(connection, registry) -> None:
    found = names(connection, registry, SERIAL, PLACE)
    item = found.announce(PLACE)

    assert found.announce(SERIAL, PLACE) == item
    found.flush()
    assert [name.value for name in names_of(connection, SITE, [item])[item]] == ["SN-1", "P/1"]


def test_names_of_two_items_clash(connection, registry) -> None:
    found = names(connection, registry, SERIAL, PLACE)
    found.announce(SERIAL)
    found.announce(PLACE)

    assert found.clash([SERIAL, PLACE])
    assert not found.clash([SERIAL])


def test_a_run_is_known_by_being_named_and_a_package_is_not(connection, registry) -> None:
    run, package = Name(Scheme.RUN, "X"), Name(Scheme.PACKAGE, "R")
    found = names(connection, registry, run, package)

    assert found.is_known(run)
    assert not found.is_known(package)
    assert found.item(run) == found.item(run)
