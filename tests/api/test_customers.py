"""Nothing of another customer, in any answer, page, count, error, file or report of an auditor.

The plant builds for Meditec, who asks, and for Railway; see `customer_plants`.
"""

import dataclasses
import itertools
import json

import customer_plants as plants
import jsonschema
import pytest
from certificate_samples import NOW, paper
from customer_plants import COMMON, OF_MEDITEC, OF_OTHERS, OF_RAILWAY, OTHERS, OWN, SHARED, send, submit
from examples import examples
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import GRANTS, Permission, Role, Scope
from aas_registry.services import access, parties
from aas_registry.services.keys import init_keys
from aas_registry.services.reports.verify import verify_bundle
from aas_registry.storage import certificates
from aas_registry.storage.certificates import CertificateFilter


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def auditor(suppliers, asker):
    return asker("customer_auditor", "meditec")


@pytest.fixture
def plant(quality, auditor):
    """Both customers' units; the carton of both went to Railway, with its order."""
    send(quality, [*COMMON, *OF_MEDITEC, *OF_RAILWAY, *plants.shipping("railway", "ZC-4711")])
    return quality


def where_used(asker, quality, code, **query):
    answer = asker.get(f"/trace/v1/lots/{plants.lot_id(quality, code)}/where-used", query_string=query)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()


def test_no_answer_and_no_page_says_anything_of_another(plant, auditor):
    for name, content in plants.questions(auditor, plant):
        # A search says again what was searched for.
        if "ZC-" not in name and "ailway" not in name:
            assert OF_OTHERS.search(content) is None, (name, content)


def test_boards_within_anothers_product_are_told_without_it(plant, auditor):
    boards = where_used(auditor, plant, SHARED, level="board")["result"]
    products = where_used(auditor, plant, SHARED, level="product")["result"]

    assert {row["serial"] for row in boards} == {"A-BOARD-1", "A-BOARD-2", "A-BOARD-3"}
    assert [row["partOf"] and row["partOf"]["serial"] for row in boards] == ["A-PUMP-1", None, None]
    assert {row["serial"] for row in products} == {"A-PUMP-1", "A-BOARD-2", "A-BOARD-3"}


def test_of_a_shipment_to_another_neither_order_nor_receiver_is_told(plant, auditor):
    (row,) = where_used(auditor, plant, SHARED, level="shipment")["result"]
    detail = auditor.get(f"/trace/v1/units/{plants.unit_id(auditor, 'A-PUMP-2')}").get_json()

    assert row["shipment"] | {"shippedAt": ""} == {
        "id": "S-9",
        "order": None,
        "customer": None,
        "shippedAt": "",
    }
    assert [(each["shipment"], each["order"], each["customer"]) for each in detail["shipped"]] == [
        ("S-9", None, None)
    ]
    assert auditor.get("/search?q=ZC-4711").status_code == 200  # nothing found, so no page to go to
    assert auditor.get("/search?q=S-9").status_code == 303


def test_of_a_shipment_to_the_customer_both_are_told(quality, auditor):
    send(quality, [*COMMON, *OF_MEDITEC, *OF_RAILWAY, *plants.shipping("Meditec AG", "4711")])

    (row,) = where_used(auditor, quality, SHARED, level="shipment")["result"]

    assert (row["shipment"]["order"], row["shipment"]["customer"]) == ("4711", "meditec")
    assert auditor.get("/search?q=4711").status_code == 303
    assert b"4711" in auditor.get("/search?q=4711", follow_redirects=True).data


@pytest.mark.parametrize("member", [{}, {"customer": "railway"}])
def test_an_order_that_is_said_of_others_in_the_same_shipment_is_not_told(quality, auditor, member):
    theirs = plants.shipping("meditec", "4711")
    others = plants.said(
        "shipped", "others", 7, units=["ZC-BOARD-2"], shipment="S-9", order="ZC-4712", **member
    )
    send(quality, [*COMMON, *OF_MEDITEC, *OF_RAILWAY, *theirs, others])

    rows = where_used(auditor, quality, SHARED, level="shipment")["result"]

    assert rows
    assert not [row for row in rows if row["shipment"]["order"] is not None]
    assert auditor.get("/search?q=ZC-4712").status_code == 200
    assert b"ZC-4712" not in auditor.get("/search?q=S-9", follow_redirects=True).data


def test_the_plant_is_told_orders_and_receivers_as_before(plant):
    rows = where_used(plant, plant, SHARED, level="shipment")["result"]

    assert {(row["shipment"]["order"], row["shipment"]["customer"]) for row in rows} == {
        ("ZC-4711", "railway")
    }


def test_what_is_part_of_anothers_unit_is_anothers_too(plant, auditor, asker):
    pump = plants.unit_id(auditor, "A-PUMP-1")
    inside = auditor.get(f"/trace/v1/units/{pump}/contents").get_json()["result"]
    board = plants.unit_id(plant, "ZC-SCREW")

    assert {row["unit"]["serial"] for row in inside} == {"A-BOARD-1"}
    assert auditor.get(f"/trace/v1/units/{board}").status_code == 404
    assert asker("customer_auditor", "railway").get(f"/trace/v1/units/{board}").status_code == 200


def test_parts_of_others_are_not_counted_and_push_nothing_out(quality, auditor, app, make_registry):
    crowd = [plants.made(f"ZC-{number}", 2, "railway") for number in range(4)]
    packed = [plants.put(f"ZC in {n}", f"ZC-{n}", {"container": "BOX"}, "packedIn") for n in range(4)]
    box = {"container": "BOX"}
    send(quality, [*crowd, plants.made("A-PUMP-1", 3, "meditec"), *packed])
    send(quality, [plants.put("A in", "A-PUMP-1", box, "packedIn")])
    send(quality, [plants.said("unitCreated", "box", 1, units=[box], kind="container", customer="meditec")])

    carton = plants.unit_id(auditor, "BOX")
    app.extensions["aas_registry"] = make_registry(page_rows=2)

    detail = auditor.get(f"/trace/v1/units/{carton}").get_json()

    assert [part["unit"]["serial"] for part in detail["parts"]] == ["A-PUMP-1"]
    assert detail["hasMoreParts"] is False


def test_ids_of_another_answer_as_ids_that_were_never_given(plant, auditor):
    lot, unit = plants.lot_id(plant, OTHERS), plants.unit_id(plant, "ZC-RELAY-1")
    for path in (
        "/trace/v1/lots/{}/where-used",
        "/trace/v1/lots/{}/where-used?groupBy=customer",
        "/lots/{}/where-used",
        "/trace/v1/units/{}",
        "/trace/v1/units/{}/contents",
        "/units/{}",
    ):
        real = lot if "/lots/" in path else unit
        known = auditor.get(path.format(real))
        unknown = auditor.get(path.format("A" * 22))

        answer = known.data.replace(real.encode(), b"A" * 22)  # the page says which address it has
        assert (known.status_code, plants.steady(answer)) == (404, plants.steady(unknown.data)), path
    for direction, subject in (("where-used", lot), ("contents", unit)):
        body = {"direction": direction, "subject": subject}
        known = auditor.post("/trace/v1/reports", json=body)
        unknown = auditor.post("/trace/v1/reports", json=body | {"subject": "A" * 22})

        assert (known.status_code, plants.steady(known.data)) == (404, plants.steady(unknown.data))


@pytest.fixture
def report_schema(pytestconfig):
    return json.loads((pytestconfig.rootpath / "schemas" / "report-1.0.json").read_bytes())


@pytest.fixture
def excerpt_schema(pytestconfig):
    return json.loads((pytestconfig.rootpath / "schemas" / "statement-excerpt-1.0.json").read_bytes())


def test_a_paper_of_others_lots_too_goes_out_as_digest_and_excerpt(
    plant, auditor, registry, clock, report_schema, excerpt_schema
):
    both = plants.spoken(SHARED, OTHERS)
    submit(plant, both, SHARED, OTHERS, name="LOT0042 and ZC0077.pdf", documentType="EN 10204 3.1")

    files = plants.bundle_of(auditor, "where-used", plants.lot_id(plant, SHARED))

    report, (statement,) = json.loads(files["report.json"]), plants.statements_in(files)
    jsonschema.validate(report, report_schema)
    jsonschema.validate(statement, excerpt_schema)
    assert report["withheld"] == [digest_of(both)]
    assert any("withheld" in gap for gap in report["gaps"])
    (certificate,) = report["certificates"]
    assert certificate["sha256"] == digest_of(both)
    assert certificate["lots"] == [f"Bolt BZX84 {SHARED}"]
    assert f"evidence/statements/{certificate['statements'][0]}.dsse.json" in files
    assert [lot["lotCode"] for lot in statement["predicate"]["lots"]] == [SHARED]
    assert statement["predicate"]["decision"] == "received unsigned"
    assert [name for name in files if name.startswith("evidence/certificates/")] == []
    assert plants.of_others(files) == []
    verdict = verify_bundle(plants.packed(files), roots=[registry.signers.root_pem], now=clock())
    assert verdict.outcome == "verified", verdict.as_json()


def test_the_plants_own_report_has_the_original_and_the_whole_statement(plant, auditor, report_schema):
    both = plants.spoken(SHARED, OTHERS)
    kept = submit(plant, both, SHARED, OTHERS)
    plants.bundle_of(auditor, "where-used", plants.lot_id(plant, SHARED))

    files = plants.bundle_of(plant, "where-used", plants.lot_id(plant, SHARED))

    report = json.loads(files["report.json"])
    assert "withheld" not in report
    assert files[f"evidence/certificates/{digest_of(both)}.pdf"] == both
    assert report["certificates"][0]["statements"] == [each["digest"] for each in kept["statements"]]
    after = plant.get(f"/trace/v1/certificates/{kept['id']}").get_json()
    assert after["statements"] == kept["statements"]


def test_a_paper_of_lots_that_the_customer_holds_goes_out_whole(plant, auditor):
    both = plants.spoken(SHARED, OWN)
    kept = submit(plant, both, SHARED, OWN)
    pump = plants.unit_id(auditor, "A-PUMP-2")

    for direction, subject in (("where-used", plants.lot_id(plant, SHARED)), ("contents", pump)):
        files = plants.bundle_of(auditor, direction, subject)

        report = json.loads(files["report.json"])
        assert "withheld" not in report
        assert files[f"evidence/certificates/{digest_of(both)}.pdf"] == both
        assert report["certificates"][0]["statements"] == [each["digest"] for each in kept["statements"]]


@pytest.mark.parametrize("how", ["text", "again", "note"])
def test_a_paper_that_names_others_lots_in_any_way_is_withheld(plant, auditor, how):
    content = plants.spoken(SHARED, OTHERS) if how == "text" else plants.spoken(SHARED, more=how)
    if how == "note":
        for code in (SHARED, OTHERS):
            lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code}]
            arrived = plants.said("receipt", f"note {code}", 1, deliveryNote="DN-7", lots=lots)
            send(plant, [arrived])
            if code == SHARED:
                submit(plant, content, deliveryNote="DN-7")
    else:
        submit(plant, content, SHARED)
    if how == "again":
        submit(plant, content, OTHERS)

    files = plants.bundle_of(auditor, "where-used", plants.lot_id(plant, SHARED))

    assert json.loads(files["report.json"])["withheld"] == [digest_of(content)]
    assert content not in files.values()
    assert plants.of_others(files) == []


def test_a_later_statement_tells_nothing_of_a_withheld_one_before(plant, auditor):
    submit(plant, plants.spoken(SHARED, OTHERS), SHARED, OTHERS)
    alone = plants.spoken(SHARED)
    kept = submit(plant, alone, SHARED)

    files = plants.bundle_of(auditor, "where-used", plants.lot_id(plant, SHARED))

    said = plants.statements_in(files)
    assert {each["predicate"]["lots"][0]["sequence"] for each in said} == {"1", "2"}
    assert all("previousStatement" not in each["predicate"]["lots"][0] for each in said)
    assert alone in files.values()
    assert kept["statements"][0]["digest"].encode() not in b"".join(files.values())


def test_a_paper_that_was_never_countersigned_goes_out_as_digest_alone(plant, auditor):
    submit(plant, paper("OTHER-99"), SHARED, OTHERS)  # labels another lot: failed, kept as evidence

    files = plants.bundle_of(auditor, "where-used", plants.lot_id(plant, SHARED))

    (certificate,) = json.loads(files["report.json"])["certificates"]
    assert certificate["statements"] == plants.statements_in(files) == []
    assert certificate["state"] == "rejected"
    assert plants.of_others(files) == []


def test_a_report_of_quality_for_a_customer_is_as_the_customers_own(plant, auditor):
    submit(plant, plants.spoken(SHARED, OTHERS), SHARED, OTHERS)

    files = plants.bundle_of(plant, "where-used", plants.lot_id(plant, SHARED), customer="meditec")

    assert plants.of_others(files) == []


def test_an_auditor_downloads_no_certificate(plant, auditor, registry):
    """The bundle alone holds papers for a customer: what is withheld there is nowhere else."""
    kept = submit(plant, plants.spoken(SHARED), SHARED)
    paths = ["/trace/v1/certificates", "/certificates", f"/certificates/{kept['id']}"]
    paths += [f"/trace/v1/certificates/{kept['id']}{rest}" for rest in ("", "/original")]

    assert not GRANTS[Role.CUSTOMER_AUDITOR] & {Permission.READ_CERTIFICATES, Permission.READ_UPLOADS}
    for path in paths:
        assert auditor.get(path).status_code == 403, path
    with registry.read() as connection:
        scope = Scope(Site(registry.settings.site), customer=PartyId(1))
        assert certificates.list_certificates(connection, scope, CertificateFilter(), PageRequest(9)) == []


class Sites:
    """One plant after the other in one registry, each with its own quality and its own auditor."""

    def __init__(self, registry, client_of) -> None:
        self.registry, self.client_of, self.numbers = registry, client_of, itertools.count(1)

    def open(self):
        local = access.local_administrator(self.registry)
        here = dataclasses.replace(local, site=Site(f"plant-{next(self.numbers)}"))
        for code, name in (("meditec", "Meditec AG"), ("railway", "Railway Systems")):
            parties.add_party(self.registry, here, code=code, name=name)
        askers = (("quality", None), ("customer_auditor", "meditec"))
        tokens = [
            access.issue_token(self.registry, here, name=role, role=Role(role), party=party).text
            for role, party in askers
        ]
        return [self.client_of(token) for token in tokens]


@pytest.fixture
def sites(registry, asker_of):
    return Sites(registry, asker_of)


def some_of(events):
    return st.lists(st.sampled_from(range(len(events))), unique=True).map(
        lambda left_out: [each for place, each in enumerate(events) if place not in left_out[:3]]
    )


corrections = st.lists(st.sampled_from([each["id"] for each in OF_RAILWAY]), unique=True, max_size=3).map(
    lambda ids: [plants.said("correction", f"not {each}", 8, corrects=each) for each in ids]
)
cartons = st.sampled_from([("railway", "ZC-4711"), ("meditec", "4711"), (None, "4712")])
papers = st.lists(st.sampled_from([(SHARED,), (SHARED, OTHERS), (SHARED, OWN), (OWN, OTHERS)]), max_size=2)


@st.composite
def told_apart(draw):
    """Return what is sent without and with what is Railway's, papers' lots, and the third that is asked."""
    own, others, corrected = draw(some_of(OF_MEDITEC)), draw(some_of(OF_RAILWAY)), draw(corrections)
    without = [*own, *plants.shipping(*draw(cartons))]
    sent, random = without.copy(), draw(st.randoms())
    for event in [*plants.of_another(others, corrected), *corrected]:
        sent.insert(random.randint(0, len(sent)), event)
    return without, sent, draw(papers), draw(st.sampled_from(plants.THIRDS))


def tried_by_day(count):
    return tried(
        examples(count),
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@given(told_apart())
@tried_by_day(5)
def test_whatever_another_does_changes_no_byte_of_the_answers(sites, plant_told_apart):
    """Ids, times of recording and what is signed aside: see `customer_plants.steady`."""
    assert_no_byte_differs(sites, *plant_told_apart)


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@given(told_apart())
@tried_by_day(1)
def test_whatever_another_does_changes_no_byte_of_the_answers_on_postgresql(sites, plant_told_apart):
    assert_no_byte_differs(sites, *plant_told_apart)


def assert_no_byte_differs(sites, without, with_others, kinds, third):
    told = []
    for sent in (without, with_others):
        quality, auditor = sites.open()
        send(quality, COMMON)
        for codes in kinds:
            submit(quality, plants.spoken(*codes), *codes)
        for event in sent:
            send(quality, [event])
        if sent is with_others:
            submit(quality, plants.spoken(OTHERS), OTHERS)
        told.append([*plants.questions(auditor, quality, third), *plants.reports(auditor, quality, third)])

    before, after = told
    assert [name for name, _ in after] == [name for name, _ in before]
    for (name, alone), (_, together) in zip(before, after, strict=True):
        assert plants.steady(together) == plants.steady(alone), name
