"""Signed reports over HTTP: made, kept, scoped, and verified offline."""

import io
import json
import zipfile

import pytest
from aas_samples import lot_aasx
from certificate_samples import NOW, paper
from plant_samples import events

from aas_registry.services.keys import init_keys
from aas_registry.services.reports.verify import verify_bundle


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def lot(bolt, quality) -> str:
    answer = bolt.post("/trace/v1/uploads", data={"file": (io.BytesIO(lot_aasx()), "lot.aasx")})
    lot = answer.get_json()["lots"][0]["id"]
    bolt.post("/trace/v1/certificates", data={"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot})
    states = {each["state"] for each in quality.post("/trace/v1/events", json=events()).get_json()["result"]}
    assert states == {"accepted"}
    return lot


def make(asker, subject, direction="where-used", **more):
    return asker.post("/trace/v1/reports", json={"subject": subject, "direction": direction, **more})


def files_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_makes_a_report_that_verifies_offline(quality, lot, registry, clock):
    made = make(quality, lot)
    assert made.status_code == 201, made.get_json()
    bundle = quality.get(made.headers["Location"])

    verdict = verify_bundle(bundle.data, roots=[registry.signers.root_pem], now=clock())

    assert verdict.outcome == "verified", verdict.as_json()
    report = json.loads(files_of(bundle)["report.json"])
    assert report["headlines"][0] == {"label": "boards", "exact": 4, "possible": 1, "assumed": 0}
    assert [row["unit"] for row in report["rows"]] == [f"BRD-{number}" for number in range(1, 6)]
    assert report["certificates"][0]["checks"]
    assert paper() in files_of(bundle).values()


def test_without_a_pinned_root_the_verdict_is_unknown(quality, lot, clock):
    bundle = quality.get(make(quality, lot).headers["Location"])

    assert verify_bundle(bundle.data, roots=[], now=clock()).outcome == "unknown"


def test_reports_what_is_in_a_unit(quality, lot):
    unit = quality.get("/trace/v1/units?serial=PRD-1").get_json()["result"][0]["id"]

    bundle = quality.get(make(quality, unit, "contents").headers["Location"])

    report = json.loads(files_of(bundle)["report.json"])
    assert {row["lot"] for row in report["rows"]} == {"0042"}
    assert {row["unit"] for row in report["rows"]} == {"BRD-1", "BRD-2"}


def test_a_report_for_one_customer_holds_nothing_of_another(quality, lot):
    bundle = quality.get(make(quality, lot, customer="meditec").headers["Location"])

    report = json.loads(files_of(bundle)["report.json"])
    assert [row["unit"] for row in report["rows"]] == ["BRD-1", "BRD-2", "BRD-3", "BRD-4"]
    assert b"railway" not in bundle.data.lower()
    assert b"PRD-3" not in bundle.data


def test_a_customers_auditor_sees_its_own_reports_only(quality, lot, asker):
    own, other = asker("customer_auditor", "meditec"), asker("customer_auditor", "railway")
    everybody = make(quality, lot).get_json()["id"]
    made = make(own, lot)
    assert made.status_code == 201, made.get_json()

    assert [each["id"] for each in own.get("/trace/v1/reports").get_json()["result"]] == [
        made.get_json()["id"]
    ]
    assert other.get(made.headers["Location"]).status_code == 404
    assert own.get(f"/trace/v1/reports/{everybody}").status_code == 404


def test_a_report_as_recorded_earlier_knows_nothing_of_later(quality, lot, clock):
    before = clock().isoformat()
    clock.advance(days=1)
    late = {"id": "late", "type": "returned", "happenedAt": "2026-03-11T08:00:00Z", "units": ["PRD-1"]}
    quality.post("/trace/v1/events", json=[late])

    then = make(quality, lot, asOf="2026-03-12T00:00:00Z", recordedAsOf=before)
    now = make(quality, lot, asOf="2026-03-12T00:00:00Z")

    shipped = [
        json.loads(files_of(quality.get(each.headers["Location"]))["report.json"])["headlines"][2]["exact"]
        for each in (then, now)
    ]
    assert shipped == [2, 1]


def test_answers_404_for_a_lot_that_is_not_on_record(quality, lot):
    assert make(quality, "x" * 22).status_code == 404


def test_refuses_a_report_that_would_be_cut(quality, lot, make_registry, app):
    app.extensions["aas_registry"] = make_registry(report_rows=3)

    answer = make(quality, lot)

    assert answer.status_code == 413
    assert answer.get_json()["messages"][0]["code"] == "REPORT-TOO-LARGE"


def test_says_so_when_the_registry_has_no_keys(quality, lot, make_registry, app, tmp_path):
    (tmp_path / "keys").rename(tmp_path / "keys-elsewhere")
    app.extensions["aas_registry"] = make_registry()

    answer = make(quality, lot)

    assert answer.status_code == 503
    assert answer.get_json()["messages"][0]["code"] == "NO-SIGNING-KEY"


def test_a_report_leaves_out_what_is_dated_ahead_and_says_so_as_does_the_one_that_was_issued(
    quality, lot, clock
):
    tomorrow = {"type": "consumed", "id": "ahead", "unit": "BRD-6", "package": "REEL-1"}
    sent = quality.post("/trace/v1/events", json=tomorrow | {"happenedAt": "2026-03-20T06:00:00Z"})
    assert sent.get_json()["result"][0]["state"] == "accepted"

    issued = make(quality, lot)
    report = json.loads(files_of(quality.get(issued.headers["Location"]))["report.json"])
    clock.advance(days=10)
    later = json.loads(files_of(quality.get(make(quality, lot).headers["Location"]))["report.json"])
    again = json.loads(files_of(quality.get(issued.headers["Location"]))["report.json"])

    said = "1 statement is left out: it is dated ahead, and its time has not come."
    assert said in report["gaps"]
    assert "BRD-6" not in {row["unit"] for row in report["rows"]}
    assert "BRD-6" in {row["unit"] for row in later["rows"]}
    assert said not in later["gaps"]
    assert again == report


def test_two_units_that_are_one_after_a_report_was_made_change_nothing_in_it(quality, lot, registry, clock):
    """Their ids, in its address and in links, lead to the one unit, and apart again once that was an error."""
    one, other = (
        quality.get(f"/trace/v1/units?serial={each}").get_json()["result"][0]["id"]
        for each in ("BRD-1", "BRD-5")
    )
    made = make(quality, other, "contents")
    before = quality.get(made.headers["Location"])
    same = {"id": "same", "type": "sameUnit", "happenedAt": "2026-03-12T08:00:00Z"}
    no = {"id": "no", "type": "correction", "happenedAt": "2026-03-13T08:00:00Z", "corrects": "same"}

    for event, leads_to in (({**same, "units": ["BRD-1", "BRD-5"]}, one), (no, other)):
        (told,) = quality.post("/trace/v1/events", json=[event]).get_json()["result"]
        assert told["state"] == "accepted"
        assert quality.get(f"/trace/v1/units/{other}").get_json()["id"] == leads_to
        after = quality.get(made.headers["Location"])
        assert after.data == before.data
        assert verify_bundle(after.data, roots=[registry.signers.root_pem], now=clock()).outcome == "verified"
        question = json.loads(files_of(after)["report.json"])["question"]
        again = make(quality, other, "contents", asOf=question["asOf"], recordedAsOf=question["recordedAsOf"])
        rows = json.loads(files_of(quality.get(again.headers["Location"]))["report.json"])["rows"]
        assert rows == json.loads(files_of(before)["report.json"])["rows"]
