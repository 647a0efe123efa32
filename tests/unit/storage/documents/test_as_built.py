"""As-built structures are found through the shells that name them, for whoever sees both."""

import pytest
from aas_samples import shell, submodel
from taken_bodies import PLANT, take

from aas_registry.domain.identifiers import DocumentId, PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage.documents.as_built import structures_of_assets, structures_of_shell

STRUCTURE = "urn:structure"


@pytest.fixture
def number(registry: Registry) -> DocumentId:
    """A shell of party 1 that names a structure of its own, one of party 2, and other data."""
    take(registry, submodel("urn:theirs", semantic_id=STRUCTURE), party=2)
    named = ["urn:own", "urn:theirs", "urn:data", "urn:absent"]
    taken = take(
        registry,
        submodel("urn:own", semantic_id=STRUCTURE),
        submodel("urn:data", semantic_id="urn:else"),
        shell("urn:shell", submodels=named),
    )
    return taken.documents[IdentifiableKind.SHELL, "urn:shell"]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(PLANT), ["urn:theirs", "urn:own"]),
        (Scope(PLANT, party=PartyId(1)), ["urn:own"]),
        (Scope(PLANT, party=PartyId(2)), []),
        (Scope(PLANT, customer=PartyId(9)), []),
        (Scope(Site("elsewhere")), []),
    ],
)
def test_a_structure_is_found_by_who_sees_it_and_the_shell(
    registry: Registry, number: DocumentId, scope: Scope, expected: list[str]
) -> None:
    with registry.read() as connection:
        by_shell = structures_of_shell(connection, scope, number, semantic_ids=[STRUCTURE])
        by_asset = structures_of_assets(
            connection, scope, ["urn:shell/asset", "urn:unknown", "a\x00b"], semantic_ids=[STRUCTURE]
        )

    assert by_shell == by_asset == expected
