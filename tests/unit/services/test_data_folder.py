"""The data folder is its user's alone, or the server says so and does not start."""

import logging
import os
import shlex
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, UnavailableError
from aas_registry.services.data_folder import make_private, require_private
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

NOBODY = 65534


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let nothing but what the code says itself close a file to others."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """Return what below a folder, and the folder itself, others may do something with."""
    return [str(path) for path in (folder, *folder.rglob("*")) if mode_of(path) & 0o077]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o720, 0o777])
def test_refuses_a_folder_that_others_may_enter_until_the_command_it_names_has_run(tmp_path, mode) -> None:
    settings = Settings(data_dir=tmp_path / "it's data")
    settings.data_dir.mkdir()
    settings.data_dir.chmod(mode)

    with pytest.raises(ConfigurationError) as refused:
        require_private(settings)

    assert refused.value.code is Code.DATA_DIR_OPEN
    assert list(settings.data_dir.iterdir()) == []

    _, _, rest = str(refused.value).partition("Run `")
    subprocess.run(shlex.split(rest.partition("`")[0]), check=True)
    require_private(settings)


def test_the_setting_lets_it_serve_from_such_a_folder(tmp_path) -> None:
    tmp_path.chmod(0o755)

    require_private(Settings(data_dir=tmp_path, shared_data_dir=True))

    assert mode_of(tmp_path) == 0o755


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_refuses_a_folder_of_another_user(tmp_path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.data_dir.mkdir(mode=0o700)
    os.chown(settings.data_dir, NOBODY, NOBODY)

    with pytest.raises(ConfigurationError) as refused:
        require_private(settings)

    assert refused.value.code is Code.DATA_DIR_OPEN
    assert str(NOBODY) in str(refused.value)
    require_private(settings.model_copy(update={"shared_data_dir": True}))


def test_a_folder_that_cannot_be_made_is_told(tmp_path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UnavailableError, match="cannot be used"):
        require_private(Settings(data_dir=tmp_path / "file" / "data"))


def test_whatever_a_registry_makes_is_its_users_alone(tmp_path, clock, open_umask) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    registry = open_registry(settings, clock=clock)
    registry.files.put(b"content")
    registry.partial_files.create("partial")
    _ = registry.cookie_secret
    init_keys(settings.data_dir, organization="Plant", now=clock())

    with registry.read():  # WAL and SHM are there while the database is open
        names = {path.name for path in settings.data_dir.iterdir()}
        assert open_to_others(settings.data_dir) == []
    registry.close()

    database = {"registry.sqlite3", "registry.sqlite3-wal", "registry.sqlite3-shm"}
    assert names == {*database, "files", "partial", "keys", "session.secret"}


def test_closes_what_an_earlier_program_left_open_and_nothing_else(
    tmp_path, clock, open_umask, caplog
) -> None:
    folder = tmp_path / "data"
    registry = open_registry(Settings(data_dir=folder), clock=clock)
    registry.files.put(b"content")
    registry.partial_files.create("partial")
    registry.close()
    init_keys(folder, organization="Plant", now=clock())
    (folder / "keys" / "linked").symlink_to(tmp_path / "foreign")
    (tmp_path / "foreign").touch()
    (folder / "my notes").touch()
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "keys").chmod(0o700)
    caplog.set_level(logging.WARNING, "aas_registry")
    folder.chmod(0o700)

    require_private(Settings(data_dir=folder))

    assert open_to_others(folder) == [str(folder / "my notes"), str(folder / "keys" / "linked")]
    assert "that others could read" in caplog.text
    assert mode_of(tmp_path / "foreign") == 0o666
    caplog.clear()
    require_private(Settings(data_dir=folder))
    assert caplog.text == ""


def test_closes_a_folder_that_is_a_registrys_or_new(tmp_path, clock, open_umask) -> None:
    new, empty, old = (tmp_path / name for name in ("new", "empty", "old"))
    empty.mkdir()
    open_registry(Settings(data_dir=old), clock=clock).close()
    old.chmod(0o755)

    for folder in (new, empty, old):
        make_private(Settings(data_dir=folder))

        assert mode_of(folder) == 0o700


def test_closes_no_folder_of_other_things(tmp_path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    (home / "letter.txt").touch()

    with pytest.raises(ConfigurationError):
        make_private(Settings(data_dir=home))

    assert mode_of(home) == 0o755
