"""The registry's keys in a folder: made once, loaded at start, their history kept.

Offline root → intermediate → one leaf per purpose. The folder appears whole or not
at all, and is never overwritten. The root's private key lies apart in
``OFFLINE-root-key.pem``: whoever made the keys moves that file to a safe place and
deletes it here; nothing that runs needs it.

Works on a folder only: no registry, no database, no network.
"""

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, ConflictError
from aas_registry.storage.files import sync_folder
from aas_registry.trust.pki import (
    Name,
    certificate_digest,
    make_intermediate,
    make_leaf,
    make_root,
    name_of,
)
from aas_registry.trust.signer import Purpose, Signer, key_id_of

KEYS_FOLDER = "keys"
ROOT_CERTIFICATE = "root.pem"
ROOT_KEY = "OFFLINE-root-key.pem"

_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a file
_HISTORY = "history.ndjson"
_Mark = tuple[int, int, int]  # inode, bytes, nanoseconds of the last change
_LOADED = (
    _PASSPHRASE,
    ROOT_CERTIFICATE,
    *(f"{purpose}/{name}" for purpose in Purpose for name in ("key.pem", "chain.pem")),
)
_ROOT_DAYS = 20 * 365
_INTERMEDIATE_DAYS = 10 * 365
# A leaf is replaced every year; the rest is the time that a late replacement may take.
_LEAF_DAYS = 365 + 30


@dataclass(frozen=True, slots=True)
class Signers:
    """The signers of a registry.

    Attributes:
        countersign: Signs statements about certificates.
        report: Signs reports.
        root_pem: The root's certificate, which auditors pin.
    """

    countersign: Signer
    report: Signer
    root_pem: bytes


@dataclass(frozen=True, slots=True)
class NewKeys:
    """What `init_keys` made.

    Attributes:
        root_certificate: Where the root's certificate lies; give it to auditors.
        root_key: Where the root's private key lies; move it offline.
        root_sha256: Fingerprint of the root's certificate, to be compared by telephone.
    """

    root_certificate: Path
    root_key: Path
    root_sha256: str


def init_keys(data_dir: Path, passphrase: str = "", *, organization: str, now: datetime) -> NewKeys:
    """Make the root, the intermediate and one leaf per purpose.

    Args:
        data_dir: Folder in which ``keys/`` is made.
        passphrase: Encrypts the private keys; empty makes a random one and keeps it in
            ``keys/passphrase``, which protects copies of single key files only.
        organization: Stands in every certificate as the registry's operator.
        now: The beginning of their validity.

    Raises:
        ConflictError: There are keys already (code ``KEYS-EXIST``).
    """
    folder = data_dir / KEYS_FOLDER
    if folder.exists():
        raise _keys_exist()
    files = _key_files(passphrase, organization=organization, now=now)
    add_keys_folder(data_dir, files)
    fingerprint = certificate_digest(files[ROOT_CERTIFICATE])
    return NewKeys(folder / ROOT_CERTIFICATE, folder / ROOT_KEY, fingerprint)


def load_signers(data_dir: Path, passphrase: str = "") -> Signers:
    """Load the signers of both purposes.

    Args:
        data_dir: The folder that holds ``keys/``.
        passphrase: Opens the private keys; empty reads ``keys/passphrase``.

    Raises:
        ConfigurationError: There are no keys (``NO-SIGNING-KEY``), or they cannot be
            opened (``KEY-UNREADABLE``).
    """
    folder = data_dir / KEYS_FOLDER
    try:
        passphrase = passphrase or (folder / _PASSPHRASE).read_text("utf-8").strip()
        signers = {
            purpose: Signer.load(
                key_pem=(folder / purpose / "key.pem").read_bytes(),
                chain_pem=(folder / purpose / "chain.pem").read_bytes(),
                passphrase=passphrase,
            )
            for purpose in Purpose
        }
        root_pem = (folder / ROOT_CERTIFICATE).read_bytes()
    except FileNotFoundError as cause:
        raise ConfigurationError(Code.NO_SIGNING_KEY.meaning, code=Code.NO_SIGNING_KEY) from cause
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigurationError(Code.KEY_UNREADABLE.meaning, code=Code.KEY_UNREADABLE) from cause
    return Signers(signers[Purpose.COUNTERSIGN], signers[Purpose.REPORT], root_pem)


class SigningKeys:
    """The keys folder of a running registry: what it holds now, loaded again when its files change."""

    def __init__(self, data_dir: Path, passphrase: str = "") -> None:
        """Look below ``data_dir``; nothing is read before `signers` is asked for."""
        self._data_dir = data_dir
        self._passphrase = passphrase
        self._loaded: tuple[tuple[_Mark | None, ...], Signers] | None = None

    @property
    def signers(self) -> Signers | None:
        """Return the signers of both purposes; None before ``aas-registry keys init``.

        Costs a look at six files, so that every worker sees new keys with its next signature.

        Raises:
            ConfigurationError: The folder is there, but its keys are not whole (``NO-SIGNING-KEY``)
                or cannot be opened (``KEY-UNREADABLE``); nothing is signed with those before.
        """
        if not (self._data_dir / KEYS_FOLDER).is_dir():
            return None
        marks = self._marks()
        if self._loaded is None or self._loaded[0] != marks:
            self._loaded = marks, load_signers(self._data_dir, self._passphrase)
        return self._loaded[1]

    def _marks(self) -> tuple[_Mark | None, ...]:
        # Taken before the files are read: what changes meanwhile has other marks, and is read again.
        return tuple(_mark(self._data_dir / KEYS_FOLDER / name) for name in _LOADED)


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def key_history(data_dir: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of the key history, oldest first.

    Each names purpose, keyId, certificate (PEM), validFrom, validTo, addedAt, and the
    digest of the entry before (``previous``), so that an entry taken out shows.

    Raises:
        ConfigurationError: There is no history (``NO-SIGNING-KEY``), or its entries do
            not follow each other (``KEY-UNREADABLE``).
    """
    try:
        lines = (data_dir / KEYS_FOLDER / _HISTORY).read_bytes().splitlines()
    except FileNotFoundError as cause:
        raise ConfigurationError(Code.NO_SIGNING_KEY.meaning, code=Code.NO_SIGNING_KEY) from cause
    previous = None
    entries = []
    for line in lines:
        try:
            entry = dict(json.loads(line))
        except ValueError as cause:
            raise ConfigurationError("The key history is damaged.", code=Code.KEY_UNREADABLE) from cause
        if entry.get("previous") != previous:
            raise ConfigurationError("The key history was changed.", code=Code.KEY_UNREADABLE)
        previous = digest_of(line)
        entries.append(MappingProxyType(entry))
    return tuple(entries)


def _key_files(passphrase: str, *, organization: str, now: datetime) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    if not passphrase:
        passphrase = secrets.token_urlsafe(32)
        files[_PASSPHRASE] = passphrase.encode() + b"\n"
    root = make_root(_name("root", organization), now=now, days=_ROOT_DAYS)
    middle = make_intermediate(
        _name("intermediate", organization), issuer=root, now=now, days=_INTERMEDIATE_DAYS
    )
    files |= {
        ROOT_CERTIFICATE: root.certificate_pem,
        ROOT_KEY: root.key_pem(passphrase),
        "intermediate/certificate.pem": middle.certificate_pem,
        "intermediate/key.pem": middle.key_pem(passphrase),
    }
    history: list[bytes] = []
    for purpose in Purpose:
        subject = name_of(f"{purpose} {now:%Y}", organization=organization, unit=purpose.value)
        leaf = make_leaf(subject, issuer=middle, now=now, days=_LEAF_DAYS)
        files[f"{purpose}/key.pem"] = leaf.key_pem(passphrase)
        files[f"{purpose}/chain.pem"] = leaf.certificate_pem + middle.certificate_pem + root.certificate_pem
        entry = {
            "purpose": purpose.value,
            "keyId": key_id_of(leaf.certificate),
            "certificate": leaf.certificate_pem.decode("ascii"),
            "validFrom": leaf.certificate.not_valid_before_utc.isoformat(),
            "validTo": leaf.certificate.not_valid_after_utc.isoformat(),
            "addedAt": now.isoformat(),
            "previous": digest_of(history[-1]) if history else None,
        }
        history.append(canonical_bytes(entry))
    files[_HISTORY] = b"\n".join(history) + b"\n"
    return files


def _name(role: str, organization: str) -> Name:
    return name_of(f"{organization} registry {role}", organization=organization)


def add_keys_folder(data_dir: Path, files: Mapping[str, bytes]) -> None:
    """Make ``keys/`` with files that only their owner may read: whole, durably, or not at all.

    Args:
        data_dir: Folder in which ``keys/`` is made.
        files: Contents by name, relative to ``keys/``.

    Raises:
        ConflictError: There are keys already (code ``KEYS-EXIST``).
    """
    folder = data_dir / KEYS_FOLDER
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".keys-", dir=data_dir))
    try:
        _write_key_files(made, files)
        made.rename(folder)
    except OSError as cause:
        shutil.rmtree(made, ignore_errors=True)
        if folder.exists():
            raise _keys_exist() from cause
        raise
    sync_folder(data_dir)


def _write_key_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.parent)
    sync_folder(folder)


def _keys_exist() -> ConflictError:
    return ConflictError(Code.KEYS_EXIST.meaning, code=Code.KEYS_EXIST)
