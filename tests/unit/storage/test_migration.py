"""The schema goes up, down and up again, and is what the tables declare."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect

from aas_registry.services.registry import open_database
from aas_registry.settings import Settings
from aas_registry.storage import migration


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_database(settings)
    yield opened
    opened.dispose()


def test_the_migrations_make_what_the_tables_declare(engine: Engine) -> None:
    assert migration.differences(engine) == []
    assert migration.is_current(engine)


def test_goes_down_and_up_again(engine: Engine) -> None:
    migration.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert migration.is_empty(engine)

    migration.upgrade(engine)

    assert migration.differences(engine) == []


def test_an_upgrade_of_a_current_schema_changes_nothing(engine: Engine) -> None:
    migration.upgrade(engine)

    assert migration.is_current(engine)
