"""The clock: a question that was answered keeps its answer, whatever the clock does."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from aas_samples import id64, lot_aasx
from certificate_samples import NOW, paper
from plant_samples import LOT, MAKER, MPN, events
from sqlalchemy import insert

from aas_registry.domain.identifiers import Site
from aas_registry.domain.verdicts import time_text
from aas_registry.services.keys import init_keys
from aas_registry.storage.tables.merges import name_merge


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def lot(bolt, quality) -> str:
    answer = bolt.post("/trace/v1/uploads", data={"file": (io.BytesIO(lot_aasx()), "lot.aasx")})
    lot = answer.get_json()["lots"][0]["id"]
    bolt.post("/trace/v1/certificates", data={"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot})
    quality.post("/trace/v1/events", json=events())
    return lot


def report_of(asker, subject, **times):
    made = asker.post(
        "/trace/v1/reports", json={"subject": subject, "direction": "where-used", **times}
    ).get_json()
    with zipfile.ZipFile(io.BytesIO(asker.get(f"/trace/v1/reports/{made['id']}").data)) as bundle:
        return json.loads(bundle.read("report.json"))


def answer_of(report):
    return {name: report[name] for name in ("question", "headlines", "rows", "gaps", "certificates")}


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(days=40)])
def test_a_clock_behind_leaves_nothing_out_of_a_report(quality, lot, clock, back):
    clock.advance(days=1)
    before = report_of(quality, lot)
    clock.now -= back

    behind = report_of(quality, lot)

    assert len(behind["rows"]) == 5
    assert (behind["rows"], behind["certificates"]) == (before["rows"], before["certificates"])
    assert behind["question"]["recordedAsOf"] > before["question"]["recordedAsOf"]  # the first was recorded


@pytest.mark.parametrize("set_by", [timedelta(0), timedelta(seconds=-50), timedelta(days=40)])
def test_a_signed_question_never_changes_its_answer(bolt, quality, lot, clock, set_by):
    first = report_of(quality, lot)
    clock.now += set_by
    late = {"id": "late", "type": "returned", "happenedAt": "2026-03-11T08:00:00Z", "units": ["PRD-1"]}
    assert quality.post("/trace/v1/events", json=[late]).get_json()["result"][0]["state"] == "accepted"
    other = {"file": (io.BytesIO(paper("Another")), "d.pdf"), "lot": lot}
    assert bolt.post("/trace/v1/certificates", data=other).status_code == 201
    [kept] = first["certificates"]

    times = {name: first["question"][name] for name in ("asOf", "recordedAsOf")}
    again = report_of(quality, lot, **times)

    assert answer_of(again) == answer_of(first)
    assert kept["sha256"] in {each["sha256"] for each in report_of(quality, lot)["certificates"]}
    assert len(report_of(quality, lot)["certificates"]) == 2


def test_a_time_after_the_last_recording_is_answered_as_that_one_and_says_so(quality, lot, clock):
    later = (clock.now + timedelta(hours=2)).isoformat()

    asked = quality.get(f"/trace/v1/lots/{lot}/where-used", query_string={"recordedAsOf": later}).get_json()
    plain = quality.get(f"/trace/v1/lots/{lot}/where-used").get_json()
    page = quality.get(f"/lots/{lot}/where-used", query_string={"recordedAsOf": later}).get_data(as_text=True)
    report = report_of(quality, lot, recordedAsOf=later)

    known = plain["headline"]["recordedAsOf"]
    assert asked["headline"]["laterThanKnown"] == later
    assert (asked["headline"]["recordedAsOf"], plain["headline"]["laterThanKnown"]) == (known, None)
    assert datetime.fromisoformat(known) < clock.now
    assert "nothing was recorded after" in page
    assert datetime.fromisoformat(report["question"]["recordedAsOf"]) < datetime.fromisoformat(later)
    assert "nothing was recorded after" in report["gaps"][0]


@pytest.mark.parametrize(
    "question",
    [
        "/lots/{lot}/where-used?groupBy=line",
        "/units/{unit}",
        "/units/{unit}/contents",
        "/lots/{lot}/where-used",
    ],
)
def test_every_question_says_that_a_later_time_is_answered_as_the_last(quality, lot, clock, question):
    unit = quality.get("/trace/v1/units?serial=PRD-1").get_json()["result"][0]["id"]
    address = "/trace/v1" + question.format(lot=lot, unit=unit)
    later = (clock.now + timedelta(hours=2)).isoformat()

    def told(**query):
        answer = quality.get(
            urlsplit(address).path, query_string=dict(parse_qsl(urlsplit(address).query)) | query
        ).get_json()
        said = answer.get("headline", answer)
        return said["recordedAsOf"], said["laterThanKnown"]

    known, _ = told()

    assert told() == (known, None)
    assert told(recordedAsOf=later) == (known, later)
    assert told(recordedAsOf=known) == (known, None)


@pytest.mark.parametrize(
    "page", ["/lots/{lot}/where-used", "/lots/{lot}/where-used?groupBy=line", "/units/{unit}"]
)
def test_every_page_says_that_a_later_time_is_answered_as_the_last(quality, lot, clock, page):
    unit = quality.get("/trace/v1/units?serial=PRD-1").get_json()["result"][0]["id"]
    address = page.format(lot=lot, unit=unit)
    query = dict(parse_qsl(urlsplit(address).query))
    later = (clock.now + timedelta(hours=2)).isoformat()

    plain = quality.get(urlsplit(address).path, query_string=query).get_data(as_text=True)
    asked = quality.get(urlsplit(address).path, query_string=query | {"recordedAsOf": later})

    assert "nothing was recorded after" in asked.get_data(as_text=True)
    assert "nothing was recorded after" not in plain


def test_the_contents_of_a_unit_say_up_to_when_they_are_on_record(quality, lot, clock):
    unit = quality.get("/trace/v1/units?serial=BRD-1").get_json()["result"][0]["id"]
    before = quality.get(f"/trace/v1/units/{unit}/contents").get_json()
    clock.now -= timedelta(seconds=50)
    gone = {"id": "gone", "type": "removed", "happenedAt": "2026-03-11T08:00:00Z", "unit": "BRD-1"}
    gone["package"] = before["result"][0]["package"]
    assert quality.post("/trace/v1/events", json=[gone]).get_json()["result"][0]["state"] == "accepted"

    query = {"recordedAsOf": before["recordedAsOf"], "asOf": before["asOf"]}
    again = quality.get(f"/trace/v1/units/{unit}/contents", query_string=query).get_json()
    now = quality.get(f"/trace/v1/units/{unit}/contents").get_json()

    assert again == before
    assert now["result"] != before["result"]
    assert quality.get(f"/trace/v1/units/{unit}").get_json()["recordedAsOf"] == now["recordedAsOf"]


def test_while_the_clock_has_jumped_all_is_read_nothing_is_recorded_and_reports_say_so(
    quality, administrator, lot, clock
):
    clock.advance(days=-40)
    late = {"id": "late", "type": "returned", "happenedAt": "2026-03-11T08:00:00Z", "units": ["PRD-1"]}

    refused = quality.post("/trace/v1/events", json=[late])
    report = report_of(quality, lot)

    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (503, "CLOCK-JUMPED")
    assert quality.get(f"/trace/v1/lots/{lot}/where-used").status_code == 200
    assert report["clock"]["state"] == "jumped"
    ready = quality.get("/ready")
    assert (ready.status_code, ready.get_json()["clock"]["state"]) == (200, "jumped")
    told = administrator.get("/trace/v1/clock").get_json()
    assert told["jumpS"] < -39 * 86400

    wrong = administrator.post("/trace/v1/clock", json={"jumpS": 5, "reason": "it is right"})
    body = {"jumpS": told["jumpS"], "reason": "it is right"}
    forbidden = quality.post("/trace/v1/clock", json=body)
    confirmed = administrator.post("/trace/v1/clock", json=body)

    assert (wrong.status_code, wrong.get_json()["messages"][0]["code"]) == (409, "CLOCK-NOT-AS-TOLD")
    assert (forbidden.status_code, confirmed.status_code) == (403, 200)
    assert confirmed.get_json()["state"] == "behind"
    said = quality.get(f"/trace/v1/lots/{lot}/where-used").get_json()["headline"]["clockConfirmed"]
    assert said["jumpS"] < -39 * 86400
    assert quality.post("/trace/v1/events", json=[late]).get_json()["result"][0]["state"] == "accepted"
    assert report_of(quality, lot)["clock"]["state"] == "behind"
    [entry] = [
        each
        for each in administrator.get("/trace/v1/audit").get_json()["result"]
        if each["what"] == "clock confirmed"
    ]
    assert "it is right" in entry["detail"]


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_time_about_a_confirmed_jump_is_answered_with_the_word_that_only_the_order_is_certain(
    quality, administrator, lot, clock, registry, by
):
    registry.watched_clock.machine = lambda: ("boot-1", clock.now - true_time + timedelta(hours=9) - set_by)
    true_time, set_by = clock.now, timedelta(0)
    administrator.post("/trace/v1/parties", json={"code": "ohm", "name": "Ohm"})
    before = clock.now
    clock.now += by
    set_by = by
    jump = administrator.get("/trace/v1/clock").get_json()["jumpS"]
    body = {"jumpS": jump, "reason": "it is right"}
    assert administrator.post("/trace/v1/clock", json=body).status_code == 200
    between = (before + by / 2).isoformat()

    def told(at):
        query = {} if at is None else {"recordedAsOf": at}
        return quality.get(f"/trace/v1/lots/{lot}/where-used", query_string=query).get_json()["headline"]

    def page(at):
        return quality.get(f"/lots/{lot}/where-used", query_string={"recordedAsOf": at}).get_data(
            as_text=True
        )

    said = told(between)["clockConfirmed"]
    assert said["jumpS"] == pytest.approx(by.total_seconds(), abs=1)
    assert said["unsureFrom"] < between < said["unsureTo"]
    assert "the order is certain, not the time" in page(between)
    assert any("the order is certain" in gap for gap in report_of(quality, lot, recordedAsOf=between)["gaps"])
    shell = quality.get("/api/v3/shells").get_json()["result"][0]["id"]
    document = quality.get(f"/trace/v1/documents/shell/{id64(shell)}", query_string={"at": between})
    if by < timedelta(0):  # by the clock of then it was recorded later
        assert "the order is certain" in document.get_json()["messages"][0]["text"]
    else:
        assert document.headers["Clock-Confirmed"] == said["confirmedAt"]
    for sure in (
        (before - timedelta(hours=2)).isoformat(),
        None if by < timedelta(0) else clock().isoformat(),
    ):
        if sure is not None:
            assert told(sure)["clockConfirmed"] is None
            assert "the order is certain" not in page(sure)
    clock.now += timedelta(hours=3)  # it has caught up
    set_by = by
    administrator.post("/trace/v1/parties", json={"code": "volt", "name": "Volt"})
    assert told(None)["clockConfirmed"] is None


ZONES = ("+01:99", "+00:60", "-0075", "+24:00")
NO_TIMES = (
    *("20261129", "2026", "99999999999999", "-62135596800", "0", "2026-03-12T00:00:00Z\0", "2026-W11-4"),
    *(f"2026-03-12T00:00:00{zone}" for zone in ZONES),
)


@pytest.mark.parametrize("name", ["asOf", "recordedAsOf"])
def test_what_is_no_time_of_iso_8601_is_refused_at_every_door(quality, lot, name):
    shell = id64(quality.get("/api/v3/shells").get_json()["result"][0]["id"])
    unit = quality.get("/trace/v1/units?serial=BRD-1").get_json()["result"][0]["id"]
    questions = [(f"/trace/v1/lots/{lot}/where-used", name), (f"/trace/v1/units/{unit}/contents", name)]
    questions += [(f"/trace/v1/units/{unit}", name), (f"/trace/v1/documents/shell/{shell}", "at")]
    body = {"subject": lot, "direction": "where-used"}

    answers = [
        (quality.get(path, query_string={each: text}), each) for path, each in questions for text in NO_TIMES
    ]
    answers += [
        (quality.post("/trace/v1/reports", json={**body, name: said}), name)
        for said in (*NO_TIMES, "2026-03-12T00:00:00 01:00", 20261129, 0, 2.5, True)
    ]

    for answer, each in answers:
        [found] = answer.get_json()["findings"]
        assert (answer.status_code, found["code"], found["path"]) == (400, "REQUEST-INVALID", each)
        assert "2026-03-01T09:00:00+01:00" in found["message"]
    for page in (f"/lots/{lot}", f"/lots/{lot}/where-used", f"/units/{unit}"):
        for text in NO_TIMES:
            assert quality.get(page, query_string={name: text}).status_code == 400, (page, text)
    assert quality.get("/trace/v1/reports").get_json()["result"] == []


def test_an_answer_up_to_a_time_before_names_were_parted_says_so(bolt, quality, lot, clock):
    code, happened = f"{LOT[:-1]}\u00b2", {"happenedAt": "2026-03-01T06:00:00Z"}
    rows = f"lot number;manufacturer;part number;quantity\n{code};{MAKER};{MPN};20\n"
    bolt.post("/trace/v1/spreadsheets", data={"file": (io.BytesIO(rows.encode()), "list.csv")})
    of_it = {"manufacturer": MAKER, "mpn": MPN, "lotCode": code}
    events = [
        {"type": "packageCreated", "id": "px", "package": "PX", "lots": [of_it], **happened},
        {"type": "unitCreated", "id": "ux", "units": ["BX"], **happened},
        {"type": "consumed", "id": "cx", "unit": "BX", "package": "PX", **happened},
    ]
    assert {each["state"] for each in quality.post("/trace/v1/events", json=events).get_json()["result"]} == {
        "accepted"
    }
    path = f"/trace/v1/lots/{lot}/where-used"

    def told(**query):
        head = quality.get(path, query_string={"level": "board", **query}).get_json()["headline"]
        return head["units"]["total"], head["namesParted"]

    known = quality.get(path).get_json()["headline"]["recordedAsOf"]
    before = report_of(quality, lot, asOf=known, recordedAsOf=known)
    assert told() == told(recordedAsOf=known) == (6, None)

    parted = quality.post("/trace/v1/merges/spellings", json={"lot": lot, "spelling": code}).get_json()

    at = parted["partedAt"]
    assert told(recordedAsOf=known) == (5, at)
    assert told() == told(recordedAsOf=at) == (5, None)
    unit = quality.get("/trace/v1/units?serial=BX").get_json()["result"][0]["id"]
    for answer in (f"/trace/v1/units/{unit}", f"/trace/v1/units/{unit}/contents"):
        assert quality.get(answer, query_string={"recordedAsOf": known}).get_json()["namesParted"] == at
        assert quality.get(answer).get_json()["namesParted"] is None
    grouped = quality.get(path, query_string={"groupBy": "line", "recordedAsOf": known})
    assert grouped.get_json()["headline"]["namesParted"] == at
    for page in (f"/lots/{lot}", f"/lots/{lot}/where-used", f"/units/{unit}"):
        assert "Names were parted on" in quality.get(page, query_string={"recordedAsOf": known}).text
        assert "Names were parted on" not in quality.get(page).text
    after = report_of(quality, lot, asOf=known, recordedAsOf=known)
    assert (after["question"], len(after["rows"])) == (before["question"], len(before["rows"]) - 1)
    assert after["gaps"][0].startswith(f"Names were parted on {at.replace('+00:00', 'Z')}; ")
    for report in (before, report_of(quality, lot)):
        assert not any("Names were" in each for each in report["gaps"])
    head = quality.get(path, query_string={"recordedAsOf": known}).get_json()["headline"]
    assert head["namesMerged"] is None  # by no upgrade


def test_an_answer_up_to_a_time_before_an_upgrade_merged_names_says_so(quality, lot, registry, clock):
    path, unit = f"/trace/v1/lots/{lot}/where-used", quality.get("/trace/v1/units?serial=BRD-1").get_json()
    unit = unit["result"][0]["id"]
    known = quality.get(path).get_json()["headline"]["recordedAsOf"]
    fixed = {"asOf": known, "recordedAsOf": known}
    before = report_of(quality, lot, **fixed)
    known_later = quality.get(path).get_json()["headline"]["recordedAsOf"]
    site = Site(registry.settings.site)
    at = registry.clock()
    row = {"site": site, "kind": "lot", "id": 9, "merged_into": 8, "merged_at": at}
    with registry.write(site) as connection:
        connection.execute(insert(name_merge).values(row))  # as an upgrade does: it records nothing

    for query in ({"recordedAsOf": known}, {"recordedAsOf": known_later}, {}):
        answers = [
            quality.get(path, query_string=query).get_json()["headline"],
            quality.get(path, query_string={**query, "groupBy": "line"}).get_json()["headline"],
            quality.get(f"/trace/v1/units/{unit}", query_string=query).get_json(),
            quality.get(f"/trace/v1/units/{unit}/contents", query_string=query).get_json(),
        ]
        assert [(each["namesMerged"], each["namesParted"]) for each in answers] == [
            (at.isoformat(), None)
        ] * 4
        for page in (f"/lots/{lot}", f"/lots/{lot}/where-used", f"/units/{unit}"):
            assert "Names were merged on" in quality.get(page, query_string=query).text
    after = report_of(quality, lot, **fixed)
    assert (after["question"], after["gaps"][1:]) == (before["question"], before["gaps"])
    assert after["gaps"][0].startswith(f"Names were merged on {time_text(at)}; ")
    assert quality.get(path).get_json()["headline"]["namesMerged"] is None  # the report was recorded
