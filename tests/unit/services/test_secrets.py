"""The registry's own secrets: names stay what they were, and nothing that is backed up lets anybody in."""

import io
import os
import stat
import zipfile
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import orjson
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, InvalidRequestError, UnavailableError
from aas_registry.domain.identifiers import Site
from aas_registry.services import access, database, example_lists
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.services.secrets import session_root
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.storage.database import begin_write
from aas_registry.storage.secrets import add_secret, find_secrets
from aas_registry.storage.tables.documents import document
from aas_registry.storage.tables.system import secret
from aas_registry.trust.cursors import Cursors
from aas_registry.trust.derived_keys import KeyUse, derive_key
from aas_registry.web.app import create_app

OLD_SECRET = bytes(range(32))
SETTING = "k" * 40


@dataclass(frozen=True)
class Names:
    """What the program before the secrets were split called lot 7, and the first shell of the example list."""

    lot: str
    shell: str


# By commit 25a33eb, with the secret above in its database, and with the setting above.
OLD_NAMES = {
    "": Names("DgstUOvLMNGzuHmH6VQcWw", "urn:uuid:15344d83-0d27-8df1-8361-6d8b79531991"),
    SETTING: Names("9zN4pZm_jXntLsogTQANxA", "urn:uuid:291eade5-64e7-860a-813c-0f8523621e12"),
}


@pytest.fixture
def old_settings(settings: Settings, clock) -> Settings:
    """Settings of a database as the program before left it, upgraded."""
    engine = open_database(settings)
    migration.downgrade(engine, "0016")
    with begin_write(engine, Site("")) as connection:
        add_secret(connection, "shared", OLD_SECRET, now=clock())
    migration.upgrade(engine)
    engine.dispose()
    return settings


def names_of(registry: Registry) -> Names:
    administrator = access.local_administrator(registry)
    content = io.BytesIO(example_lists.example_list())
    uploads.take_upload(registry, administrator, Arrival(content, "lots.xlsx"))
    lot = registry.opaque_ids.encode("lot", "plant-1", 7)
    with registry.read() as connection:
        return Names(lot, min(connection.execute(select(document.c.identifier)).scalars()))


def secrets_in(backup: Path) -> list[bytes]:
    """Return every secret that a backup holds."""
    with zipfile.ZipFile(backup) as archive:
        column = orjson.loads(archive.read("MANIFEST.json"))["tables"]["secret"]["columns"].index("value")
        rows = archive.read("tables/secret.ndjson").splitlines()
    return [b64decode(orjson.loads(row)[column]) for row in rows]


@pytest.mark.parametrize("secret_key", ["", SETTING])
def test_a_database_of_the_program_before_keeps_its_names(old_settings, clock, secret_key) -> None:
    registry = open_registry(old_settings.model_copy(update={"secret_key": secret_key}), clock=clock)

    assert names_of(registry) == OLD_NAMES[secret_key]
    registry.close()


def test_the_setting_changes_no_name_once_they_are_kept(old_settings, clock) -> None:
    for secret_key in (SETTING, "another" * 6, ""):
        registry = open_registry(old_settings.model_copy(update={"secret_key": secret_key}), clock=clock)
        assert registry.opaque_ids.encode("lot", "plant-1", 7) == OLD_NAMES[SETTING].lot
        registry.close()


@pytest.fixture
def set_settings(settings: Settings, clock) -> Settings:
    """Settings of a database of the program before, which always had the setting: it kept no secret of its own."""
    registry = open_registry(settings.model_copy(update={"secret_key": SETTING}), clock=clock)
    names_of(registry)
    with registry.write(Site("plant-1")) as connection:
        connection.execute(secret.delete())
    registry.close()
    return settings


def open_with(settings: Settings, secret_key: str, clock) -> Registry:
    return open_registry(settings.model_copy(update={"secret_key": secret_key}), clock=clock)


def test_without_the_setting_that_made_its_names_a_database_is_not_opened(set_settings, clock) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_with(set_settings, "", clock)

    assert refused.value.code is Code.SECRET_KEY_NEEDED
    registry = open_with(set_settings, SETTING, clock)
    assert registry.opaque_ids.encode("lot", "plant-1", 7) == OLD_NAMES[SETTING].lot
    registry.close()
    open_with(set_settings, "", clock).close()  # they are kept now


def test_another_setting_than_the_one_that_made_its_names_is_refused(set_settings, clock) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_with(set_settings, "another" * 6, clock)

    assert refused.value.code is Code.SECRET_KEY_NEEDED
    open_with(set_settings, SETTING, clock).close()


def test_a_setting_that_came_later_and_made_nothing_yet_is_not_taken_for_the_names(
    old_settings, clock
) -> None:
    registry = open_with(old_settings, "", clock)
    names_of(registry)
    with registry.write(Site("plant-1")) as connection:
        connection.execute(secret.delete().where(secret.c.name != "identifiers"))
    registry.close()

    registry = open_with(old_settings, SETTING, clock)

    assert registry.opaque_ids.encode("lot", "plant-1", 7) == OLD_NAMES[""].lot
    registry.close()


def test_names_are_the_same_where_a_backup_is_restored(registry, clock, tmp_path) -> None:
    target = tmp_path / "backup.zip"
    database.backup(registry, access.local_administrator(registry), target)

    other = Settings(data_dir=tmp_path / "elsewhere")
    database.restore(other, target)
    restored = open_registry(other, clock=clock)

    assert restored.naming_keys == registry.naming_keys
    lot = registry.opaque_ids.encode("lot", "plant-1", 7)
    assert restored.opaque_ids.decode("lot", "plant-1", lot) == 7
    restored.close()


def session_of(app: Flask, cookie: str) -> dict[str, object]:
    """Return the session that the application reads out of a cookie; empty where it does not believe it."""
    headers = {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}"}
    with app.test_request_context("/", headers=headers) as context:
        return dict(context.session)


def forged(key: bytes) -> str:
    """Return a session cookie as somebody makes it who holds ``key``."""
    forger = Flask("forger")
    forger.secret_key = key
    signer = SecureCookieSessionInterface().get_signing_serializer(forger)
    assert signer is not None
    return str(signer.dumps({"_user_id": "administrator"}))


def test_a_backup_without_keys_holds_nothing_that_forges_a_session_or_a_cursor(
    old_settings, clock, tmp_path
) -> None:
    init_keys(old_settings.data_dir, organization="Plant", now=clock())
    registry = open_registry(old_settings, clock=clock)
    app = create_app(registry)
    assert session_of(app, forged(registry.cookie_secret))  # the way of forging is right

    database.backup(registry, access.local_administrator(registry), tmp_path / "b.zip")
    held = secrets_in(tmp_path / "b.zip")
    content = (tmp_path / "b.zip").read_bytes()
    candidates = [OLD_SECRET, *held, *(derive_key(each, use) for each in held for use in KeyUse)]

    assert OLD_SECRET in held
    assert [each for each in candidates if session_of(app, forged(each))] == []
    for each in candidates:
        with pytest.raises(InvalidRequestError):
            registry.cursors.open(Cursors(each).seal(("a", 1), context="lots"), context="lots")
    root = session_root(old_settings.data_dir, "")
    for lets_in in (root, registry.cookie_secret):
        for written in (lets_in, lets_in.hex().encode()):
            assert written not in content
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert [
            name for name in archive.namelist() if "session.secret" in name or name.startswith("keys/")
        ] == []
    registry.close()


def test_not_even_a_backup_with_keys_carries_sessions_over(registry, clock, tmp_path) -> None:
    init_keys(registry.settings.data_dir, organization="Plant", now=clock())
    target = tmp_path / "backup.zip"
    database.backup(registry, access.local_administrator(registry), target, with_keys=True)

    other = Settings(data_dir=tmp_path / "elsewhere")
    database.restore(other, target, with_keys=True)
    restored = open_registry(other, clock=clock)

    assert restored.cookie_secret != registry.cookie_secret
    restored.close()


def test_workers_share_the_session_root_and_no_two_uses_have_one_key(
    registry, make_registry: Callable[..., Registry]
) -> None:
    assert make_registry().cookie_secret == registry.cookie_secret
    chosen = make_registry(secret_key=SETTING)
    assert chosen.cookie_secret == derive_key(SETTING.encode(), KeyUse.COOKIES)
    assert len({chosen.cookie_secret, registry.cookie_secret, SETTING.encode()}) == 3
    cursor = registry.cursors.seal(("a", 1), context="lots")
    assert make_registry().cursors.open(cursor, context="lots") == ("a", 1)
    for key in (registry.cookie_secret, *registry_secrets(registry)):
        with pytest.raises(InvalidRequestError):
            Cursors(key).open(cursor, context="lots")


def registry_secrets(registry: Registry) -> list[bytes]:
    with registry.read() as connection:
        return list(find_secrets(connection).values())


def test_workers_that_start_at_once_make_one_root_for_its_owner_only(tmp_path) -> None:
    at_once = Barrier(8)

    def start(_: int) -> bytes:
        at_once.wait()
        return session_root(tmp_path, "")

    before = os.umask(0)
    try:
        with ThreadPoolExecutor(8) as threads:
            made = set(threads.map(start, range(8)))
    finally:
        os.umask(before)

    assert len(made) == 1
    (left,) = tmp_path.iterdir()
    assert stat.S_IMODE(left.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "no digits", "ab" * 31])
def test_a_file_without_a_whole_secret_is_told_and_not_replaced(tmp_path, content) -> None:
    path = tmp_path / "session.secret"
    path.write_text(content)

    with pytest.raises(ConfigurationError) as refused:
        session_root(tmp_path, "")

    assert refused.value.code is Code.SESSION_SECRET_UNREADABLE
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path) -> None:
    with pytest.raises(UnavailableError, match=r"session\.secret cannot be written"):
        session_root(tmp_path / "not there", "")


def test_a_command_makes_no_session_secret(registry) -> None:
    # One that another user runs would make it so that the server cannot read it.
    assert not (registry.settings.data_dir / "session.secret").exists()
