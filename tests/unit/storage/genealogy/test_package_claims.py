"""What parties say of packages: a list replaces what the same party said on the same delivery note."""

from decimal import Decimal

import pytest

from aas_registry.domain.identifiers import LotId, PartyId, Site, SubmissionId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.submitter import Submitter
from aas_registry.services.registry import Registry
from aas_registry.storage.genealogy.package_claims import (
    NewPackageClaim,
    claims_about_package,
    list_claims,
    replace_claims,
)

PLANT = Site("plant")
LOT, OTHER = LotId(5), LotId(6)
BOLT, ARRO = PartyId(1), PartyId(2)


def say(
    registry: Registry, *stated: NewPackageClaim, notes: tuple[str, ...] = (), party: PartyId = BOLT
) -> int:
    submitter = Submitter(site=PLANT, party=party, submission=SubmissionId(1), at=registry.clock())
    with registry.write(PLANT) as connection:
        replaced = replace_claims(
            connection, registry.allocator, submitter, stated, notes=[(LOT, note) for note in notes]
        )
    return len(replaced.added)


def reel(package: str, note: str = "N1", quantity: str = "100", lot: LotId = LOT) -> NewPackageClaim:
    return NewPackageClaim(lot=lot, package=package, quantity=Decimal(quantity), delivery_note=note)


def packages(registry: Registry, party: int | None = None, limit: int = 100) -> list[str]:
    scope = Scope(PLANT, party=None if party is None else PartyId(party))
    with registry.read() as connection:
        found = list_claims(connection, scope, LOT, PageRequest(limit))
    return [each.package for each in found]


def test_a_list_that_is_sent_again_ends_what_it_says_no_more_on_its_delivery_note(registry: Registry) -> None:
    assert say(registry, reel("R1"), reel("R2"), reel("R9", "N2")) == 3

    assert say(registry, reel("R2"), reel("R3"), notes=("N1",)) == 1

    assert packages(registry) == ["R2", "R9", "R3"]


def test_what_others_say_stays(registry: Registry) -> None:
    say(registry, reel("R1"), party=ARRO)
    say(registry, reel("R1"))

    say(registry, notes=("N1",))

    assert (packages(registry), packages(registry, BOLT)) == (["R1"], [])


def test_another_quantity_is_another_statement(registry: Registry) -> None:
    say(registry, reel("R1", quantity="100"))

    assert say(registry, reel("R1", quantity="99"), notes=("N1",)) == 1
    assert packages(registry) == ["R1"]


@pytest.mark.parametrize("asked", ["reel 7", " REEL  7 "])
def test_a_package_is_found_however_its_id_is_spelled_in_each_lot_that_it_holds(
    registry: Registry, asked: str
) -> None:
    say(registry, reel("Reel 7"), reel("Reel 7", lot=OTHER), reel("Reel 8"))

    with registry.read() as connection:
        found = claims_about_package(connection, Scope(PLANT), asked, limit=10)
        of_another = claims_about_package(connection, Scope(PLANT, party=PartyId(ARRO)), asked, limit=10)

    assert [each.lot for each in found] == [LOT, OTHER]
    assert of_another == []


def test_one_more_than_asked_tells_of_a_next_page(registry: Registry) -> None:
    say(registry, *(reel(f"R{number}") for number in range(3)))

    assert packages(registry, limit=1) == ["R0", "R1"]
