"""What an export gathers: nothing of one party leaves with the shell of another."""

import pytest
from aas_samples import concept, lot_shell, shell, submodel
from taken_bodies import PLANT, take

from aas_registry.domain.identifiers import PartyId, Sha256
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage.documents import exports
from aas_registry.storage.uploads.submissions import add_files

EVERYTHING = Scope(PLANT)
SHELL, SUBMODEL, CONCEPT = IdentifiableKind


def keys(found: list[exports.StoredObject]) -> list[str]:
    return [each.key for each in found]


@pytest.fixture
def named(registry: Registry) -> None:
    """A shell of party 1 that names submodels of its own, of the plant and of party 2."""
    take(registry, submodel("urn:plant"), party=None)
    take(registry, submodel("urn:theirs"), shell("urn:other"), party=2)
    take(registry, submodel("urn:own"), shell("urn:shell", submodels=["urn:own", "urn:plant", "urn:theirs"]))


@pytest.mark.usefixtures("named")
def test_a_partys_shell_brings_its_own_submodels_and_the_plants_shell_brings_any(registry: Registry) -> None:
    take(registry, shell("urn:of-plant", submodels=["urn:own", "urn:theirs"]), party=None)

    with registry.read() as connection:
        found = [
            exports.submodels_of_shells(
                connection, EVERYTHING, exports.find_stored(connection, EVERYTHING, SHELL, [each])
            )
            for each in ("urn:shell", "urn:of-plant", "urn:absent")
        ]

    assert [sorted(keys(each)) for each in found] == [["urn:own"], ["urn:own", "urn:theirs"], []]


@pytest.mark.usefixtures("named")
def test_finds_only_what_the_scope_sees(registry: Registry) -> None:
    of_two, of_customer = Scope(PLANT, party=PartyId(2)), Scope(PLANT, customer=PartyId(9))
    with registry.read() as connection:
        assert keys(exports.find_stored(connection, of_two, SHELL, ["urn:shell", "urn:other"])) == [
            "urn:other"
        ]
        assert exports.find_stored(connection, of_customer, SHELL, ["urn:shell"]) == []
        assert keys(exports.held_by(connection, EVERYTHING, PartyId(2), most=9)) == [
            "urn:theirs",
            "urn:other",
        ]
        assert len(exports.held_by(connection, EVERYTHING, PartyId(2), most=1)) == 1
        assert exports.held_by(connection, Scope(PLANT, party=PartyId(1)), PartyId(2), most=9) == []


def test_a_concept_description_is_the_partys_own_or_else_the_plants(registry: Registry) -> None:
    take(registry, concept("urn:a"), concept("urn:b"), party=None)
    take(registry, concept("urn:b", "Own"), party=1)
    take(registry, concept("urn:a", "Theirs"), party=2)

    with registry.read() as connection:
        found = exports.concepts_of(connection, EVERYTHING, ["urn:a", "urn:b", "urn:c"], party=1)

    assert {each.key: each.party for each in found} == {"urn:a": None, "urn:b": 1}


def test_bodies_come_in_the_order_given_and_their_bytes_are_counted(registry: Registry) -> None:
    names = [f"urn:{number}" for number in range(250)]
    take(registry, *(submodel(name) for name in names))

    with registry.read() as connection:
        stored = exports.find_stored(connection, EVERYTHING, SUBMODEL, names)[::-1]
        bodies = list(exports.bodies_of(connection, PLANT, stored))

        assert [each for each, _ in bodies] == stored
        assert all(each.key.encode() in body for each, body in bodies)
        assert exports.bytes_of(connection, PLANT, stored) == sum(len(body) for _, body in bodies)


def test_shells_are_found_by_the_lots_that_they_state(registry: Registry) -> None:
    taken = take(
        registry, lot_shell("urn:a", code="1"), lot_shell("urn:b", code="1"), lot_shell("urn:c", code="2")
    )
    numbers = {facts.shell: lot for lot, facts in taken.lots}

    with registry.read() as connection:
        found = exports.shells_stating(connection, EVERYTHING, [numbers["urn:a"]])

    assert sorted((lot, each.key) for lot, each in found) == [
        (numbers["urn:a"], "urn:a"),
        (numbers["urn:a"], "urn:b"),
    ]


def test_sizes_of_files_on_record(registry: Registry) -> None:
    known, unknown = Sha256("a" * 64), Sha256("b" * 64)
    with registry.write(PLANT) as connection:
        add_files(connection, PLANT, {known: 7}, now=registry.clock())

    with registry.read() as connection:
        assert exports.sizes_of(connection, PLANT, [known, unknown, known]) == {known: 7}
