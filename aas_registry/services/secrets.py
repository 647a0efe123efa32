"""The registry's own secrets, each where it belongs.

What *names* (opaque ids, the shells of listed lots) lives and dies with the rows that are named:
its keys lie in the database and in every backup, and make nothing else. What *lets in* (cookies,
forms; cursors beside them) is made from the session root: a file beside the keys, in no
database and no backup, or the setting ``secret_key``.
"""

import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from aas_registry.domain.codes import Code
from aas_registry.domain.disk import failure_of
from aas_registry.domain.errors import ConfigurationError, NotFoundError
from aas_registry.domain.identifiers import Site
from aas_registry.storage.access import newest_audited
from aas_registry.storage.clock import WatchedClock, begin_recording, recording_time
from aas_registry.storage.database import Connection, Engine, begin_read, begin_write
from aas_registry.storage.files import sync_folder
from aas_registry.storage.integrity import is_blank
from aas_registry.storage.secrets import add_secret, find_secrets
from aas_registry.trust.cursors import Cursors
from aas_registry.trust.derived_keys import KeyUse, derive_key
from aas_registry.trust.opaque_ids import OpaqueIds, opaque_id_key

SESSION_SECRET = "session.secret"  # noqa: S105 - the name of a file

_ROOT_BYTES = 32
_ROOT, _OPAQUE_IDS, _LISTED_SHELLS = "identifiers", "opaque-ids", "listed-shells"
_ISSUED = {"report made": "report", "token issued": "token", "upload taken": "upload"}  # nouns of opaque ids
_LISTED_SHELLS_LABEL = b"aas-registry spreadsheet shells v1"


@dataclass(frozen=True, slots=True)
class NamingKeys:
    """The keys behind the names that people and reports hold; they never change.

    Attributes:
        opaque_ids: Key of `OpaqueIds`.
        listed_shells: Key of the ids that shells of listed lots are given.
    """

    opaque_ids: bytes
    listed_shells: bytes


def naming_keys(engine: Engine, *, secret_key: str, watched: WatchedClock) -> NamingKeys:
    """Return the keys that the database keeps, made where it keeps none.

    Args:
        engine: The database.
        secret_key: The setting; until the keys were kept for themselves it made the names,
            where it was set. So it makes the keys once, and nothing of them later.
        watched: Tells when they are made.

    Raises:
        ConfigurationError: Names were made with a setting that is not this one (``SECRET-KEY-NEEDED``).
    """
    with begin_read(engine) as connection:
        found = _kept(connection)
    if found is None:
        with begin_write(engine, Site("")) as connection:
            begin_recording(connection, Site(""), watched, even_after_jump=True)
            found = _kept(connection) or _make(connection, secret_key.encode())
    return found


class SessionKeys:
    """The keys of cookies, forms and cursors, made when they are first asked for.

    Not before: only a server needs them, and a command that another user runs must not make the file.
    """

    def __init__(self, data_dir: Path, secret_key: str) -> None:
        """Take the root from the setting, or from the file in the data folder."""
        self._data_dir = data_dir
        self._secret_key = secret_key

    @cached_property
    def cookies(self) -> bytes:
        """Return the secret of cookies and forms."""
        return derive_key(self._root, KeyUse.COOKIES)

    @cached_property
    def cursors(self) -> Cursors:
        """Return what seals the place where a page ended."""
        return Cursors(derive_key(self._root, KeyUse.CURSORS))

    @cached_property
    def _root(self) -> bytes:
        return session_root(self._data_dir, self._secret_key)


def session_root(data_dir: Path, secret_key: str) -> bytes:
    """Return the root of cookies, forms and cursors: the setting, else the file, made where it is not.

    Raises:
        ConfigurationError: The file holds something else (``SESSION-SECRET-UNREADABLE``).
        StorageFullError: No room is left for it.
        UnavailableError: It cannot be written.
    """
    if secret_key:
        return secret_key.encode()
    path = data_dir / SESSION_SECRET
    if not path.exists():
        try:
            _write_once(path, secrets.token_bytes(_ROOT_BYTES).hex())
        except OSError as cause:
            raise failure_of(cause, f"{path} cannot be written: {cause.strerror}.") from cause
    try:
        root = bytes.fromhex(path.read_text("ascii"))
    except (OSError, ValueError) as cause:
        raise _unreadable(path) from cause
    if len(root) != _ROOT_BYTES:
        raise _unreadable(path)
    return root


def _kept(connection: Connection) -> NamingKeys | None:
    found = find_secrets(connection)
    if _OPAQUE_IDS not in found or _LISTED_SHELLS not in found:
        return None
    return NamingKeys(found[_OPAQUE_IDS], found[_LISTED_SHELLS])


def _root_of_names(connection: Connection, secret_key: bytes) -> bytes:
    """Return what made the names so far, or a new root where nothing was recorded yet.

    A database of the program before that has no root of its own had the setting. The audit trail
    holds ids that were given out: they show which root made them.
    """
    roots = [each for each in (secret_key, find_secrets(connection).get(_ROOT)) if each]
    issued = newest_audited(connection, _ISSUED)
    if issued is not None:
        roots = [each for each in roots if _has_made(each, *issued)]
    if not roots and (issued is not None or not is_blank(connection)):
        raise ConfigurationError(Code.SECRET_KEY_NEEDED.meaning, code=Code.SECRET_KEY_NEEDED)
    return roots[0] if roots else secrets.token_bytes(_ROOT_BYTES)


def _has_made(root: bytes, site: Site, what: str, subject: str) -> bool:
    try:
        OpaqueIds(opaque_id_key(root)).decode(_ISSUED[what], site, subject)
    except NotFoundError:
        return False
    return True


def _make(connection: Connection, secret_key: bytes) -> NamingKeys:
    root = _root_of_names(connection, secret_key)
    made = NamingKeys(opaque_id_key(root), hmac.digest(root, _LISTED_SHELLS_LABEL, "sha256"))
    now = recording_time(connection)
    add_secret(connection, _OPAQUE_IDS, made.opaque_ids, now=now)
    add_secret(connection, _LISTED_SHELLS, made.listed_shells, now=now)
    return made


def _write_once(path: Path, text: str) -> None:
    """Write a file that its owner alone may read; where several do so at once, one of them wins whole."""
    made = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(f"{text}\n")
            stream.flush()
            os.fsync(stream.fileno())
        if not path.exists():
            os.link(made, path)
    except FileExistsError:
        pass  # another worker was first
    finally:
        made.unlink(missing_ok=True)
    sync_folder(path.parent)


def _unreadable(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be read as this user, or holds no secret; restore or remove it.",
        code=Code.SESSION_SECRET_UNREADABLE,
    )
