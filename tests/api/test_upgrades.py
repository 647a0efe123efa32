"""The database of an earlier program, upgraded: it answers as if its events had come to this one.

``databases/schema_0025.json`` holds every row that the program of that schema wrote for a small
plant: reels of several lots, a splice as it was told then, rework, a split, products, a shipment, a
return, a unit of two names, and an event that waits.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Boolean, MetaData, Table, insert

from aas_registry.services import access, database, parties
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.web.app import create_app

OLD = json.loads((Path(__file__).parent.parent / "databases" / "schema_0025.json").read_bytes())
WHEN_RECORDED = {
    "recordedAt",
    "recordedAsOf",
    "asOf",
    "heardAt",
    "lastRecordedAt",
    "knownSince",
    "resolvedAt",
}


def restored(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as a database takes it."""

    def value_of(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return bytes.fromhex(value["hex"])
        return bool(value) if isinstance(table.c[name].type, Boolean) else value

    return {name: value_of(name, value) for name, value in row.items()}


@pytest.fixture
def earlier(settings: Settings, clock) -> Settings:
    """Settings of a registry that the earlier program filled."""
    engine = open_database(settings)
    migration.downgrade(engine, "base")
    migration.upgrade(engine, OLD["schema"])
    with engine.begin() as connection:
        found = MetaData()
        found.reflect(connection)
        for name, rows in OLD["tables"].items():
            table = found.tables[name]
            for row in rows:
                connection.execute(insert(table), restored(table, row))
    engine.dispose()
    clock.advance(days=1)
    return settings


@pytest.fixture
def anew(tmp_path: Path, clock) -> Iterator[Registry]:
    """A registry to which the same events came."""
    settings = Settings(data_dir=tmp_path / "anew", auth="none")
    database.upgrade(settings)
    opened = open_registry(settings, clock=clock)
    for party in OLD["tables"]["party"]:
        parties.add_party(opened, access.local_administrator(opened), code=party["code"], name=party["name"])
    create_app(opened).test_client().post("/trace/v1/events", json=OLD["events"])
    yield opened
    opened.close()


def rows_of(client: FlaskClient, path: str, **query: Any) -> Any:
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, (path, answer.get_json())
    return answer.get_json()


def told(client: FlaskClient) -> dict[str, Any]:
    """Return what is answered about everything, by names."""
    lots = {each["code"]: each["id"] for each in rows_of(client, "/trace/v1/lots")["result"]}
    units = {
        each["id"]: serial
        for serial in OLD["units"]
        for each in rows_of(client, "/trace/v1/units", serial=serial)["result"]
    }
    found = {
        f"{code} {level} {ever}": rows_of(client, f"/trace/v1/lots/{lot}/where-used", level=level, ever=ever)
        for code, lot in lots.items()
        for level, ever in (("board", "false"), ("product", "true"), ("shipment", "false"))
    }
    for unit, serial in units.items():
        for path in ("", "/contents", "/timeline"):
            found[f"{serial}{path}"] = rows_of(client, f"/trace/v1/units/{unit}{path}")
    for path in ("events", "anomalies"):
        found[path] = rows_of(client, f"/trace/v1/{path}", limit=1000)
    names = units | {lot: code for code, lot in lots.items()}
    return {key: by_names(answer, names) for key, answer in found.items()}


def by_names(answer: Any, names: dict[str, str]) -> Any:
    """Return an answer with names for ids, without when it was recorded, in one order."""
    if isinstance(answer, dict):
        kept = {key: value for key, value in answer.items() if key not in WHEN_RECORDED}
        return {key: by_names(value, names) for key, value in kept.items()}
    if isinstance(answer, list):
        return sorted((by_names(each, names) for each in answer), key=json.dumps)
    return names.get(answer, answer) if isinstance(answer, str) else answer


@pytest.mark.check
def test_an_upgraded_database_answers_as_one_to_which_the_same_events_came(
    earlier: Settings, anew: Registry, make_registry: Callable[..., Registry]
) -> None:
    wanted = told(create_app(anew).test_client())
    for schema in (None, OLD["schema"]):  # up; then down and up again
        if schema is not None:
            engine = open_database(earlier)
            migration.downgrade(engine, schema)
            engine.dispose()
        database.upgrade(earlier)

        client = create_app(make_registry(auth="none")).test_client()
        found = told(client)
        assert [key for key in wanted if found.get(key) != wanted[key]] == []
        assert found.keys() == wanted.keys()
        for code, boards in OLD["boards"].items():  # as the earlier program answered
            rows = found[f"{code} board false"]["result"]
            assert {row["serial"]: row["certainty"] for row in rows} == boards, code
        # Ids in reports and links of before lead to what they were given for.
        units = {given: rows_of(client, f"/trace/v1/units/{given}") for given in OLD["units"].values()}
        assert {given: each["id"] for given, each in units.items()} == {given: given for given in units}
        for serial, given in OLD["units"].items():
            assert serial in " ".join(name["value"] for name in units[given]["names"])
        for code, given in OLD["lots"].items():
            assert rows_of(client, f"/trace/v1/lots/{given}")["code"] == code
        assert database.check(earlier).findings == ()
