"""Reports on the command line: made, saved, listed, and verified."""

import pytest
from plant_samples import events

from aas_registry.services import access
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.keys import init_keys


@pytest.fixture
def settings(settings, clock):
    init_keys(settings.data_dir, organization="Plant", now=clock())
    return settings


@pytest.fixture
def plant(registry) -> None:
    event_service.ingest(registry, access.local_administrator(registry), events())


def test_a_saved_report_verifies_under_the_registrys_root_only(run, plant, settings, tmp_path) -> None:
    target = tmp_path / "report.zip"
    made = run("report", "make", "where-used", "0042", "--output", target, "--json")
    root = settings.data_dir / "keys" / "root.pem"

    assert made.code == 0, made.out
    verified = run("verify", target, "--root", root, "--json")
    assert (verified.code, verified.json["outcome"]) == (0, "verified")
    assert run("verify", target).code == 7
    listed = run("report", "list", "--json").json
    assert [each["id"] for each in listed] == [made.json["id"]]
    again = tmp_path / "again.zip"
    assert run("report", "save", made.json["id"], "--output", again).code == 0
    assert again.read_bytes() == target.read_bytes()


def test_overwrites_nothing(run, plant, tmp_path) -> None:
    target = tmp_path / "report.zip"
    target.write_text("mine")

    ran = run("report", "make", "contents", "PRD-1", "--output", target)

    assert ran.code == 3
    assert target.read_text() == "mine"


@pytest.mark.parametrize("option", ["--as-of", "--recorded-as-of"])
@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "1899-12-31T23:59:59Z",
        "2026-03-04T10:30:00+01:99",
    ],
)
def test_asks_about_no_time_that_the_api_refuses(run, plant, tmp_path, option, time) -> None:
    target = tmp_path / "report.zip"

    ran = run("report", "make", "where-used", "0042", option, time, "--output", target)

    assert (ran.code, target.exists()) == (2, False)
    assert run("report", "list", "--json").json == []


def test_what_is_not_on_record_has_no_report(run, plant) -> None:
    assert run("report", "make", "where-used", "nothing").code == 4
    assert run("report", "save", "AAAAAAAAAAAAAAAAAAAAAA").code == 4
