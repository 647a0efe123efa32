"""Look-ups of many parties at once answer what a look-up of each would."""

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage import parties

PLANT = Site("plant")


def test_each_name_finds_the_party_with_that_code_or_else_the_oldest_with_that_name(
    registry: Registry,
) -> None:
    said = {"bolt": "Bolt GmbH", "twin": "Bolt GmbH", "bolt gmbh": "Another", "arro": "Arro"}
    with registry.write(PLANT) as connection:
        for code, name in said.items():
            parties.add_party(
                connection, registry.allocator, PLANT, code=code, name=name, now=registry.clock()
            )
    asked = ["BOLT", "Bolt  GmbH", "another", "Arro", "unknown", "a\x00b", *map(str, range(1200))]

    with registry.read() as connection:
        found = parties.find_parties(connection, PLANT, asked)
        each = [parties.find_party(connection, PLANT, name) for name in asked[:5]]

    assert {party.code for party in found} == {party.code for party in each if party} == {
        "bolt", "bolt gmbh", "arro",
    }  # fmt: skip
    assert len(found) == 3
