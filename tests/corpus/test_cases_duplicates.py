"""Small cases from daily work: the same bytes again after what they brought was changed or deleted."""

import io
from pathlib import Path

import pytest
from aas_samples import id64
from flask.testing import FlaskClient

from aas_registry.web.app import create_app

pytestmark = pytest.mark.check

NOTES = f"/api/v3/submodels/{id64('urn:example:c01:notes')}"


@pytest.fixture
def client(make_registry) -> FlaskClient:
    return create_app(make_registry(auth="none")).test_client()


def test_c01_what_is_sent_again_counts_again(cases: Path, client: FlaskClient) -> None:
    def upload(name: str) -> int:
        form = {"file": (io.BytesIO((cases / name).read_bytes()), name)}
        return client.post("/trace/v1/uploads", data=form).status_code

    assert [upload(f"c01-{each}.json") for each in ("first", "second", "first")] == [201, 201, 201]
    assert client.get(NOTES).get_json()["submodelElements"][0]["value"] == "A-1"

    assert upload("c01-first.json") == 200
    assert client.delete(NOTES).status_code == 204
    assert upload("c01-second.json") == 201
    assert client.get(NOTES).get_json()["submodelElements"][0]["value"] == "B-2"
