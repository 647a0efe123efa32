"""The seeded plant, asked over HTTP: its stories show, and a second seeding adds nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from page_visitor import visit, words_of
from sqlalchemy import func, select

from aas_registry.demo.event_stream import events_by_day
from aas_registry.demo.folder import DemoFolder
from aas_registry.demo.planning import SEED, plan_plant
from aas_registry.demo.plant import Paper
from aas_registry.demo.scale import FULL, SMALL, Scale
from aas_registry.demo.seeding import seed_plant
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.demo_visit import read_visit
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.storage.tables import metadata
from aas_registry.web.app import create_app

Seed = Callable[..., object]


@pytest.fixture
def keys(settings: Settings, clock) -> None:
    init_keys(settings.data_dir, organization="Demo plant", now=clock())


@pytest.fixture
def registry(keys, make_registry) -> Registry:
    """A registry that has its keys when it is opened."""
    return make_registry()


@pytest.fixture
def seed(keys, settings: Settings, clock) -> Seed:
    """Seed the small plant; ``stop_at`` interrupts it when so much of a stage is done."""

    def run(*, stop_at: tuple[str, int] | None = None):
        def hear(stage: str, done: int, _total: int) -> None:
            if stop_at is not None and stage.startswith(stop_at[0]) and done == stop_at[1]:
                raise InterruptedError

        return seed_plant(settings, small=True, on_progress=hear, clock=clock)

    return run


def row_counts(registry: Registry) -> dict[str, int]:
    with registry.read() as connection:
        tables = [table for table in metadata.sorted_tables if table.name != "id_block"]
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }


def the_lot(asker, code: str) -> str:
    (found,) = asker.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
    return found["id"]


def states_of(asker, code: str) -> list[tuple[str, str, str]]:
    query = {"lot": the_lot(asker, code)}
    found = asker.get("/trace/v1/certificates", query_string=query).get_json()["result"]
    return [(each["state"], each["authentic"], each["matches"]) for each in found]


def test_answers_both_ways_and_shows_what_is_wrong_with_papers(seed, asker) -> None:
    plant = plan_plant(SMALL)
    seed()
    quality = asker("quality")
    cracked = plant.cracked
    back = {each.product for each in plant.returns}

    lot = the_lot(quality, cracked.code)
    used = quality.get(f"/trace/v1/lots/{lot}/where-used", query_string={"level": "product"}).get_json()
    product = used["result"][0]
    contents = quality.get(
        f"/trace/v1/units/{product['id']}/contents", query_string={"limit": 1000}
    ).get_json()

    assert used["headline"]["units"]["total"] == len(used["result"]) > 0
    came_back = back & {each["serial"] for each in used["result"]}
    page = words_of(quality.get(f"/lots/{lot}", headers={"Accept": "text/html"}))
    told = page.split("Where it is now")[1]
    assert came_back
    assert all(f"{serial} {serial.rpartition('-')[0]}" in told for serial in came_back)
    assert told.count("in the plant") == len(came_back)
    assert lot in {each["lot"]["id"] for each in contents["result"] if each["lot"]}
    papers = {each.paper: each.code for each in plant.lots}
    assert states_of(quality, papers[Paper.SIGNED]) == [("countersigned", "passed", "passed")]
    assert states_of(quality, papers[Paper.ALTERED]) == [("rejected", "failed", "passed")]
    assert states_of(quality, papers[Paper.OTHER_LOT]) == [("rejected", "passed", "failed")]


def test_a_splice_shows_its_zone(seed, asker) -> None:
    plant = plan_plant(SMALL)
    seed()
    quality = asker("quality")
    (splice,) = plant.splices
    (run,) = (run for order in plant.orders for run in order.runs if run.id == splice.run)
    old, new = splice.before.of_lot.code, splice.after.of_lot.code

    def held(number: int) -> dict[str, str]:
        found = quality.get("/trace/v1/units", query_string={"serial": run.units[number - 1]})
        address = f"/trace/v1/units/{found.get_json()['result'][0]['id']}/contents"
        rows = quality.get(address, query_string={"limit": 1000}).get_json()["result"]
        return {row["lot"]["code"]: row["certainty"] for row in rows if row["package"] == splice.before.label}

    assert held(splice.first - 1) == {old: "exact"}
    assert held(splice.first) == held(splice.last) == {old: "possible", new: "possible"}
    assert held(splice.last + 1) == {new: "exact"}
    for code, place in ((old, "before the splice exact"), (new, "after the zone exact")):
        page = words_of(quality.get(f"/lots/{the_lot(quality, code)}", headers={"Accept": "text/html"}))
        assert f"{splice.before.label} {place}" in page
        assert f"{splice.before.label} within the zone possible" in page


def test_the_visitor_uploads_a_lot_and_a_list_with_the_token_that_was_told(seed, app) -> None:
    seeded = seed()
    client = app.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {seeded.token}"}

    with seeded.to_upload.open("rb") as stream:
        answer = client.post(
            "/trace/v1/uploads", data={"file": (stream, seeded.to_upload.name)}, headers=headers
        )

    assert answer.status_code == 201
    assert [each["state"] for each in answer.get_json()["certificates"]] == ["countersigned"]
    with seeded.with_errors.open("rb") as stream:
        refused = client.post(
            "/trace/v1/uploads", data={"file": (stream, seeded.with_errors.name)}, headers=headers
        )
    assert refused.status_code == 400
    assert len({each["code"] for each in refused.get_json()["findings"]}) == 5
    assert seeded.report.is_file()
    assert {login.role for login in seeded.logins} == {role.value for role in Role}


@pytest.mark.parametrize(
    "stop_at", [("lots", 3), pytest.param(("days", 7), marks=pytest.mark.check)], ids=str
)
def test_an_interrupted_seeding_is_finished_without_duplicates(seed, registry, stop_at) -> None:
    with pytest.raises(InterruptedError):
        seed(stop_at=stop_at)
    seed()
    once_resumed = row_counts(registry)

    seed()

    assert row_counts(registry) == once_resumed
    assert once_resumed["submission"] == len(plan_plant(SMALL).lots)
    assert once_resumed["event"] == sum(1 for _ in _events(SMALL))


def test_refuses_to_mix_two_plants(seed, settings) -> None:
    DemoFolder.of(settings.data_dir).write(
        "seeded.json", {"scale": FULL.name, "seed": SEED, "complete": True}
    )

    with pytest.raises(ConflictError, match="another demo plant"):
        seed()


@pytest.mark.night
def test_a_killed_demo_goes_on_to_the_whole_plant(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aas_registry", "demo", "--seed-only", "--data-dir", str(tmp_path)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AAS_REGISTRY_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as first:
        assert first.stdout is not None
        assert any(" 40 %" in line for line in first.stdout)
        first.send_signal(signal.SIGKILL)

    again = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert again.returncode == 0, again.stderr
    registry = open_registry(Settings(data_dir=tmp_path))
    counts = row_counts(registry)
    registry.close()
    deliveries = sum(len(lot.deliveries) for lot in plan_plant(FULL).lots)
    assert (counts["lot"], counts["submission"], counts["unit"]) == (320, deliveries, 30_000)
    assert counts["event"] == sum(1 for _ in _events(FULL))


def _events(scale: Scale):
    return (event for _, events in events_by_day(plan_plant(scale)) for event in events)


def test_the_pages_tell_how_far_the_plant_is_who_may_log_in_and_what_to_look_for(
    seed, keys, make_registry
) -> None:
    running = make_registry(demo=True)
    app = create_app(running)
    client = app.test_client()
    with pytest.raises(InterruptedError):
        seed(stop_at=("days", 1))

    filling = client.get("/login").text
    assert "demo-quality" in filling
    assert "data-filling" in filling
    assert 0 < client.get("/demo/progress").get_json()["percent"] < 100
    seed()

    assert client.get("/demo/progress").get_json() == {"percent": 100}
    access.reset_password(
        running, access.local_administrator(running), name="quality", password="a secret of mine"
    )
    page = client.get("/login").text
    assert ("demo-quality" in page, "changed since" in page, "demo-auditor" in page) == (False, True, True)
    assert [each.password for each in seed().logins if each.name == "quality"] == [None]
    assert "data-filling" not in client.get("/login").text
    start = visit(app, running, "quality").get("/search").text
    for story in read_visit(running).stories:
        assert f"q={story.identifier}" in start


def test_a_label_that_was_printed_again_is_listed_and_counted(seed, asker) -> None:
    again = plan_plant(SMALL).reprint
    seed()
    quality = asker("quality")

    (found,) = quality.get("/trace/v1/anomalies").get_json()["result"]
    page = words_of(quality.get("/anomalies", headers={"Accept": "text/html"}))
    lots = [the_lot(quality, each.code) for each in (again.package.of_lot, again.lot)]
    answers = [quality.get(f"/trace/v1/lots/{each}/where-used").get_json()["headline"] for each in lots]

    first = f"package-{again.package.label}"
    assert (found["kind"], found["state"]) == ("labelReused", "open")
    assert [each["id"] for each in found["events"]] == [first, f"{first}-again"]
    assert f"{first}-again" in page
    assert [each["anomalies"] for each in answers] == [{"labelReused": 1}, {"labelReused": 1}]
