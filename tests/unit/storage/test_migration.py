"""The schema goes up, down and up again, and is what the tables declare."""

import io
from collections.abc import Iterator

import pytest
from aas_samples import environment, submodel
from sqlalchemy import Engine, inspect

from aas_registry.domain.paging import PageRequest
from aas_registry.services import access, example_lists
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry, open_database
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


def test_an_upgrade_counts_what_earlier_submissions_brought(registry: Registry) -> None:
    who = access.local_administrator(registry)
    for number in (1, 2):
        content = environment(*(submodel(f"urn:sm:{number}:{each}") for each in range(number)))
        uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "a.json"))
    content = example_lists.example_list()
    uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "a.xlsx"))
    before = [each.counts for each in uploads.list_uploads(registry, who, PageRequest(9))]

    migration.downgrade(registry.engine, "0010")
    migration.upgrade(registry.engine)

    assert [each.counts for each in uploads.list_uploads(registry, who, PageRequest(9))] == before
    assert sorted(each["submodels"] for each in before) == [1, 2, 20]
