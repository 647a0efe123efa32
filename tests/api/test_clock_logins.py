"""Logins, sessions and unfinished uploads while the clock is wrong: nothing revives, locks out or is lost."""

import base64
import re
from datetime import timedelta

import pytest

from aas_registry.web.app import create_app

PASSWORD = "correct horse battery"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def ada(administrator):
    body = {"name": "ada", "password": PASSWORD, "role": "quality", "days": 30}
    assert administrator.post("/trace/v1/users", json=body).status_code == 201


def log_in(client, password=PASSWORD):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)[1]
    form = {"name": "ada", "password": password, "csrf_token": token}
    return client.post("/login", data=form).status_code


def is_in(client) -> bool:
    return client.get("/trace/v1/uploads").status_code == 200


def record_something(administrator, code):
    assert administrator.post("/trace/v1/parties", json={"code": code, "name": code}).status_code == 201


@pytest.fixture
def set_clock(registry, clock):
    """Set the clock while the machine's own count of the time goes on."""
    running = timedelta(hours=1)
    registry.watched_clock.machine = lambda: ("boot-1", running)

    def set_by(**by):
        clock.advance(**by)

    return set_by


def test_a_clock_set_back_revives_no_session_and_no_user(app, administrator, ada, clock):
    browser = app.test_client()
    assert log_in(browser) == 303
    assert is_in(browser)
    clock.advance(days=40)
    record_something(administrator, "keralit")
    assert not is_in(browser)

    clock.advance(days=-40)

    assert not is_in(browser)
    assert log_in(app.test_client()) == 401  # a user of thirty days


def test_a_session_that_begins_under_a_clock_behind_is_live(app, administrator, ada, clock):
    clock.advance(days=20)
    record_something(administrator, "keralit")
    clock.advance(days=-20)
    browser = app.test_client()

    assert log_in(browser) == 303
    assert is_in(browser)


def test_many_logins_under_a_clock_ahead_shut_nobody_out_later(make_registry, ada, clock):
    app = create_app(make_registry(user_sessions=2))
    clock.advance(days=20)
    for _ in range(2):
        assert log_in(app.test_client()) == 303
    clock.advance(days=-20)
    browser = app.test_client()

    assert log_in(browser) == 303
    assert is_in(browser)


def test_a_session_that_was_ended_when_it_seemed_expired_stays_ended(app, administrator, ada, clock):
    browser = app.test_client()
    assert log_in(browser) == 303
    clock.advance(days=20)
    assert administrator.send("DELETE", "/trace/v1/users/ada/sessions").status_code in {200, 204}
    clock.advance(days=-20)

    assert not is_in(browser)


def test_failures_under_a_clock_ahead_lock_nobody_out_for_days(make_registry, ada, clock):
    app = create_app(make_registry(login_attempts_per_minute=2))
    clock.advance(days=20)
    assert [log_in(app.test_client(), "wrong") for _ in range(3)] == [401, 401, 429]
    clock.advance(days=-20)

    assert [log_in(app.test_client(), "wrong") for _ in range(3)] == [401, 401, 429]
    clock.advance(minutes=1)
    assert log_in(app.test_client()) == 303


def test_a_clock_that_jumped_ahead_takes_no_unfinished_upload_away(
    suppliers, make_asker, administrator, set_clock
):
    bolt = make_asker("supplier", "bolt")
    name = base64.b64encode(b"lot.aasx").decode()
    head = {**TUS, "Upload-Length": "10", "Upload-Metadata": f"filename {name}"}
    place = bolt.send("POST", "/trace/v1/resumable-uploads", headers=head).headers["Location"]
    piece = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert bolt.send("PATCH", place, data=b"12345", headers=piece).status_code == 204

    set_clock(days=40)

    assert bolt.send("HEAD", place, headers=TUS).headers["Upload-Offset"] == "5"
    refused = bolt.send("POST", "/trace/v1/resumable-uploads", headers=head)
    assert (refused.status_code, refused.get_json()["messages"][0]["code"]) == (503, "CLOCK-JUMPED")
    set_clock(days=-40)
    assert bolt.send("HEAD", place, headers=TUS).headers["Upload-Offset"] == "5"
