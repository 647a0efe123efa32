"""A disk that is really full, or read-only: told with its own code, nothing half kept, and over when it is over."""

import io
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from small_disk import fill_up, may_make_a_namespace, may_mount, run_in_a_namespace, small_disk

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, StorageFullError, UnavailableError
from aas_registry.domain.principals import Role
from aas_registry.services import access, database
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.services.troubles import Troubles
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.web.app import create_app

pytestmark = pytest.mark.check
DISK_BYTES = 6 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", disk_bytes=DISK_BYTES) as mounted:
        yield mounted


@pytest.fixture
def registry(disk: Path) -> Iterator[Registry]:
    opened = open_registry(Settings(data_dir=disk / "data"))
    yield opened
    opened.close()


@pytest.fixture
def app(registry: Registry) -> Flask:
    return create_app(registry)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Push none, as pytest-flask would."""


@pytest.fixture
def headers(registry: Registry) -> dict[str, str]:
    made = access.issue_token(
        registry, access.local_administrator(registry), name="t", role=Role.ADMINISTRATOR
    )
    return {"Authorization": f"Bearer {made.text}"}


def code_of(answer) -> str:
    return answer.get_json()["messages"][0]["code"]


def test_a_form_that_the_disk_cannot_hold_is_507_and_over_when_there_is_room(
    app: Flask, registry: Registry, disk: Path, headers, caplog
) -> None:
    client = app.test_client()
    ballast = fill_up(disk, but=256 * 1024)
    form = {"file": (io.BytesIO(os.urandom(2 * 1024 * 1024)), "lot.aasx")}

    answer = client.post("/trace/v1/uploads", data=form, headers=headers)
    ready = client.get("/ready")

    assert (answer.status_code, code_of(answer)) == (507, "STORAGE-FULL")
    assert (ready.status_code, code_of(ready)) == (503, "STORAGE-FULL")
    assert any("STORAGE-FULL" in each.getMessage() and each.exc_info for each in caplog.records)
    ballast.unlink()
    object.__setattr__(registry, "troubles", Troubles())  # a minute later
    assert client.get("/ready").status_code == 200
    assert client.get("/trace/v1/uploads", headers=headers).get_json()["result"] == []


def test_events_that_the_database_cannot_hold_are_507_and_none_is_half_kept(
    app: Flask, registry: Registry, disk: Path, headers
) -> None:
    client = app.test_client()
    ballast = fill_up(disk, but=64 * 1024)
    events = [
        {"type": "unitCreated", "id": f"e-{number}", "happenedAt": "2026-03-01T09:00:00Z", "kind": "board",
         "units": [f"B-{number}"]}
        for number in range(2000)
    ]  # fmt: skip

    answer = client.post("/trace/v1/events", json=events, headers=headers)

    assert (answer.status_code, code_of(answer)) == (507, "STORAGE-FULL")
    assert client.get("/ready").status_code == 503
    ballast.unlink()
    assert client.get("/trace/v1/events", headers=headers).get_json()["result"] == []
    assert client.post("/trace/v1/events", json=events[:10], headers=headers).status_code == 200


def test_ready_is_503_while_nothing_can_be_written_though_nobody_tried(app: Flask, disk: Path) -> None:
    client = app.test_client()
    assert client.get("/ready").status_code == 200

    ballast = fill_up(disk)

    assert client.get("/ready").status_code == 503
    ballast.unlink()
    assert client.get("/ready").status_code == 200


def test_a_read_only_data_folder_is_one_clear_line_at_the_start(disk: Path) -> None:
    open_registry(Settings(data_dir=disk / "data")).close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    with pytest.raises((ConfigurationError, UnavailableError)) as refused:
        open_registry(Settings(data_dir=disk / "data"))

    assert refused.value.code in {Code.DATA_FOLDER_UNUSABLE, Code.UNAVAILABLE}
    assert "\n" not in str(refused.value)


def test_a_database_that_is_damaged_under_a_running_server_answers_503_from_then_on(
    app: Flask, registry: Registry, headers
) -> None:
    client = app.test_client()
    client.post("/trace/v1/parties", json={"code": "bolt", "name": "Bolt"}, headers=headers)
    registry.engine.dispose()
    file = registry.settings.data_dir / "registry.sqlite3"
    content = bytearray(file.read_bytes())
    page = int.from_bytes(content[16:18])
    content[page:] = bytes(each ^ 0x5A for each in content[page:])
    file.write_bytes(content)

    answer = client.get("/trace/v1/uploads", headers=headers)

    assert (answer.status_code, code_of(answer)) == (503, "DATABASE-DAMAGED")
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200


def test_an_upgrade_that_the_disk_cannot_hold_says_so_and_goes_on_when_there_is_room(disk: Path) -> None:
    settings = Settings(data_dir=disk / "data")
    engine = open_database(settings)
    migration.upgrade(engine, "0011")
    engine.dispose()
    ballast = fill_up(disk, but=64 * 1024)

    with pytest.raises(StorageFullError):
        database.upgrade(settings)

    ballast.unlink()
    database.upgrade(settings)
    assert database.check(settings).is_whole


def test_a_backup_that_the_disk_cannot_hold_says_so_and_leaves_nothing(disk: Path, tmp_path: Path) -> None:
    registry = open_registry(Settings(data_dir=tmp_path / "elsewhere"))
    fill_up(disk)

    with pytest.raises(StorageFullError, match=r"backup\.zip"):
        database.backup(registry, access.local_administrator(registry), disk / "backup.zip")

    registry.close()
    assert [each.name for each in disk.iterdir()] == ["ballast"]


def test_where_nothing_may_be_mounted_these_tests_run_in_a_namespace_of_their_own(tmp_path: Path) -> None:
    if may_mount(tmp_path):
        return  # they ran here
    if not may_make_a_namespace():
        if os.environ.get("CI"):
            pytest.fail("CI is set, and no disk can be mounted here, nor in a namespace of users")
        pytest.skip("no disk can be mounted here, nor in a namespace of users")

    ran = run_in_a_namespace("tests/fault/test_full_disk.py", "tests/fault/test_full_disk_routes.py")

    assert ran.returncode == 0, ran.stdout
    assert "skipped" not in ran.stdout
