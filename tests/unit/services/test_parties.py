"""Parties: whom a submission counts for."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ForbiddenError, InvalidRequestError, NotFoundError
from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Principal, Role
from aas_registry.services import access, parties
from aas_registry.services.registry import Registry
from aas_registry.storage.parties import Party

PLANT = Site("plant-1")


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


@pytest.fixture
def bolt(registry: Registry, who: Principal) -> Party:
    parties.add_party(registry, who, code="arro", name="Arro Distribution")
    return parties.add_party(registry, who, code="bolt", name="Bolt Components GmbH")


def test_a_supplier_counts_for_itself(registry: Registry, bolt: Party) -> None:
    supplier = Principal(name="bo", role=Role.SUPPLIER, site=PLANT, party=bolt.id)

    own = parties.party_for(registry, supplier, None)

    assert own is not None
    assert (own.id, own.code) == (bolt.id, "bolt")
    assert parties.party_for(registry, supplier, "bolt") == own
    for other in ("arro", "nobody"):
        with pytest.raises(ForbiddenError):
            parties.party_for(registry, supplier, other)


@pytest.mark.parametrize(("code", "name"), [("\u200b", "Ohm"), ("ohm", "\u00ad \ue000")])
def test_a_party_of_which_nothing_can_be_seen_is_refused(
    registry: Registry, who: Principal, code: str, name: str
) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        parties.add_party(registry, who, code=code, name=name)

    assert raised.value.code is Code.REQUEST_INVALID


def test_the_plant_counts_for_itself_or_a_party_on_record(
    registry: Registry, who: Principal, bolt: Party
) -> None:
    named = parties.party_for(registry, who, "bolt")

    assert named is not None
    assert (named.id, named.code) == (bolt.id, "bolt")
    assert parties.party_for(registry, who, None) is None
    with pytest.raises(NotFoundError):
        parties.party_for(registry, who, "nobody")


def test_a_supplier_of_no_party_sends_nothing(registry: Registry) -> None:
    stray = Principal(name="stray", role=Role.SUPPLIER, site=PLANT)

    with pytest.raises(InvalidRequestError):
        parties.party_for(registry, stray, None)
