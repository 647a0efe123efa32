"""Errors in their one shape, and hostile requests that are answered and never crash."""

import json

import pytest
from aas_samples import concept, id64, shell, submodel

from aas_registry.web.app import create_app

MESSAGE = {"code", "correlationId", "messageType", "text", "timestamp"}
DEEP = b"[" * 5000 + b"]" * 5000


class EndlessBody:
    """A body that goes on for ever, and tells how much of it was read."""

    def __init__(self, start=b""):
        self.start = start
        self.read_bytes = 0

    def read(self, size):
        content = self.start[self.read_bytes : self.read_bytes + size].ljust(size, b"x")
        self.read_bytes += size
        return content


def message(response):
    return response.get_json()["messages"][0]


@pytest.fixture
def small(make_registry, make_asker, suppliers):
    """A supplier at a server with tight limits."""
    return make_asker("supplier", "bolt", registry=make_registry(body_bytes=1000, upload_bytes=5000))


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v3/shells/" + id64("urn:none"), 404, "SHELL-NOT-FOUND"),
        ("/api/v3/submodels/" + id64("urn:none"), 404, "SUBMODEL-NOT-FOUND"),
        ("/api/v3/concept-descriptions/" + id64("urn:none"), 404, "CONCEPT-DESCRIPTION-NOT-FOUND"),
        ("/api/v3/shells/!", 400, "ID-INVALID"),
        ("/api/v3/shells?limit=x", 400, "REQUEST-INVALID"),
        ("/api/v3/nothing", 404, "NOT-FOUND"),
    ],
)
def test_errors_of_the_aas_api_hold_messages_and_nothing_else(bolt, path, status, code):
    response = bolt.get(path)

    body = response.get_json()
    assert response.status_code == status
    assert set(body) == {"messages"}
    assert set(body["messages"][0]) == MESSAGE
    assert body["messages"][0]["code"] == code
    assert body["messages"][0]["messageType"] == "Error"


@pytest.mark.parametrize(
    ("address", "body", "place"),
    [
        ("/api/v3/shells", b'{"id": NaN}', "(row 1, column 8)"),
        ("/api/v3/submodels", b"[]", "(at body)"),
        ("/api/v3/submodels", b'{"modelType":"Submodel","id":"urn:a","kind":"Odd"}', "(at kind)"),
    ],
)
def test_the_aas_api_names_the_place_at_the_end_of_each_text(administrator, address, body, place):
    messages = administrator.post(address, data=body, content_type="application/json").get_json()["messages"]

    assert messages[0]["text"].endswith(place)
    assert all(message["text"].endswith(")") for message in messages)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/api/v3/shells/!", "identifier"),
        ("/api/v3/shells?assetIds=e30", "assetIds"),
        ("/api/v3/submodels?semanticId=WzE", "semanticId"),
    ],
)
def test_the_aas_api_names_the_parameter(administrator, address, place):
    assert f"(at {place}" in message(administrator.get(address))["text"]


@pytest.mark.parametrize(
    ("address", "options", "place"),
    [
        ("/trace/v1/uploads", {"data": b"x", "content_type": "text/plain"}, "Content-Type"),
        ("/trace/v1/uploads", {"data": {"other": "x"}, "content_type": "multipart/form-data"}, "file"),
        ("/trace/v1/uploads", {"data": b"x" * 6000, "content_type": "multipart/form-data"}, "body"),
    ],
)
def test_a_refused_request_names_the_part_of_it(small, address, options, place):
    assert [found["path"] for found in small.post(address, **options).get_json()["findings"]] == [place]


@pytest.mark.parametrize(
    "path", ["/trace/v1/lots/none", "/trace/v1/lots?limit=0", "/trace/v1/nothing", "/nothing"]
)
def test_our_own_errors_add_findings(bolt, path):
    body = bolt.get(path).get_json()

    assert set(body) == {"messages", "findings"}
    assert set(body["messages"][0]) == MESSAGE


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("lots/none", "lot"),
        ("lots/none/where-used", "lot"),
        ("lots/none/packages", "lot"),
        ("units/none", "unit"),
        ("units/none/contents", "unit"),
        ("units/none/timeline", "unit"),
        ("certificates/none", "certificate"),
        ("uploads/none", "upload"),
        ("reports/none", "report"),
        ("anomalies?cursor=none", "cursor"),
        ("events?cursor=none", "cursor"),
    ],
)
def test_what_is_not_found_is_named_by_its_place(administrator, address, place):
    answer = administrator.get(f"/trace/v1/{address}")
    body = answer.get_json()

    assert answer.status_code in {400, 404}
    assert [(each["code"], each["path"]) for each in body["findings"]] == [
        (body["messages"][0]["code"], place)
    ]


def test_findings_name_every_wrong_parameter(bolt):
    response = bolt.get("/trace/v1/lots?limit=many&colour=red")

    findings = response.get_json()["findings"]
    assert {finding["path"] for finding in findings} == {"limit", "colour"}
    assert {finding["code"] for finding in findings} == {"REQUEST-INVALID"}


@pytest.mark.parametrize(
    "path",
    [
        "/trace/v1/lots?colour=red",
        "/trace/v1/uploads?code=1",
        "/trace/v1/lots/abc?limit=1",
        "/api/v3/shells?colour=red",
        f"/api/v3/shells/{id64('urn:x')}?colour=red",
        "/api/v3/description?colour=red",
        "/trace/v1/lots?limit=1&limit=2",
        "/trace/v1/lots?code=%00",
        f"/api/v3/shells?idShort={'x' * 129}",
    ],
)
def test_query_parameters_that_are_not_documented_are_refused(bolt, path):
    response = bolt.get(path)

    assert response.status_code == 400
    assert message(response)["code"] == "REQUEST-INVALID"


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "99999999999999999999", "1.5", "", "ten", "%D9%A3x"])
def test_a_limit_out_of_bounds_is_refused(bolt, limit):
    for path in ("/trace/v1/lots", "/trace/v1/uploads", "/api/v3/shells"):
        response = bolt.get(f"{path}?limit={limit}")

        assert response.status_code == 400
        assert message(response)["code"] == "REQUEST-INVALID"


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "e30", "%00", "é", "A" * 2000])
def test_a_made_up_cursor_is_refused(bolt, cursor):
    for path in ("/trace/v1/lots", "/trace/v1/uploads", "/api/v3/shells"):
        response = bolt.get(path, query_string={"cursor": cursor})

        assert response.status_code == 400
        assert message(response)["code"] in {"CURSOR-INVALID", "REQUEST-INVALID"}


def test_a_cursor_longer_than_any_is_refused(bolt):
    assert bolt.get("/trace/v1/lots", query_string={"cursor": "A" * 2001}).status_code == 400


def test_a_method_that_an_address_does_not_know_names_those_it_knows(bolt):
    response = bolt.send("PATCH", "/trace/v1/lots")

    assert response.status_code == 405
    assert message(response)["code"] == "METHOD-NOT-ALLOWED"
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "OPTIONS"}


def test_a_request_id_is_echoed_and_stands_in_the_error(bolt):
    response = bolt.get("/trace/v1/lots/none", headers={"X-Request-Id": "line-4.shift_2-0001"})

    assert response.headers["X-Request-Id"] == "line-4.shift_2-0001"
    assert message(response)["correlationId"] == "line-4.shift_2-0001"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "é"])
def test_a_malformed_request_id_is_replaced(bolt, given):
    response = bolt.get("/trace/v1/lots/none", headers={"X-Request-Id": given})

    assert response.headers["X-Request-Id"] not in {"", given}
    assert message(response)["correlationId"] == response.headers["X-Request-Id"]


def test_head_answers_as_get_without_a_body(bolt):
    bolt.post("/api/v3/shells", json=shell("urn:x:1"))
    path = f"/api/v3/shells/{id64('urn:x:1')}"

    head, get = bolt.send("HEAD", path), bolt.get(path)

    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["ETag"] == get.headers["ETag"]
    assert bolt.send("HEAD", "/api/v3/shells/" + id64("urn:none")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/v3/shells", "/api/v3/description", f"/api/v3/submodels/{id64('a')}", "/trace/v1/uploads"]
)
def test_a_browser_may_ask_beforehand_without_a_token(app, path):
    headers = {
        "Origin": "https://viewer.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    response = app.test_client().options(path, headers=headers)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert response.headers["Access-Control-Allow-Headers"].lower() == "authorization, content-type"
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_errors_can_be_read_from_another_origin_too(app):
    response = app.test_client().get("/api/v3/shells", headers={"Origin": "https://viewer.example"})

    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_for_people_cannot_be_read_from_another_origin(app):
    response = app.test_client().get("/health", headers={"Origin": "https://viewer.example"})

    assert "Access-Control-Allow-Origin" not in response.headers


def test_every_answer_forbids_to_guess_its_type_and_to_frame_it(app):
    for path in ("/health", "/api/v3/shells", "/nothing"):
        headers = app.test_client().get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("method", "path", "limit", "media_type"),
    [
        ("POST", "/api/v3/shells", 1000, "application/json"),
        ("PUT", f"/api/v3/submodels/{id64('urn:x')}", 1000, "application/json"),
        ("POST", "/trace/v1/uploads", 5000, "multipart/form-data; boundary=b"),
    ],
)
def test_a_body_that_says_it_is_over_the_limit_is_refused_unread(small, method, path, limit, media_type):
    body = EndlessBody()

    response = small.send(
        method,
        path,
        content_type=media_type,
        environ_overrides={"CONTENT_LENGTH": str(limit + 1), "wsgi.input": body},
    )

    assert response.status_code == 413
    assert message(response)["code"] == "BODY-TOO-LARGE"
    assert body.read_bytes == 0


@pytest.mark.parametrize(
    ("path", "limit", "media_type", "start"),
    [
        ("/api/v3/shells", 1000, "application/json", b"{"),
        (
            "/trace/v1/uploads",
            5000,
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n',
        ),
        ("/trace/v1/uploads", 5000, "multipart/form-data; boundary=b", b""),
    ],
)
def test_a_body_in_chunks_is_not_read_past_the_limit(small, path, limit, media_type, start):
    body = EndlessBody(start)

    response = small.post(
        path,
        content_type=media_type,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "", "wsgi.input": body},
    )

    assert response.status_code == 413, response.text
    assert message(response)["code"] == "BODY-TOO-LARGE"
    assert body.read_bytes <= limit + 128 * 1024  # one buffer


def test_a_body_of_exactly_the_limit_is_read(small):
    body = json.dumps(submodel("urn:x:1")).encode()

    assert (
        small.post("/api/v3/submodels", data=body.ljust(1000), content_type="application/json").status_code
        == 201
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (DEEP, "JSON-TOO-DEEP"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "JSON-TOO-DEEP"),
        (b'{"id": "a", "id": "b"}', "JSON-DUPLICATE-KEY"),
        (b'{"a": [{"b": 1, "b": 1}]}', "JSON-DUPLICATE-KEY"),
        (b"{", "JSON-INVALID"),
        (b"", "JSON-INVALID"),
        (b"nothing", "JSON-INVALID"),
        (b'{"a": NaN}', "JSON-INVALID"),
        (b'{"a": "\xff"}', "NOT-UTF8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "JSON-NUMBER"),
    ],
)
def test_hostile_json_is_refused(administrator, body, code):
    for path in ("/api/v3/shells", "/trace/v1/parties"):
        response = administrator.post(path, data=body, content_type="application/json")

        assert response.status_code == 400
        assert message(response)["code"] == code


@pytest.mark.parametrize("text", ["\ud800", "a\u0000b"])
def test_texts_that_no_database_keeps_are_refused(administrator, text):
    bodies = {
        "/trace/v1/parties": {"code": "c", "name": text},
        "/trace/v1/tokens": {"name": text, "role": "quality"},
        "/api/v3/concept-descriptions": concept("urn:cd:1") | {"category": text},
        "/api/v3/shells": shell("urn:x" + text),
    }
    for path, body in bodies.items():
        response = administrator.post(path, data=json.dumps(body), content_type="application/json")

        assert response.status_code == 400, path


def test_json_under_another_name_is_not_taken(bolt):
    for media_type in ("text/plain", "application/xml", "", "multipart/form-data; boundary=b"):
        response = bolt.post("/api/v3/shells", data=json.dumps(shell("urn:x:1")), content_type=media_type)

        assert response.status_code == 415
        assert message(response)["code"] == "MEDIA-TYPE-UNSUPPORTED"


@pytest.mark.parametrize(
    "path",
    ["/trace/v1/lots/%00", "/trace/v1/users/%00", "/%00", "/trace/v1/lots/%ff%fe", "/api/v3/shells/%ff"],
)
def test_odd_bytes_in_an_address_are_refused(administrator, path):
    for method in ("GET", "DELETE"):
        assert administrator.send(method, path).status_code in {400, 404, 405}


def test_an_unforeseen_error_answers_without_detail(app, bolt, monkeypatch):
    view = app.view_functions["lots.get_lots"]

    def broken(**arguments):
        raise RuntimeError("the secret of the house")

    broken.operation = view.operation
    monkeypatch.setitem(app.view_functions, "lots.get_lots", broken)

    response = bolt.get("/trace/v1/lots")

    assert response.status_code == 500
    assert message(response)["code"] == "INTERNAL"
    assert message(response)["messageType"] == "Exception"
    assert "secret" not in response.text


def test_a_view_without_an_operation_is_never_served(registry):
    app = create_app(registry)
    app.add_url_rule("/stray", "stray", lambda: "served")

    assert app.test_client().get("/stray").status_code == 404


def test_made_up_methods_do_not_multiply_counters(app):
    client = app.test_client()
    for number in range(3):
        client.open("/health", method=f"MADEUP{number}")

    assert b"MADEUP" not in client.get("/metrics").data
