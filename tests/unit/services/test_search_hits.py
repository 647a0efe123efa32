"""Hits: what carries one identifier, and only as far as the asker may see it."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from aas_samples import environment, lot_shell, shell
from certificate_samples import paper
from plant_samples import LOT, MAKER, MPN, events

from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.search import Hit, HitKind, MatchedBy
from aas_registry.formats.lists.writer import write_list_csv
from aas_registry.services import access, parties, search_hits
from aas_registry.services.certificates import submission as certificate_submission
from aas_registry.services.certificates.countersigning import DocumentFacts
from aas_registry.services.certificates.submission import SentDocument, Subject
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry
from aas_registry.services.search_hits import MOST_HITS, Asker
from aas_registry.storage import parties as party_table

Find = Callable[[Asker], list[Hit]]


@pytest.fixture
def plant(registry: Registry) -> Principal:
    """The plant that `plant_samples` tells of, with the parties that take part."""
    administrator = access.local_administrator(registry)
    for code, name in (("bolt", MAKER), ("arro", "Arro"), ("meditec", "Meditec"), ("railway", "Railway")):
        parties.add_party(registry, administrator, code=code, name=name)
    event_service.ingest(registry, administrator, events())
    return administrator


@pytest.fixture
def of_party(registry: Registry, plant: Principal) -> Callable[[str, Role], Principal]:
    def found(code: str, role: Role) -> Principal:
        with registry.read() as connection:
            party = party_table.find_party(connection, plant.site, code)
        assert party is not None
        return Principal(name=code, role=role, site=plant.site, party=party.id)

    return found


@contextmanager
def asking(registry: Registry, who: Principal, text: str) -> Iterator[Asker]:
    with registry.read() as connection:
        yield Asker(registry, connection, who, text)


def titles(registry: Registry, who: Principal, find: Find, text: str) -> list[str]:
    with asking(registry, who, text) as asker:
        return [hit.title for hit in find(asker)]


def upload(registry: Registry, who: Principal, content: bytes, name: str = "a.aasx"):
    return uploads.take_upload(registry, who, Arrival(io.BytesIO(content), name))


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (LOT, MatchedBy.LOT_CODE),
        (MPN.lower(), MatchedBy.PART_NUMBER),
        ("DN-7", MatchedBy.DELIVERY_NOTE),
    ],
)
def test_a_lot_is_found_by_each_of_its_names(
    registry: Registry, plant: Principal, text: str, by: MatchedBy
) -> None:
    with asking(registry, plant, text) as asker:
        (hit,) = search_hits.lot_hits(asker)

    assert (hit.kind, hit.title, hit.details) == (HitKind.LOT, LOT, (MPN, MAKER))
    assert hit.matched_by == (by,)


def test_a_lot_whose_names_are_one_is_one_hit(registry: Registry, plant: Principal) -> None:
    same = lot_shell("urn:same", code="SAME", mpn="SAME", deliveryNote="SAME")
    upload(registry, plant, environment(same), "a.json")

    with asking(registry, plant, "SAME") as asker:
        (hit,) = search_hits.lot_hits(asker)

    assert set(hit.matched_by) == {MatchedBy.LOT_CODE, MatchedBy.PART_NUMBER, MatchedBy.DELIVERY_NOTE}


def test_no_more_than_one_over_the_bound_is_answered(registry: Registry, plant: Principal) -> None:
    many = [lot_shell(f"urn:{number}", code=f"L{number}", mpn="MANY") for number in range(MOST_HITS + 5)]
    upload(registry, plant, environment(*many), "a.json")

    assert len(titles(registry, plant, search_hits.lot_hits, "MANY")) == MOST_HITS + 1


def test_a_unit_leads_with_its_name_and_a_customer_sees_its_own(
    registry: Registry, plant: Principal, of_party
) -> None:
    meditec = of_party("meditec", Role.CUSTOMER_AUDITOR)

    with asking(registry, plant, "PRD-1") as asker:
        (hit,) = search_hits.unit_hits(asker)

    assert (hit.kind, hit.title, hit.details[:2]) == (HitKind.UNIT, "PRD-1", ("product", "PUMP"))
    assert titles(registry, meditec, search_hits.unit_hits, "PRD-1") == ["PRD-1"]
    assert titles(registry, meditec, search_hits.unit_hits, "PRD-3") == []


def test_what_is_in_a_package_is_no_business_of_customers(
    registry: Registry, plant: Principal, of_party
) -> None:
    with asking(registry, plant, "reel-1") as asker:
        (hit,) = search_hits.package_hits(asker)

    assert (hit.kind, hit.title, hit.details[0]) == (HitKind.PACKAGE, "REEL-1", LOT)
    customer = of_party("meditec", Role.CUSTOMER_AUDITOR)
    assert titles(registry, customer, search_hits.package_hits, "REEL-1") == []


def test_a_reel_of_a_list_is_found_by_who_sent_the_list(
    registry: Registry, plant: Principal, of_party
) -> None:
    bolt, arro = of_party("bolt", Role.SUPPLIER), of_party("arro", Role.SUPPLIER)
    row = {"manufacturer": MAKER, "mpn": MPN, "lot_code": LOT, "package": "R-9", "package_quantity": "10"}
    upload(registry, bolt, write_list_csv([row]), "a.csv")

    found = [titles(registry, who, search_hits.stated_package_hits, "r-9") for who in (bolt, arro, plant)]

    assert found == [["R-9"], [], ["R-9"]]


def test_a_certificate_is_found_by_its_number(registry: Registry, plant: Principal) -> None:
    certificate_submission.submit_certificate(
        registry,
        plant,
        SentDocument(
            stream=io.BytesIO(paper()),
            file_name="c.pdf",
            subject=Subject(manufacturer=MAKER, mpn=MPN),
            facts=DocumentFacts(number="C-55020"),
        ),
    )

    with asking(registry, plant, "C-55020") as asker:
        (hit,) = search_hits.certificate_hits(asker)

    assert (hit.title, hit.matched_by) == ("C-55020", (MatchedBy.NUMBER,))
    assert "c.pdf" in hit.details


def test_a_shell_is_its_lot_where_it_speaks_of_one(registry: Registry, plant: Principal) -> None:
    bodies = [lot_shell("urn:lot", code="0815"), shell("urn:machine")]
    upload(registry, plant, environment(*bodies), "a.json")

    for text, kind, title in (
        ("urn:lot", HitKind.LOT, "0815"),
        ("urn:machine", HitKind.SHELL, "urn:machine"),
        ("urn:machine/asset", HitKind.SHELL, "urn:machine"),
    ):
        with asking(registry, plant, text) as asker:
            (hit,) = search_hits.shell_hits(asker)
        assert (hit.kind, hit.title, hit.matched_by) == (kind, title, (MatchedBy.SHELL,))


def test_one_asker_may_ask_about_another_text(registry: Registry, plant: Principal) -> None:
    with asking(registry, plant, "nothing") as asker:
        assert search_hits.lot_hits(asker) == []
        assert [hit.title for hit in search_hits.lot_hits(asker.about(LOT))] == [LOT]
