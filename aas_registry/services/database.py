"""The database and the file store as a whole: upgrade, check, back up, restore, rebuild.

These work where no `Registry` can be opened yet (another schema, nothing there), so most
take the settings. `check` and `backup` may run while a server works.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aas_registry import __version__
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, ConflictError, DamagedError, UnavailableError
from aas_registry.domain.findings import Finding, Severity, error, info
from aas_registry.domain.identifiers import Sha256, Site
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.genealogy import events
from aas_registry.services.keys import KEYS_FOLDER, ROOT_KEY, add_keys_folder
from aas_registry.services.registry import (
    Registry,
    open_database,
    open_registry,
    require_no_files,
    require_registry,
)
from aas_registry.settings import Settings
from aas_registry.storage import consistency, integrity, migration
from aas_registry.storage.backup import Manifest, backup_to, invalid, open_backup
from aas_registry.storage.database import Connection, Engine, begin_read, begin_write, translated
from aas_registry.storage.files import FileStore
from aas_registry.storage.genealogy import projection

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSummary:
    """What a backup holds, as `backup` and `restore` answer it."""

    rows: int
    files: int
    keys: int
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What `check` found.

    Attributes:
        findings: Everything that is not as it must be; `info` where nothing is wrong.
        files: How many stored files were read and compared.
    """

    findings: tuple[Finding, ...]
    files: int

    @property
    def is_whole(self) -> bool:
        """Return whether no finding is an error."""
        return not any(each.severity is Severity.ERROR for each in self.findings)


def upgrade(settings: Settings) -> str:
    """Bring the schema to this program's version, in one transaction; return that version.

    Where an upgrade merged what events name, the genealogy is built anew from them. Should that
    not come to its end, the next start of a server does it.
    """
    with _database(settings) as engine:
        if not settings.database_url and migration.is_empty(engine):
            require_no_files(settings)
        migration.upgrade(engine)
    registry = open_registry(settings)
    try:
        events.rebuild_owed(registry)
    finally:
        registry.close()
    return migration.head()


def check(settings: Settings, *, full: bool = False) -> CheckResult:
    """Compare the schema, the rows, the digests, the projections and the stored files; change nothing.

    With another schema nothing else is looked at: its tables mean something else; with damage that
    keeps the rows from being read, nothing behind it.

    Args:
        settings: They name the database and the data folder.
        full: Also build the projections anew, aside, and compare; other writes wait meanwhile.
    """
    require_registry(settings)
    try:
        found = _check(settings)
    except DamagedError as damage:
        return CheckResult(findings=(error(damage.code, str(damage)),), files=0)
    except (TypeError, ValueError, OverflowError) as cause:  # SQLite keeps whatever was written
        message = f"A row holds a value that its column cannot have: {cause}."
        return CheckResult(findings=(error(Code.DATABASE_DAMAGED, message),), files=0)
    if full and found.is_whole:
        return replace(found, findings=(*found.findings, *_recomputed(settings)))
    return found


def _check(settings: Settings) -> CheckResult:
    with _database(settings) as engine:
        if not migration.is_current(engine):
            wrong = error(
                Code.DATABASE_OUTDATED, f"The schema is not {migration.head()}; run 'database upgrade'."
            )
            return CheckResult(findings=(wrong,), files=0)
        findings = [error(Code.DATABASE_DAMAGED, each) for each in migration.differences(engine)]
        with begin_read(engine) as connection:
            damage = [
                *integrity.damage_of_database(connection),
                *consistency.values_of_another_type(connection),
            ]
            if damage:  # whatever is read behind it may be wrong, or not to be read at all
                return CheckResult(findings=(*findings, *damage), files=0)
            findings += [
                *_changed_projections(connection),
                *integrity.files_without_row(connection),
                *integrity.documents_without_body(connection),
                *integrity.damaged_rows(connection),
                *consistency.rows_that_do_not_fit(connection),
            ]
            named = integrity.stored_files(connection)
    files = _files(settings)
    present = set(files.digests())
    lost, unnamed = sorted(named.keys() - present), sorted(present - named.keys())
    damaged = [
        each for each in sorted(present & named.keys()) if _measured(files, each) != (each, named[each])
    ]
    findings += [error(Code.FILE_MISSING, Code.FILE_MISSING.meaning, file=each) for each in lost]
    findings += [info(Code.FILE_UNNAMED, Code.FILE_UNNAMED.meaning, file=each) for each in unnamed]
    findings += [error(Code.FILE_DAMAGED, Code.FILE_DAMAGED.meaning, file=each) for each in damaged]
    return CheckResult(findings=tuple(findings), files=len(named))


def backup(
    registry: Registry, principal: Principal, target: Path, *, with_keys: bool = False
) -> BackupSummary:
    """Write every row and file, as of one moment, into one new file that its owner alone may read.

    Args:
        registry: The running parts.
        principal: Who makes it, for the audit trail.
        target: The file; it must not be there.
        with_keys: Also the signing keys, but never the root's private key. Whoever
            holds such a backup can sign as the registry where the passphrase lies in it too.

    Raises:
        ConflictError: The target is there.
        UnavailableError: A stored file is missing or damaged, or the target cannot be written.
    """
    keys = _key_files(registry.settings) if with_keys else {}
    with backup_to(target, made_at=registry.clock()) as writer:
        with registry.read() as connection:
            writer.add_rows(connection)
            named = integrity.stored_files(connection)
        for digest in sorted(named):
            writer.add_file(registry.files, digest)
        for name, content in keys.items():
            writer.add_key(name, content)
        manifest = writer.finish(program=__version__, schema_revision=migration.head())
    with registry.write(principal.site) as connection:
        audit.record(registry, connection, principal, "backup made", target.name[:255])
    return _summary(manifest)


def restore(settings: Settings, source: Path, *, with_keys: bool = False) -> BackupSummary:
    """Bring a backup into an empty registry: all of it, or nothing that anybody could see.

    Args:
        settings: They name the database, which may have no schema yet, and the data folder.
        source: The backup, made on either kind of database.
        with_keys: Also its signing keys, where it holds some and none are here.

    Raises:
        InvalidRequestError: The file was changed, or is no backup (``BACKUP-INVALID``).
        ConflictError: Something was recorded here before (``REGISTRY-NOT-EMPTY``), or there
            are signing keys (``KEYS-EXIST``).
    """
    folder = settings.data_dir / KEYS_FOLDER
    if with_keys and folder.exists():
        raise ConflictError(Code.KEYS_EXIST.meaning, code=Code.KEYS_EXIST)
    with open_backup(source, schema_revision=migration.head()) as reader, _database(settings) as engine:
        if migration.is_empty(engine):
            migration.upgrade(engine)
        if not migration.is_current(engine):
            raise ConfigurationError(Code.DATABASE_OUTDATED.meaning, code=Code.DATABASE_OUTDATED)
        keys = reader.keys() if with_keys else {}
        with begin_write(engine, Site("")) as connection:
            if not integrity.is_blank(connection):
                raise ConflictError(Code.REGISTRY_NOT_EMPTY.meaning, code=Code.REGISTRY_NOT_EMPTY)
            integrity.clear_blank(connection)
            reader.restore_rows(connection)
            # Files whose rows do not commit are invisible, and swept later.
            if reader.restore_files(_files(settings)) != set(integrity.stored_files(connection)):
                raise invalid("its files are not those that its rows name")
        if keys:
            add_keys_folder(settings.data_dir, keys)
        return _summary(reader.manifest)


def _changed_projections(connection: Connection) -> Iterator[Finding]:
    for site in projection.sites_to_compare(connection):
        for name in projection.damaged_tables(connection, site):
            message = f"The rows of {name} of site {site} are not those that were written."
            yield error(Code.PROJECTION_DIFFERS, message, path=name)


def _recomputed(settings: Settings) -> Iterator[Finding]:
    registry = open_registry(settings)
    try:
        with registry.read() as connection:
            sites = projection.sites_to_compare(connection)
        for site in sites:
            yield from recompute_projection(registry, site)
    finally:
        registry.close()


def recompute_projection(registry: Registry, site: Site) -> Iterator[Finding]:
    """Compare the genealogy of a site with its events; writes wait meanwhile."""
    try:
        differing = events.differs(registry, site)
    except DamagedError as damage:
        yield error(damage.code, str(damage))
        return
    for each in differing:
        if each.event_id is None:
            message = f"The table {each.table} is not what the events say."
        else:
            message = (
                f"The event {each.event_id!r} has another state, or waits for something else, than is told."
            )
        yield error(Code.PROJECTION_DIFFERS, message, path=each.table)


def rebuild_projection(registry: Registry, principal: Principal) -> int:
    """Make the genealogy of the principal's site anew from its events; return how many there are."""
    applied = events.rebuild(registry, principal.site)
    with registry.write(principal.site) as connection:
        audit.record(
            registry, connection, principal, "projection rebuilt", principal.site, f"{applied} events"
        )
    return applied


@contextmanager
def _database(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings)
    try:
        with translated():
            yield engine
    finally:
        engine.dispose()


def _files(settings: Settings) -> FileStore:
    return FileStore(settings.data_dir / "files")


def _measured(files: FileStore, digest: Sha256) -> tuple[str, int]:
    found = hashlib.sha256()
    try:
        with files.open(digest) as stream:
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
            return found.hexdigest(), stream.tell()
    except (OSError, UnavailableError):  # it cannot be read, which is as bad as other bytes
        return "", 0


def _key_files(settings: Settings) -> dict[str, bytes]:
    folder = settings.data_dir / KEYS_FOLDER
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ROOT_KEY
    }
    if not found:
        raise ConfigurationError(Code.NO_SIGNING_KEY.meaning, code=Code.NO_SIGNING_KEY)
    return found


def _summary(manifest: Manifest) -> BackupSummary:
    return BackupSummary(
        rows=manifest.rows, files=manifest.files, keys=len(manifest.keys), made_at=manifest.made_at
    )
