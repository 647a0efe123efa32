"""Upgrade, check, backup and restore on the command line."""

import io

import pytest
from aas_samples import environment, lot_aasx, lot_shell

from aas_registry.services import access
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.settings import PREFIX, Settings


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Let the next commands work on another, empty data folder."""

    def move() -> None:
        monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(tmp_path / "elsewhere"))

    return move


@pytest.fixture
def filled(run, tmp_path):
    run("supplier", "add", "bolt", "Bolt Components GmbH")
    (tmp_path / "lot.aasx").write_bytes(lot_aasx())
    assert run("upload", tmp_path / "lot.aasx", "--on-behalf-of", "bolt").code == 0


def test_what_was_backed_up_is_restored_elsewhere(run, filled, elsewhere, tmp_path) -> None:
    made = run("database", "backup", tmp_path / "b.zip", "--json")
    elsewhere()
    restored = run("database", "restore", tmp_path / "b.zip", "--json")

    assert (made.code, restored.code) == (0, 0)
    assert made.json == restored.json
    assert made.json["files"] > 0
    assert run("supplier", "list", "--json").json[0]["code"] == "bolt"
    assert run("database", "check", "--full", "--json").json == {
        "whole": True,
        "files": made.json["files"],
        "findings": [],
    }


def test_a_damaged_backup_is_refused(run, filled, elsewhere, tmp_path) -> None:
    run("database", "backup", tmp_path / "b.zip")
    content = bytearray((tmp_path / "b.zip").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "b.zip").write_bytes(content)
    elsewhere()

    ran = run("database", "restore", tmp_path / "b.zip")

    assert (ran.code, "[BACKUP-INVALID]" in ran.err) == (3, True)


def test_check_fails_with_a_code_of_its_own_where_something_is_wrong(run, filled, settings) -> None:
    for path in (settings.data_dir / "files").rglob("*"):
        if path.is_file():
            path.unlink()

    ran = run("database", "check")

    assert ran.code == 6
    assert "FILE-MISSING" in ran.out
    assert "NOT WHOLE" in ran.out


def test_check_says_that_the_database_is_not_upgraded(run, elsewhere) -> None:
    elsewhere()

    refused = run("database", "check")
    assert (refused.code, "There is no registry in" in refused.err) == (8, True)
    assert run("database", "upgrade", "--json").json["schemaRevision"]
    assert run("database", "check").code == 0


def test_the_projection_is_rebuilt_from_the_events(run) -> None:
    assert run("database", "rebuild-projection", "--json").json == {"events": 0}


def test_what_fell_together_is_listed_and_only_that_is_parted(run) -> None:
    listed = run("database", "merges", "--json")
    refused = run("database", "part", "unknown")

    assert listed.json == []
    assert run("database", "merges").out == "Nothing fell together.\n"
    assert refused.code != 0
    assert "MERGE-NOT-FOUND" in refused.err


def test_a_spelling_that_came_later_is_listed_and_parted(run, registry) -> None:
    assert run("database", "spellings").out == "Every lot is called as it is spelled.\n"
    who = access.local_administrator(registry)
    for code in ("X2", "X²"):
        shell = lot_shell(f"urn:lot:{len(code.encode())}", code=code)
        uploads.take_upload(registry, who, Arrival(io.BytesIO(environment(shell)), "lot.json"))

    (listed,) = run("database", "spellings", "--json").json
    assert "X²" in run("database", "spellings").out
    refused = run("database", "part-spelling", listed["lot"], "X3")
    parted = run("database", "part-spelling", listed["lot"], "X²", "--json")

    assert (listed["code"], listed["spelling"]) == ("X2", "X²")
    assert (refused.code, "SPELLING-NOT-FOUND" in refused.err) == (4, True)
    assert (parted.code, parted.json["mergedInto"]) == (0, listed["lot"])
    assert run("database", "spellings", "--json").json == []
    (merge,) = run("database", "merges", "--json").json
    assert (merge["name"], merge["partedBy"]) == ("X²", who.name)


def test_a_damaged_database_ends_with_exit_code_6_and_no_traceback(run, filled, monkeypatch) -> None:
    file = Settings.from_environment().data_dir / "registry.sqlite3"
    file.write_bytes(b"this is no database " * 1000)

    ran = run("database", "check")

    assert ran.code == 6
    assert "DATABASE-DAMAGED" in ran.out
    assert "Traceback" not in ran.err
    asked = run("supplier", "list")
    assert (asked.code, "DATABASE-DAMAGED" in asked.err, "Traceback" in asked.err) == (6, True, False)


@pytest.mark.parametrize(
    "question",
    [
        ["trace", "where-used", "x"],
        ["report", "list"],
        ["supplier", "list"],
        ["token", "list"],
        ["prefix", "list"],
        ["prefix", "conflicts"],
        ["prefix", "unpin", "urn:"],
    ],
)
def test_a_question_to_an_empty_folder_says_so_and_makes_nothing(run, elsewhere, question) -> None:
    elsewhere()

    ran = run(*question)

    assert ran.code == 8
    assert "NO-REGISTRY" in ran.err
    assert "There is no registry in" in ran.err
    folder = Settings.from_environment().data_dir
    assert not folder.exists() or not list(folder.iterdir())


def test_a_restore_says_what_it_did(run, filled, elsewhere, tmp_path) -> None:
    run("database", "backup", tmp_path / "b.zip")
    elsewhere()

    told = run("database", "restore", tmp_path / "b.zip").out

    assert "Restored" in told
    assert "rows" in told
    assert str(tmp_path / "b.zip") in told
    assert "keys were not restored" in told
    assert "database check" in told
