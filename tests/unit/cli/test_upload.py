"""Uploads on the command line, straight into the registry."""

import pytest
from aas_samples import environment, lot_aasx, submodel

from aas_registry.services.example import example_package


@pytest.fixture
def lot(tmp_path, run):
    run("supplier", "add", "bolt", "Bolt Components GmbH")
    path = tmp_path / "lot.aasx"
    path.write_bytes(lot_aasx())
    return path


def test_takes_a_package_for_a_party_and_knows_it_again(run, lot) -> None:
    first = run("upload", lot, "--on-behalf-of", "bolt", "--json")
    second = run("upload", lot, "--on-behalf-of", "bolt", "--json")

    assert (first.code, second.code) == (0, 0)
    (taken,), (known,) = first.json["uploads"], second.json["uploads"]
    assert (taken["isNew"], known["isNew"]) == (True, False)
    assert (taken["party"], taken["lots"][0]["code"]) == ("bolt", "0042")
    assert known["id"] == taken["id"]
    assert "unchanged" in run("upload", lot, "--on-behalf-of", "bolt").out
    assert run("trace", "where-used", taken["lots"][0]["id"]).code == 0


def test_a_certificate_that_needs_review_stands_with_the_result(run, tmp_path) -> None:
    path = tmp_path / "example.aasx"
    path.write_bytes(example_package())

    assert "taken, 1 needs review" in " ".join(run("upload", path).out.split())


def test_a_dry_run_keeps_nothing(run, lot) -> None:
    ran = run("upload", lot, "--dry-run", "--json")

    assert ran.code == 0
    assert ran.json["uploads"][0]["id"] is None
    assert "would be taken" in run("upload", lot, "--dry-run").out
    assert run("trace", "where-used", "0042").code == 4


def test_a_refused_file_does_not_stop_the_others_and_is_told_apart(run, lot, tmp_path) -> None:
    (tmp_path / "broken.aasx").write_bytes(b"no package")
    (tmp_path / "s.json").write_bytes(environment(submodel("urn:x:1")))

    ran = run("upload", tmp_path / "broken.aasx", lot, tmp_path / "s.json", "--json")

    broken, taken, other = ran.json["uploads"]
    assert ran.code == broken["error"]["exitCode"] == 3
    assert broken["error"]["code"] == "UPLOAD-TYPE-UNKNOWN"
    assert taken["isNew"]
    assert other["submodels"][0]["id"] == "urn:x:1"
    assert run("trace", "where-used", "0042").code == 0


def test_a_person_sees_what_was_taken_and_every_finding_in_a_table(run, lot, tmp_path) -> None:
    (tmp_path / "bad.json").write_bytes(environment({**submodel("urn:x:1"), "idShort": "9 not an idShort"}))

    ran = run("upload", lot, tmp_path / "bad.json")

    assert "1 shells" in ran.out
    assert "1 lots" in ran.out
    assert "AAS-CONSTRAINT" in ran.out
    assert "bad.json" in ran.out


def test_an_unknown_party_stops_everything(run, lot) -> None:
    ran = run("upload", lot, "--on-behalf-of", "nobody")

    assert (ran.code, "[PARTY-UNKNOWN]" in ran.err) == (4, True)


def test_a_file_that_is_not_there_is_a_wrong_command_line(run, tmp_path) -> None:
    assert run("upload", tmp_path / "absent.aasx").code == 2
