"""Verification on the command line: offline, with one exit code per outcome."""

import pytest
from plant_samples import events

from aas_registry.domain.paging import PageRequest
from aas_registry.domain.reports import Direction
from aas_registry.services import access
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.genealogy import lots
from aas_registry.services.genealogy.lots import LotFilter
from aas_registry.services.keys import init_keys
from aas_registry.services.reports import reports


@pytest.fixture
def settings(settings, clock):
    init_keys(settings.data_dir, organization="Plant", now=clock())
    return settings


@pytest.fixture
def bundle(registry, tmp_path):
    administrator = access.local_administrator(registry)
    event_service.ingest(registry, administrator, events())
    (lot,) = lots.list_lots(registry, administrator, LotFilter(code="0042"), PageRequest(2))
    made = reports.make_report(registry, administrator, direction=Direction.WHERE_USED, subject=lot.id)
    _, stream = reports.open_bundle(registry, administrator, made.id)
    with stream:
        (tmp_path / "report.zip").write_bytes(stream.read())
    return tmp_path / "report.zip"


@pytest.fixture
def root(settings):
    return settings.data_dir / "keys" / "root.pem"


@pytest.fixture
def moment(clock) -> str:
    return clock().isoformat()


def test_passes_under_the_pinned_root_and_says_what_it_did_not_check(run, bundle, root, moment) -> None:
    ran = run("verify", bundle, "--root", root, "--at", moment)

    assert ran.code == 0
    assert "VERIFIED" in ran.out
    assert "Not checked:" in ran.out


def test_is_undecided_without_a_root(run, bundle, moment) -> None:
    ran = run("verify", bundle, "--at", moment, "--json")

    assert (ran.code, ran.json["outcome"]) == (7, "unknown")


def test_names_the_file_that_was_changed(run, bundle, root, moment) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"report.json") + 60] ^= 1
    bundle.write_bytes(content)

    ran = run("verify", bundle, "--root", root, "--at", moment, "--json")

    assert (ran.code, ran.json["outcome"]) == (6, "failed")
    assert [check for check in ran.json["checks"] if check["status"] == "failed"]


def test_refuses_a_root_that_is_no_certificate(run, bundle, tmp_path) -> None:
    (tmp_path / "root.pem").write_text("nonsense")

    ran = run("verify", bundle, "--root", tmp_path / "root.pem")

    assert (ran.code, "[ANCHOR-INVALID]" in ran.err) == (3, True)


def test_works_where_no_registry_is_configured(run, bundle, root, moment, monkeypatch) -> None:
    monkeypatch.setenv("AAS_REGISTRY_DATABASE_URL", "postgresql://nobody@192.0.2.1/nothing")
    monkeypatch.setenv("AAS_REGISTRY_NO_SETTING", "x")

    assert run("verify", bundle, "--root", root, "--at", moment).code == 0
