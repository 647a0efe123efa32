"""The archive of a backup: one format for both databases, complete, in the database's own values."""

import io
import json
import zipfile

import pytest
from aas_samples import lot_aasx
from sqlalchemy import select

from aas_registry.domain.errors import InvalidRequestError
from aas_registry.services import access, database
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.storage import migration
from aas_registry.storage.backup import open_backup
from aas_registry.storage.tables import metadata


@pytest.fixture
def backup(registry, tmp_path):
    administrator = access.local_administrator(registry)
    content = io.BytesIO(lot_aasx())
    uploads.take_upload(registry, administrator, Arrival(content, "lot.aasx"))
    database.backup(registry, administrator, tmp_path / "b.zip")
    return tmp_path / "b.zip"


def test_holds_every_table_and_what_its_manifest_says(backup, registry) -> None:
    with zipfile.ZipFile(backup) as archive:
        manifest = json.loads(archive.read("MANIFEST.json"))
        rows = {name: archive.read(f"tables/{name}.ndjson").splitlines() for name in manifest["tables"]}
        files = [name for name in archive.namelist() if name.startswith("files/")]

    assert set(manifest["tables"]) == set(metadata.tables)
    assert {name: len(lines) for name, lines in rows.items()} == {
        name: entry["rows"] for name, entry in manifest["tables"].items()
    }
    assert len(files) == manifest["files"] > 0
    assert manifest["schema_revision"] == migration.head()


def test_writes_values_as_the_database_holds_them(backup, registry) -> None:
    table = metadata.tables["submission"]
    with registry.read() as connection:
        received_at, outcome = connection.execute(select(table.c.received_at, table.c.outcome)).one()

    with zipfile.ZipFile(backup) as archive:
        columns = json.loads(archive.read("MANIFEST.json"))["tables"]["submission"]["columns"]
        row = dict(zip(columns, json.loads(archive.read("tables/submission.ndjson")), strict=True))

    assert row["received_at"] == int(received_at.timestamp() * 1_000_000)
    assert isinstance(row["outcome"], str)
    assert len(row["outcome"]) > len(outcome)


def test_restores_into_its_own_schema_only(backup) -> None:
    with pytest.raises(InvalidRequestError, match="schema"), open_backup(backup, schema_revision="9999"):
        pytest.fail("a backup of another schema was opened")


def test_can_be_listed_and_unpacked_by_any_zip_program(backup) -> None:
    with zipfile.ZipFile(backup) as archive:
        assert archive.testzip() is None
        assert archive.comment.startswith(b"sha256:")
