"""Small cases from daily work: machine messages of which one line, or one list, is not as it should be."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from aas_registry.web.app import create_app

pytestmark = pytest.mark.check


@pytest.fixture
def client(make_registry) -> FlaskClient:
    return create_app(make_registry(auth="none")).test_client()


def sent(client: FlaskClient, file: Path) -> list[dict]:
    """Send a case; return what became of its events."""
    return client.post("/trace/v1/events", json=json.loads(file.read_bytes())).get_json()["result"]


def boards_with(client: FlaskClient, code: str) -> list[tuple[str, str]]:
    """Return the boards that hold a lot, and how sure that is."""
    (lot,) = client.get(f"/trace/v1/lots?code={code}").get_json()["result"]
    rows = client.get(f"/trace/v1/lots/{lot['id']}/where-used?level=board").get_json()["result"]
    return [(row["serial"], row["certainty"]) for row in rows]


def test_c04_the_traced_part_counts_and_the_other_is_a_finding(cases: Path, client: FlaskClient) -> None:
    _, outcome = sent(client, cases / "c04-one-line-untraced.json")

    assert outcome["state"] == "accepted"
    (found,) = outcome["findings"]
    assert found["path"] == "MessageBody.InstalledMaterials[1].Material.UniqueIdentifier"
    assert boards_with(client, "C04-LOT") == [("C04-B1/1", "exact")]
    (board,) = client.get("/trace/v1/units?serial=C04-B1/1").get_json()["result"]
    held = client.get(f"/trace/v1/units/{board['id']}/contents").get_json()["result"]
    assert [row["designators"] for row in held] == [["R1", "R2"]]


def test_c04_a_list_that_is_null_is_an_empty_one(cases: Path, client: FlaskClient) -> None:
    outcomes = sent(client, cases / "c04-list-is-null.json")

    assert [each["state"] for each in outcomes] == ["accepted", "accepted"]
    assert all("findings" not in each for each in outcomes)
    assert boards_with(client, "C04-LOT-N") == [("C04-B2/1", "exact")]
