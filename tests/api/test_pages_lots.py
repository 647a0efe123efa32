"""Pages of lots: the list with its filters, one lot, and where it went."""

import io
import re

import pytest
from aas_samples import lot_aasx
from certificate_samples import NOW, paper, signed, signing_party
from page_visitor import visit, words_of
from plant_samples import events

from aas_registry.services.keys import init_keys

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def lot(bolt, quality) -> str:
    """Bolt's lot 0042 with an unsigned certificate, on six boards of the sample plant."""
    lot = bolt.upload(lot_aasx(), "lot.aasx").get_json()["lots"][0]["id"]
    form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot, "number": "C-1"}
    assert bolt.post("/trace/v1/certificates", data=form).status_code == 201
    states = {each["state"] for each in quality.post("/trace/v1/events", json=events()).get_json()["result"]}
    assert states == {"accepted"}
    return lot


@pytest.fixture
def quinn(lot, app, registry):
    return visit(app, registry, "quality")


def counts_of(answer):
    return dict(re.findall(r"</svg>\s*<strong>([^<]+)</strong> <span>(exact|possible|assumed)", answer.text))


def rows_of(answer):
    return re.findall(r'data-title="Unit"><a href="/units/[^"]+"><code class="code">([^<]+)', answer.text)


def test_the_headline_keeps_exact_possible_and_assumed_apart(quinn, lot):
    answer = quinn.get(f"/lots/{lot}?level=board")

    found = re.findall(r"<strong>([^<]+)</strong> <span>(exact|possible|assumed)</span>", answer.text)
    assert found == [("4", "exact"), ("1", "possible"), ("0", "assumed")]
    assert "4 boards hold this lot." in words_of(answer)


def test_the_page_shows_who_says_what_and_the_three_verdicts(quinn, lot):
    words = words_of(quinn.get(f"/lots/{lot}"))

    assert "CAP-100N-0603 by Bolt Components GmbH" in words
    assert "4,000 pcs" in words
    assert "2611, 2612" in words
    assert "authentic unknown matches passed accepted not decided" in words


@pytest.mark.parametrize(
    ("group_by", "first"),
    [("product", "PUMP"), ("day", "2026-03-10"), ("line", "L1"), ("customer", "meditec")],
)
def test_the_chart_has_a_table_twin(quinn, lot, group_by, first):
    answer = quinn.get(f"/lots/{lot}?groupBy={group_by}")

    table = re.search(r'<table class="rows" id="groups">.*?</table>', answer.text, re.DOTALL)[0]
    assert first in re.findall(r'<th scope="row">([^<]+)</th>', table)
    assert 'data-chart-of="groups"' in answer.text


def test_units_are_paged_by_links_without_scripts(quinn, lot):
    seen = []
    address = f"/lots/{lot}?level=board&limit=2"
    while address:
        answer = quinn.get(address)
        seen += rows_of(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = following and following[1].replace("&amp;", "&")

    assert seen == [f"BRD-{number}" for number in range(1, 6)]


def test_an_earlier_time_shows_what_stood_then(quinn, lot):
    before = quinn.get(f"/lots/{lot}?level=shipment&asOf=2026-03-10T10:30")
    after = quinn.get(f"/lots/{lot}?level=shipment&asOf=2026-03-10T11:30")

    assert rows_of(before) == []
    assert "As it stood at 2026-03-10 10:30 UTC" in words_of(before)
    assert rows_of(after) == ["PRD-1", "PRD-2"]


def test_a_link_reopens_exactly_the_view_whatever_comes_later(quinn, lot, quality, clock):
    page = quinn.get(f"/lots/{lot}?level=board").text
    link = re.search(r'href="([^"]+)" data-copy', page)[1].replace("&amp;", "&")
    clock.advance(hours=1)
    more = [
        {
            "id": "n1",
            "type": "unitCreated",
            "happenedAt": "2026-03-10T08:30:00Z",
            "run": "RUN-9",
            "firstSequence": 1,
            "units": ["BRD-9"],
        },
        {
            "id": "n2",
            "type": "feed",
            "happenedAt": "2026-03-10T08:30:00Z",
            "run": "RUN-9",
            "feeds": [{"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 1}],
        },
    ]
    assert {each["state"] for each in quality.post("/trace/v1/events", json=more).get_json()["result"]} == {
        "accepted"
    }

    assert "BRD-9" in rows_of(quinn.get(f"/lots/{lot}?level=board"))
    assert "BRD-9" not in rows_of(quinn.get(link))
    assert len(rows_of(quinn.get(link))) == 5


def test_an_empty_form_field_is_none(quinn, lot):
    assert quinn.get(f"/lots/{lot}?level=board&groupBy=day&asOf=&recordedAsOf=").status_code == 200


@pytest.mark.parametrize(
    "query", ["asOf=yesterday", "level=galaxy", "groupBy=mood", "limit=0", "cursor=made-up", "unknown=1"]
)
def test_a_wrong_parameter_answers_with_a_page_that_names_it(quinn, lot, query):
    answer = quinn.get(f"/lots/{lot}?{query}")

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"


def test_a_lot_that_is_in_nothing_says_so(quinn, bolt):
    other = bolt.upload(lot_aasx("0099"), "lot.aasx").get_json()["lots"][0]["id"]

    assert "No product is known to hold this lot." in words_of(quinn.get(f"/lots/{other}"))


def test_a_supplier_sees_its_papers_and_nothing_of_the_plant(lot, app, registry):
    visitor = visit(app, registry, "supplier", "bolt")

    answer = visitor.get(f"/lots/{lot}")

    assert answer.status_code == 200
    assert "BRD-1" not in answer.text
    assert "hold this lot" not in words_of(answer)
    assert visitor.get(f"/lots/{lot}/where-used").status_code == 403


def test_another_supplier_finds_no_such_lot(lot, app, registry):
    assert visit(app, registry, "supplier", "arro").get(f"/lots/{lot}").status_code == 404


def test_a_customers_auditor_sees_where_it_went_for_that_customer_only(lot, app, registry):
    visitor = visit(app, registry, "customer_auditor", "meditec")

    answer = visitor.get(f"/lots/{lot}/where-used?level=product&groupBy=customer")

    assert rows_of(answer) == ["PRD-1", "PRD-2"]
    assert "railway" not in answer.text
    assert visitor.get(f"/lots/{lot}").status_code == 403


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["0042", "0043"]),
        ("code=0043", ["0043"]),
        ("code=0043&mpn=", ["0043"]),
        ("mpn=cap-100n-0603", ["0042", "0043"]),
        ("dateCode=2611", ["0042", "0043"]),
        ("deliveryNote=DN-8", ["0043"]),
        ("manufacturer=nobody", []),
    ],
)
def test_the_list_shows_the_lots_that_fit(bolt, app, registry, query, codes):
    bolt.upload(lot_aasx("0042"), "a.aasx")
    bolt.upload(lot_aasx("0043", delivery_note="DN-8"), "b.aasx")

    answer = visit(app, registry, "quality").get(f"/lots?{query}")

    assert re.findall(r'data-title="Lot code"><a [^>]+><code class="code">([^<]+)', answer.text) == codes


def test_the_list_is_paged(bolt, app, registry):
    for code in ("0042", "0043", "0044"):
        bolt.upload(lot_aasx(code), "a.aasx")
    quinn = visit(app, registry, "quality")

    first = quinn.get("/lots?limit=2&mpn=CAP-100N-0603")
    link = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = quinn.get(link)

    assert "0044" not in words_of(first)
    assert "0044" in words_of(second)
    assert 'rel="next"' not in second.text


def test_attaching_a_certificate_leads_to_its_checks(lot, app, registry):
    visitor = visit(app, registry, "supplier", "bolt")
    content = signed(paper(), signing_party("Bolt Components GmbH"))

    answer = visitor.send(
        f"/lots/{lot}/certificates", {"file": (io.BytesIO(content), "c.pdf"), "number": "C-9"}
    )

    assert answer.status_code == 303
    assert "C-9" in words_of(visitor.get(answer.location))


def test_attaching_what_is_no_pdf_is_refused_on_a_page(lot, app, registry):
    visitor = visit(app, registry, "supplier", "bolt")

    answer = visitor.send(f"/lots/{lot}/certificates", {"file": (io.BytesIO(b"hello"), "c.pdf")})

    assert answer.status_code == 400
    assert "CERTIFICATE-TYPE-UNKNOWN" in words_of(answer)


def test_a_lot_whose_paper_was_altered_says_so_first_and_what_to_do(app, registry, suppliers, bolt):
    lot = bolt.upload(lot_aasx("0099"), "lot.aasx").get_json()["lots"][0]["id"]
    content = signed(paper("0099"), signing_party("Bolt Components GmbH"))
    place = content.index(b"/Type")
    altered = content[:place] + b"/type" + content[place + 5 :]
    form = {"file": (io.BytesIO(altered), "c.pdf"), "lot": lot, "number": "C-99"}
    assert bolt.post("/trace/v1/certificates", data=form).status_code == 201

    page = visit(app, registry, "quality").get(f"/lots/{lot}").text

    told = page[page.index('<div class="notice notice-error"') :]
    assert "was altered after it was signed" in told
    assert "ask whoever sent it for the original" in told
    assert page.index("was altered after") < page.index("Who says what of it")


def test_the_next_page_of_a_filter_sent_with_empty_fields_is_there(app, registry, quality, suppliers):
    quality.upload(
        b"Manufacturer,MPN,Lot code,Lot quantity\r\nOhm,R-1,L1,1\r\nOhm,R-1,L2,1\r\n", name="l.csv"
    )
    visitor = visit(app, registry, "quality", name="quinn")

    first = visitor.get("/lots?code=&manufacturer=Ohm&limit=1")
    [address] = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = visitor.get(address.replace("&amp;", "&"))

    assert second.status_code == 200
    assert {"L1", "L2"} <= set(words_of(first).split()) | set(words_of(second).split())
