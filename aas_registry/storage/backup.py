"""Backups: every row and every stored file in one archive, the same for both databases.

A ZIP with `MANIFEST.json`, `tables/<name>.ndjson` (one JSON array per row, in the order of
the manifest's columns), `files/<sha256>` and, where asked for, `keys/<path>`. The archive's
comment is the SHA-256 of every byte before it: no byte of a backup changes unseen. That
tells damage, not forgery; whoever may write backups can also make them.

Values are written as the database holds them (instants in microseconds, quantities in
millionths, bytes in base64), so that a backup of SQLite restores into PostgreSQL and back.
"""

import hashlib
import os
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal
from uuid import uuid4

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import (
    Connection,
    LargeBinary,
    Table,
    TableClause,
    TypeDecorator,
    column,
    insert,
    select,
    table,
)
from sqlalchemy.exc import DataError, IntegrityError

from aas_registry.domain.codes import Code
from aas_registry.domain.disk import failure_of
from aas_registry.domain.errors import ConflictError, InvalidRequestError, UnavailableError
from aas_registry.domain.identifiers import Sha256
from aas_registry.storage.files import FileStore, sync_folder
from aas_registry.storage.tables import metadata

MANIFEST = "MANIFEST.json"
_SEAL = b"sha256:"
_DIGEST_CHARS = 64
_CHUNK = 1024 * 1024
_ROWS = 1000
_MANIFEST_BYTES = 16 * 1024 * 1024
_ROW_BYTES = 512 * 1024 * 1024  # a document of the largest allowed size in base64, with room


class TableEntry(BaseModel):
    """What the manifest says of one table: the order of its columns, rows, digest of its NDJSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...]
    rows: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds.

    Attributes:
        schema_revision: The schema's version; it restores into the same one only.
        files: How many stored files it holds; their names are their digests.
        keys: Path below ``keys/`` and SHA-256 of each key file; empty without keys.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["aas-registry-backup/1"]
    program: str
    schema_revision: str
    made_at: str
    tables: dict[str, TableEntry]
    files: int
    keys: dict[str, str]

    @property
    def rows(self) -> int:
        """Return how many rows it holds, of all tables."""
        return sum(entry.rows for entry in self.tables.values())


class BackupWriter:
    """Writes one backup: rows, then files, then keys; `backup_to` seals and publishes it."""

    def __init__(self, archive: zipfile.ZipFile, *, made_at: datetime) -> None:
        """Write into an open archive; every member gets the time ``made_at``."""
        self._archive = archive
        self._made_at = made_at
        self._tables: dict[str, TableEntry] = {}
        self._files = 0
        self._keys: dict[str, str] = {}

    def add_rows(self, connection: Connection) -> None:
        """Write every row of every table, as one snapshot shows them."""
        for source in metadata.sorted_tables:
            bare, digest, rows = _bare(source), hashlib.sha256(), 0
            wanted = select(*bare.c).order_by(*(bare.c[key.name] for key in source.primary_key))
            found = connection.execute(wanted, execution_options={"yield_per": _ROWS})
            with self._open(f"tables/{source.name}.ndjson", compress=True) as stream:
                for part in found.partitions():
                    lines = b"".join(orjson.dumps([_json(value) for value in row]) + b"\n" for row in part)
                    digest.update(lines)
                    stream.write(lines)
                    rows += len(part)
            names = tuple(each.name for each in source.c)
            self._tables[source.name] = TableEntry(columns=names, rows=rows, sha256=digest.hexdigest())

    def add_file(self, files: FileStore, digest: Sha256) -> None:
        """Copy a stored file.

        Raises:
            UnavailableError: It is missing or damaged; a backup of it could not be restored.
        """
        found = hashlib.sha256()
        with files.open(digest) as source, self._open(f"files/{digest}", compress=False) as target:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
                target.write(chunk)
        if found.hexdigest() != digest:
            raise UnavailableError(f"The stored file {digest} is damaged.", code=Code.FILE_DAMAGED)
        self._files += 1

    def add_key(self, name: str, content: bytes) -> None:
        """Write a file of the keys folder under its path below it."""
        with self._open(f"keys/{name}", compress=False) as target:
            target.write(content)
        self._keys[name] = hashlib.sha256(content).hexdigest()

    def finish(self, *, program: str, schema_revision: str) -> Manifest:
        """Write the manifest, last, and return it."""
        manifest = Manifest(
            format="aas-registry-backup/1",
            program=program,
            schema_revision=schema_revision,
            made_at=self._made_at.isoformat(),
            tables=self._tables,
            files=self._files,
            keys=self._keys,
        )
        with self._open(MANIFEST, compress=True) as stream:
            stream.write(orjson.dumps(manifest.model_dump(), option=orjson.OPT_INDENT_2))
        return manifest

    def _open(self, name: str, *, compress: bool) -> IO[bytes]:
        member = zipfile.ZipInfo(name, date_time=self._made_at.timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        member.external_attr = 0o600 << 16
        return self._archive.open(member, "w", force_zip64=True)


@contextmanager
def backup_to(target: Path, *, made_at: datetime) -> Iterator[BackupWriter]:
    """Make a backup that appears under its name whole, sealed and synced, or not at all.

    Only its owner may read it: it holds password hashes and the registry's secret.

    Raises:
        ConflictError: The file is there already.
    """
    if target.exists():
        raise ConflictError(f"{target} is there already.", code=Code.REQUEST_INVALID)
    temporary = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                archive.comment = _SEAL + b"0" * _DIGEST_CHARS
                yield BackupWriter(archive, made_at=made_at)
            _seal(stream)
        temporary.rename(target)
        sync_folder(target.parent)
    except OSError as cause:
        raise failure_of(cause, f"{target} cannot be written: {cause.strerror}.") from cause
    finally:
        temporary.unlink(missing_ok=True)


class BackupReader:
    """Reads a backup whose seal was found whole; every member is checked again as it is read."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        """Read from an open archive."""
        self._archive = archive
        self.manifest = manifest

    def restore_rows(self, connection: Connection) -> None:
        """Write every row into a database whose tables are empty.

        Raises:
            InvalidRequestError: A table is not what the manifest says (``BACKUP-INVALID``).
        """
        for target in metadata.sorted_tables:
            entry = self.manifest.tables[target.name]
            bare, digest, rows = _bare(target), hashlib.sha256(), 0
            with self._open(f"tables/{target.name}.ndjson") as stream:
                while lines := _read_lines(stream):
                    for line in lines:
                        digest.update(line)
                    _insert(connection, bare, [_row(bare, entry.columns, line) for line in lines])
                    rows += len(lines)
            if (rows, digest.hexdigest()) != (entry.rows, entry.sha256):
                raise invalid(f"the table {target.name} is not what the manifest says")

    def restore_files(self, files: FileStore) -> set[Sha256]:
        """Put every file into the store and return their digests.

        Raises:
            InvalidRequestError: A file is not the one it is named after (``BACKUP-INVALID``).
        """
        restored: set[Sha256] = set()
        for name in self._archive.namelist():
            if name.startswith("files/"):
                with self._open(name) as stream:
                    digest = files.put(stream)  # type: ignore[arg-type]  # only read() is called
                if name != f"files/{digest}":
                    raise invalid(f"{name} is another file")
                restored.add(digest)
        if len(restored) != self.manifest.files:
            raise invalid("it does not hold the files that the manifest says")
        return restored

    def keys(self) -> Mapping[str, bytes]:
        """Return the files of the keys folder by their paths; empty without keys."""
        found = {}
        for name, digest in self.manifest.keys.items():
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                raise invalid(f"the key file {name!r} would lie outside its folder")
            with self._open(f"keys/{name}") as stream:
                content = stream.read(_MANIFEST_BYTES)
            if hashlib.sha256(content).hexdigest() != digest:
                raise invalid(f"keys/{name} is not what the manifest says")
            found[name] = content
        return found

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(name)
        except KeyError as cause:
            raise invalid(f"it holds no {name}") from cause


@contextmanager
def open_backup(source: Path, *, schema_revision: str) -> Iterator[BackupReader]:
    """Check the seal over the whole file, then open it.

    Args:
        source: The backup.
        schema_revision: The schema that it must be of.

    Raises:
        InvalidRequestError: Any byte differs from what was sealed, or it is of another
            schema (``BACKUP-INVALID``).
    """
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(source.open("rb"))
            _check_seal(stream)
            archive = stack.enter_context(zipfile.ZipFile(stream))
            manifest = Manifest.model_validate_json(archive.open(MANIFEST).read(_MANIFEST_BYTES))
        except OSError as cause:
            raise invalid(f"it cannot be read ({cause.strerror})") from cause
        except (zipfile.BadZipFile, KeyError, NotImplementedError, ValidationError) as cause:
            raise invalid("it is no backup") from cause
        if manifest.schema_revision != schema_revision:
            raise invalid(f"it is of schema {manifest.schema_revision}, not {schema_revision}")
        expected = {each.name: {field.name for field in each.c} for each in metadata.sorted_tables}
        if {name: set(entry.columns) for name, entry in manifest.tables.items()} != expected:
            raise invalid("its tables are not those of its schema")
        try:
            yield BackupReader(archive, manifest)
        except (zipfile.BadZipFile, zlib.error, EOFError) as cause:
            raise invalid("a member of it is damaged") from cause


def invalid(reason: str) -> InvalidRequestError:
    """Return the error of a backup that cannot be restored; ``reason`` is half a sentence."""
    return InvalidRequestError(f"The backup cannot be restored: {reason}.", code=Code.BACKUP_INVALID)


def _json(value: Any) -> Any:
    return b64encode(value).decode("ascii") if isinstance(value, bytes | memoryview) else value


def _row(bare: TableClause, names: tuple[str, ...], line: bytes) -> dict[str, Any]:
    try:
        values = dict(zip(names, orjson.loads(line), strict=True))
        return {
            name: b64decode(value)
            if value is not None and isinstance(bare.c[name].type, LargeBinary)
            else value
            for name, value in values.items()
        }
    except (ValueError, TypeError) as cause:
        raise invalid(f"a row of the table {bare.name} cannot be read") from cause


def _insert(connection: Connection, bare: TableClause, rows: list[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(bare), rows)
    except (DataError, IntegrityError) as cause:
        raise invalid(f"the database refuses a row of the table {bare.name}") from cause


def _read_lines(stream: IO[bytes]) -> list[bytes]:
    lines: list[bytes] = []
    while len(lines) < _ROWS and (line := stream.readline(_ROW_BYTES)):
        if not line.endswith(b"\n"):
            raise invalid("a row is cut off, or longer than any row can be")
        lines.append(line)
    return lines


def _bare(source: Table) -> TableClause:
    # Without our column types: values pass as the database holds them.
    types = (each.type for each in source.c)
    bare = (of.impl_instance if isinstance(of, TypeDecorator) else of for of in types)
    return table(source.name, *map(column, source.c.keys(), bare))


def _seal(stream: IO[bytes]) -> None:
    end = stream.seek(0, os.SEEK_END) - _DIGEST_CHARS
    digest = _digest(stream, end)
    stream.seek(end)
    stream.write(digest)
    stream.flush()
    os.fsync(stream.fileno())


def _check_seal(stream: IO[bytes]) -> None:
    end = stream.seek(0, os.SEEK_END) - _DIGEST_CHARS
    digest = _digest(stream, end) if end > 0 else b""
    if stream.read(_DIGEST_CHARS) != digest:
        raise invalid("it was cut off or changed, or is no backup")


def _digest(stream: IO[bytes], end: int) -> bytes:
    digest = hashlib.sha256()
    stream.seek(0)
    while (left := end - stream.tell()) > 0 and (chunk := stream.read(min(_CHUNK, left))):
        digest.update(chunk)
    return digest.hexdigest().encode("ascii")
