"""Uploads that tell their progress: lines while it runs, and as the last what is answered otherwise."""

import io
import json

import pytest
from aas_samples import environment, lot_aasx, submodel

from aas_registry.web import progress as web_progress

NDJSON = {"Accept": "application/x-ndjson"}
TUS = {"Tus-Resumable": "1.0.0"}


def lines_of(answer):
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.data.splitlines()]


def upload(asker, content, name="lot.aasx", **query):
    form = {"file": (io.BytesIO(content), name)}
    return asker.post("/trace/v1/uploads", data=form, query_string=query, headers=NDJSON)


def test_the_last_line_is_what_the_upload_answers_otherwise(bolt):
    answer = upload(bolt, lot_aasx())

    *told, last = lines_of(answer)
    assert answer.status_code == 200
    assert last["status"] == 201
    assert bolt.get(f"/trace/v1/uploads/{last['upload']['id']}").get_json() == last["upload"] | {
        "isNew": False
    }
    assert {"receiving", "checking", "storing", "committing"} <= {line["phase"] for line in told}
    assert all(line["total"] is None or 0 <= line["done"] <= line["total"] for line in told)


def test_a_refusal_is_the_last_line_with_the_body_of_the_error(bolt):
    (*_, last) = lines_of(upload(bolt, b"hello"))

    plain = bolt.upload(b"hello", "lot.aasx").get_json()
    assert last["status"] == 400
    assert last["error"]["findings"] == plain["findings"]
    assert last["error"]["messages"][0]["code"] == plain["messages"][0]["code"] == "UPLOAD-TYPE-UNKNOWN"


def test_a_request_that_is_wrong_from_the_start_is_answered_as_ever(bolt):
    assert bolt.post("/trace/v1/uploads", data={"other": "x"}, headers=NDJSON).status_code in {400, 415}


def test_a_resumed_upload_tells_its_progress_too(bolt):
    content = lot_aasx()
    begun = bolt.post("/trace/v1/resumable-uploads", headers=TUS | {"Upload-Length": str(len(content))})
    place = begun.headers["Location"]
    piece = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    bolt.send("PATCH", place, data=content, headers=piece)

    *told, last = lines_of(bolt.post(f"{place}/take", headers=NDJSON))

    assert told
    assert (last["status"], last["upload"]["size"]) == (201, len(content))


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/json, application/x-ndjson;q=0.5"]
)
def test_one_json_value_is_answered_unless_lines_are_preferred(bolt, accept):
    form = {"file": (io.BytesIO(lot_aasx()), "lot.aasx")}

    answer = bolt.post("/trace/v1/uploads", data=form, headers={"Accept": accept})

    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/json")


def test_a_reader_that_goes_away_stops_the_work_before_it_commits(bolt, app, registry, monkeypatch):
    monkeypatch.setattr(web_progress, "_INTERVAL_S", 0.0)  # a line for every word, the first at once
    content = environment(*(submodel(f"urn:sm:{number}") for number in range(300)))
    form = {"file": (io.BytesIO(content), "lot.json")}
    headers = NDJSON | {"Authorization": f"Bearer {bolt.token}"}

    answer = app.test_client().post("/trace/v1/uploads", data=form, headers=headers, buffered=False)
    first = json.loads(next(answer.response))
    answer.close()

    assert first["phase"] == "receiving"
    assert bolt.get("/trace/v1/uploads").get_json()["result"] == []
    assert [path for path in (registry.settings.data_dir / "files").rglob("*") if path.is_file()] == []
    assert bolt.upload(content).status_code == 201
