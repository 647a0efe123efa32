"""Small cases from daily work: serial numbers of two, or made twice, and a use that is sent again."""

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


def units(client: FlaskClient, serial: str) -> list[dict]:
    return client.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]


def where_used(client: FlaskClient, code: str) -> dict:
    (lot,) = client.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
    return client.get(f"/trace/v1/lots/{lot['id']}/where-used?level=board").get_json()


def test_c09_a_serial_of_two_is_undecided_and_both_are_candidates(cases: Path, client: FlaskClient) -> None:
    *_, outcome = sent(client, cases / "c09-serial-of-two.json")

    assert outcome["state"] == "pending"
    (undecided,) = outcome["undecided"]
    assert set(undecided["candidates"]) == {each["id"] for each in units(client, "C09-0001")}
    assert len(undecided["candidates"]) == 2
    answer = where_used(client, "C09-LOT")
    assert answer["result"] == []
    assert answer["headline"]["isComplete"] is False
    assert answer["headline"]["unknown"]["undecided"] == 1


def test_c09_a_serial_that_is_made_anew_is_two_units(cases: Path, client: FlaskClient) -> None:
    outcomes = sent(client, cases / "c09-serial-made-twice.json")

    assert [each["state"] for each in outcomes] == ["accepted", "accepted"]
    # The second is made in 2028: it is there when its time has come.
    now, later = (
        {
            client.get(f"/trace/v1/units/{each['id']}", query_string=query).get_json()["product"]
            for each in units(client, "C09-0002")
        }
        for query in ({}, {"asOf": "2028-04-01T00:00:00Z"})
    )
    assert "P-100" in now
    assert later == {"P-100", "P-200"}


def test_c14_a_use_that_one_source_sends_again_counts_once(cases: Path, client: FlaskClient) -> None:
    *_, first, again = sent(client, cases / "c14-sent-again.json")

    assert (first["state"], again["state"], again["duplicateOf"]) == ("accepted", "duplicate", first["id"])
    (board,) = units(client, "C14-B1")
    held = client.get(f"/trace/v1/units/{board['id']}/contents").get_json()["result"]
    assert [(row["quantity"], row["designators"]) for row in held] == [("2", ["R1", "R2"])]
    assert [row["serial"] for row in where_used(client, "C14-LOT")["result"]] == ["C14-B1"]
