"""`Registry`: the running parts, opened once at start and passed to every service."""

import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import BinaryIO

from aas_registry.domain.clock import ClockReading
from aas_registry.domain.codes import Code
from aas_registry.domain.deadlines import Deadline, Work
from aas_registry.domain.disk import is_full
from aas_registry.domain.errors import ConfigurationError, StorageFullError
from aas_registry.domain.identifiers import PartialUploadId, Sha256, Site
from aas_registry.domain.limits import Limits
from aas_registry.domain.progress import Progress
from aas_registry.services.keys import Signers, SigningKeys
from aas_registry.services.secrets import NamingKeys, SessionKeys, naming_keys
from aas_registry.services.troubles import Troubles
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.storage.clock import Clock, MachineClock, WatchedClock, begin_recording, read_clock
from aas_registry.storage.database import (
    SQLITE_FILE,
    Connection,
    Engine,
    begin_aside,
    begin_read,
    begin_write,
    open_engine,
    translated,
)
from aas_registry.storage.files import FileStore
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.uploads import partial_uploads
from aas_registry.storage.uploads.partial_files import PartialFiles
from aas_registry.storage.uploads.submissions import known_digests
from aas_registry.trust.cursors import Cursors
from aas_registry.trust.opaque_ids import OpaqueIds
from aas_registry.trust.secrets import PasswordChecks

_IN_MEMORY_BYTES = 512 * 1024


def system_clock() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def machine_clock() -> tuple[str, timedelta]:
    """Return which start of which machine this is, and how long it runs, the time asleep included.

    Setting the clock does not change it. Where the system tells neither, it is this process.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return _boot_id(), timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))
    return _boot_id(), timedelta(seconds=time.monotonic())


@cache
def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return f"process {secrets.token_hex(8)}"


@dataclass(frozen=True, kw_only=True)
class Registry:
    """The running parts.

    Attributes:
        settings: Every setting.
        engine: The database.
        allocator: Gives the integers that rows are keyed by.
        files: The content-addressed file store.
        partial_files: The files of uploads that arrive in pieces.
        naming_keys: What the ids are made with that people see.
        opaque_ids: Turns those integers into the ids that people see, and back.
        session_keys: What cookies, forms and cursors are made with.
        signing_keys: The registry's own keys, as they lie in its folder now.
        password_checks: Checks passwords, so many at once.
        watched_clock: Tells the time, and whether it jumped; tests pass their own.
        troubles: What kept this process from reading or writing.
        deadline: Until when what is asked may be worked on; None for a command, which has no limit.
    """

    settings: Settings
    engine: Engine
    allocator: IdAllocator
    files: FileStore
    partial_files: PartialFiles
    naming_keys: NamingKeys
    opaque_ids: OpaqueIds
    session_keys: SessionKeys
    signing_keys: SigningKeys
    password_checks: PasswordChecks
    watched_clock: WatchedClock
    troubles: Troubles = field(default_factory=Troubles)
    deadline: Deadline | None = None

    @property
    def clock(self) -> Clock:
        """Return what tells the time."""
        return self.watched_clock.clock

    @cached_property
    def limits(self) -> Limits:
        """Return the bounds on input."""
        return self.settings.limits

    def within(self, work: Work) -> "Registry":
        """Return the same parts for one request, which has the time that its kind of work may take."""
        limit_s = getattr(self.settings, f"{work}_timeout_s")
        return replace(self, deadline=Deadline.starting_now(work, limit_s, monotonic=time.monotonic))

    def check_time(self) -> None:
        """Let a loop over many rows go on while the request's time is not over.

        Raises:
            TimeLimitError: It is.
        """
        if self.deadline is not None:
            self.deadline.check()

    def watching(self, progress: Progress) -> Progress:
        """Return a listener to progress that also stops the work when the request's time is over."""
        return progress if self.deadline is None else self.deadline.watching(progress)

    @property
    def cookie_secret(self) -> bytes:
        """Return the secret of cookies and forms, the same in every worker."""
        return self.session_keys.cookies

    @property
    def cursors(self) -> Cursors:
        """Return what seals the place where a page ended."""
        return self.session_keys.cursors

    @property
    def signers(self) -> Signers | None:
        """Return the registry's own signers; None before ``aas-registry keys init``."""
        return self.signing_keys.signers

    def read(self) -> AbstractContextManager[Connection]:
        """Open a connection that sees one snapshot, until the request's time is over."""
        return begin_read(self.engine, self.deadline)

    @contextmanager
    def write(self, site: Site, *, even_after_jump: bool = False) -> Iterator[Connection]:
        """Open a transaction that holds the site's write lock, until the request's time is over.

        Args:
            site: Whose rows are written.
            even_after_jump: Also while the clock has jumped and nobody confirmed it: what must go on
                then is recorded in its order, a microsecond after the last recording.
        """
        with begin_write(self.engine, site, self.deadline) as connection:
            begin_recording(connection, site, self.watched_clock, even_after_jump=even_after_jump)
            yield connection

    def clock_reading(self, connection: Connection, site: Site) -> ClockReading:
        """Return how the clock stands: what expires does so by this, and not by the clock alone."""
        return read_clock(connection, site, self.watched_clock)

    def write_aside(self, *, waits: bool = True) -> AbstractContextManager[Connection]:
        """Open a transaction for rows of logins, which no upload under way may stop where it need not."""
        return begin_aside(self.engine, waits=waits)

    def scratch(self) -> BinaryIO:
        """Return an empty file for what is under way: without a name, and gone when it is closed."""
        return self.files.scratch(in_memory_bytes=_IN_MEMORY_BYTES)

    def close(self) -> None:
        """Close the connections, and end the threads of the file store."""
        self.files.close()
        self.allocator.close()
        self.engine.dispose()


@contextmanager
def _usable(settings: Settings) -> Iterator[None]:
    try:
        with translated():
            yield
    except OSError as cause:
        if is_full(cause):
            raise StorageFullError from cause
        message = f"The data folder {settings.data_dir} cannot be used: {cause.strerror or cause}."
        raise ConfigurationError(message, code=Code.DATA_FOLDER_UNUSABLE) from cause


def require_no_files(settings: Settings) -> None:
    """Return if the data folder holds no stored file: a registry that is made beside some would sweep them.

    Raises:
        ConfigurationError: It holds some, so their database was lost (``DATABASE-LOST``).
    """
    if any(FileStore(settings.data_dir / "files").digests()):
        raise ConfigurationError(Code.DATABASE_LOST.meaning, code=Code.DATABASE_LOST)


def require_registry(settings: Settings) -> None:
    """Return if the data folder holds a registry, or PostgreSQL does: a question makes none.

    Raises:
        ConfigurationError: It does not (``NO-REGISTRY``).
    """
    if not settings.database_url and not (settings.data_dir / SQLITE_FILE).exists():
        message = f"There is no registry in {settings.data_dir}; is AAS_REGISTRY_DATA_DIR the right folder?"
        raise ConfigurationError(message, code=Code.NO_REGISTRY)


def open_registry(
    settings: Settings, *, clock: Clock = system_clock, machine: MachineClock | None = None
) -> Registry:
    """Open the database and the file store.

    An empty SQLite database is made on the way. PostgreSQL, and a database with an older
    schema, are left to ``aas-registry database upgrade``.

    Raises:
        ConfigurationError: The schema is not the one that this program needs.
        UnavailableError: The database cannot be reached.
    """
    if machine is None and clock is system_clock:
        machine = machine_clock
    tolerance = timedelta(seconds=settings.clock_tolerance_s)
    watched = WatchedClock(clock=clock, machine=machine, tolerance=tolerance)
    with _usable(settings):
        return _open(settings, watched)


def _open(settings: Settings, watched: WatchedClock) -> Registry:
    engine = open_database(settings)
    if not settings.database_url and migration.is_empty(engine):
        require_no_files(settings)
        migration.upgrade(engine)
    if not migration.is_current(engine):
        raise ConfigurationError(
            "The database has another schema; run 'aas-registry database upgrade'.",
            code=Code.DATABASE_OUTDATED,
        )
    signing_keys = SigningKeys(settings.data_dir, settings.key_passphrase)
    _ = signing_keys.signers  # keys that cannot be opened are told now
    naming = naming_keys(engine, secret_key=settings.secret_key, watched=watched)
    return Registry(
        settings=settings,
        engine=engine,
        allocator=IdAllocator(engine),
        files=FileStore(settings.data_dir / "files"),
        partial_files=PartialFiles(settings.data_dir / "partial"),
        naming_keys=naming,
        opaque_ids=OpaqueIds(naming.opaque_ids),
        session_keys=SessionKeys(settings.data_dir, settings.secret_key),
        signing_keys=signing_keys,
        password_checks=PasswordChecks(settings.login_checks),
        watched_clock=watched,
    )


def open_database(settings: Settings) -> Engine:
    """Open the database alone, whatever its schema."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_engine(
        settings.database_url,
        data_dir=settings.data_dir,
        busy_timeout_s=settings.busy_timeout_s,
        pool=settings.database_pool,
    )


def sweep_leftovers(registry: Registry) -> int:
    """Remove what crashes left behind and what has expired; return how many files.

    Every file that is stored is looked up: that is for a server's start, and not for each command.
    """

    def known(digests: list[Sha256]) -> set[Sha256]:
        with registry.read() as connection:
            return known_digests(connection, digests)

    if _look(registry).jump is not None:  # how old a file is, is not known
        return 0
    swept = registry.files.sweep(known, older_than_s=registry.settings.orphan_file_hours * 3600)
    return swept + sweep_partial_uploads(registry)


def _look(registry: Registry) -> ClockReading:
    with registry.read() as connection:
        return registry.clock_reading(connection, Site(registry.settings.site))


def sweep_partial_uploads(registry: Registry) -> int:
    """Forget the unfinished uploads that have expired, and remove their files; return how many."""

    def known(names: list[str]) -> set[str]:
        with registry.read() as connection:
            return {*partial_uploads.known_partial_uploads(connection, [*map(PartialUploadId, names)])}

    expired: list[PartialUploadId] = []
    clock = _look(registry)
    if clock.jump is not None:  # how old anything is, is not known
        return 0
    with registry.read() as connection:  # most starts have nothing to write
        has_any = partial_uploads.any_expired(connection, now=clock.relied_on)
    if has_any:
        with registry.write(Site("")) as connection:
            expired = partial_uploads.remove_expired(connection, now=clock.relied_on)
    for upload in expired:
        registry.partial_files.remove(upload)
    older_than_s = registry.settings.orphan_file_hours * 3600
    return len(expired) + registry.partial_files.sweep(known, older_than_s=older_than_s)
