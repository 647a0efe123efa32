"""Pages of reports: made from what is shown, listed, downloaded, verified."""

import json
import re

import pytest
from aas_samples import lot_aasx
from certificate_samples import NOW
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from page_visitor import visit, words_of
from plant_samples import events
from sqlalchemy import select, update

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.identifiers import Site
from aas_registry.services.keys import init_keys
from aas_registry.services.reports.verify import verify_bundle
from aas_registry.storage.tables.reports import report

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def lot(bolt, quality) -> str:
    lot = bolt.upload(lot_aasx(), "lot.aasx").get_json()["lots"][0]["id"]
    states = {each["state"] for each in quality.post("/trace/v1/events", json=events()).get_json()["result"]}
    assert states == {"accepted"}
    return lot


def form_of(page):
    """Return the hidden fields of the button that makes a report."""
    form = page.text.split('action="/reports"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_button_on_a_lot_makes_a_report_that_verifies(lot, app, registry, clock):
    visitor = visit(app, registry, "auditor")
    form = form_of(visitor.get(f"/lots/{lot}"))

    made = visitor.send("/reports", form)

    page = visitor.get(made.location)
    assert "just made" in words_of(page)
    assert "where it went 0042" in words_of(page)
    bundle = visitor.get(re.search(r'class="download" href="(/trace/v1/reports/[^"]+)"', page.text)[1])
    assert verify_bundle(bundle.data, roots=[registry.signers.root_pem], now=clock()).outcome == "verified"


def test_the_button_on_a_unit_asks_for_its_contents(lot, app, registry):
    visitor = visit(app, registry, "quality")
    unit = visitor.get("/search?q=PRD-1").location

    made = visitor.send("/reports", form_of(visitor.get(unit)))

    assert "what is in it PRD-1" in words_of(visitor.get(made.location))


def test_the_report_keeps_the_time_that_was_shown(lot, app, registry):
    visitor = visit(app, registry, "quality")
    form = form_of(visitor.get(f"/lots/{lot}?asOf=2026-03-10T09:30"))

    made = visitor.send("/reports", form)

    assert "2026-03-10 09:30" in words_of(visitor.get(made.location))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("0001-01-01T00:00:00+23:00", "0001-01-01 00:00 UTC+23:00"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31 23:59 UTC-14:00"),
    ],
)
def test_a_report_about_the_end_of_the_calendar_is_listed_as_it_was_asked(lot, app, registry, told, shown):
    visitor = visit(app, registry, "quality")
    for _ in range(2):
        made = visitor.send("/reports", form_of(visitor.get(f"/lots/{lot}")))
    with registry.write(Site(registry.settings.site)) as connection:
        number, question = connection.execute(select(report.c.id, report.c.question)).first()
        asked = canonical_bytes({**json.loads(question), "asOf": told})
        connection.execute(update(report).where(report.c.id == number).values(question=asked))

    page = visitor.get(made.location)

    assert page.status_code == 200
    assert shown in words_of(page).replace("\xa0", " ")


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "unknown"},
        {"direction": "sideways"},
        {"asOf": "yesterday"},
        {"asOf": "2026-03-10T09:30:00 01:00"},
        {"extra": "1"},
    ],
)
def test_a_form_that_was_not_made_here_is_refused_on_a_page(lot, app, registry, change):
    visitor = visit(app, registry, "quality")

    answer = visitor.send("/reports", {"direction": "where-used", "subject": lot, **change})

    assert answer.status_code in {400, 404}
    assert answer.mimetype == "text/html"


def test_a_customers_auditor_sees_its_own_reports_only(lot, app, registry):
    quinn = visit(app, registry, "quality")
    quinn.send("/reports", {"direction": "where-used", "subject": lot})
    auditor = visit(app, registry, "customer_auditor", "meditec")

    assert "No report was made yet" in words_of(auditor.get("/reports"))

    made = auditor.send("/reports", {"direction": "where-used", "subject": lot})
    assert "just made" in words_of(auditor.get(made.location))


def test_the_root_certificate_is_there_with_its_fingerprint(lot, app, registry):
    auditor = visit(app, registry, "auditor")

    page = auditor.get("/reports")
    root = auditor.get("/trace/v1/reports/root-certificate")

    assert root.status_code == 200
    assert root.data == registry.signers.root_pem
    fingerprint = x509.load_pem_x509_certificate(root.data).fingerprint(hashes.SHA256()).hex()
    assert fingerprint in page.text
    assert 'href="/trace/v1/reports/root-certificate"' in page.text
