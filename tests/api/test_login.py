"""Logins in the browser: one cookie for all workers, forms that were made here, locks at once."""

import re

import pytest

from aas_registry.web.app import create_app

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(administrator):
    """Put the quality engineer Ada on record."""
    body = {"name": "ada", "password": PASSWORD, "role": "quality", "days": 30}
    assert administrator.post("/trace/v1/users", json=body).status_code == 201


@pytest.fixture
def browser(app, ada):
    return app.test_client()


def form_token(client):
    page = client.get("/login").text
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def log_in(client, name="ada", password=PASSWORD):
    form = {"name": name, "password": password, "csrf_token": form_token(client)}
    return client.post("/login", data=form)


def test_a_login_reads_as_its_role(browser):
    assert browser.get("/trace/v1/uploads").status_code == 401

    assert log_in(browser).status_code == 303

    assert browser.get("/trace/v1/uploads").status_code == 200
    assert browser.get("/trace/v1/tokens").status_code == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser):
    [cookie] = [value for value in log_in(browser).headers.getlist("Set-Cookie") if "aas_registry=" in value]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_cookie_works_in_every_worker(browser, make_registry):
    log_in(browser)
    other = create_app(make_registry()).test_client()
    other.set_cookie("aas_registry", browser.get_cookie("aas_registry").value)

    assert other.get("/trace/v1/uploads").status_code == 200


def test_a_forged_cookie_is_none(browser):
    browser.set_cookie("aas_registry", "eyJfdXNlcl9pZCI6ImFkYSJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")

    assert browser.get("/trace/v1/uploads").status_code == 401


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ada", ""), ("", ""), ("ada", "x" * 5000)]
)
def test_wrong_names_and_passwords_are_told_alike(browser, name, password):
    response = log_in(browser, name, password)

    assert response.status_code == 401
    assert browser.get("/trace/v1/uploads").status_code == 401


def test_a_name_that_no_database_keeps_logs_nobody_in(browser):
    assert log_in(browser, "a\0da").status_code in {400, 401}


def test_writing_with_a_cookie_needs_the_token_of_a_form(browser):
    token = form_token(browser)
    log_in(browser)
    body = {"modelType": "Submodel", "id": "urn:sm:1"}

    without = browser.post("/api/v3/submodels", json=body)
    token = form_token_of_session(browser) or token
    with_one = browser.post("/api/v3/submodels", json=body, headers={"X-CSRFToken": token})

    assert without.status_code == 400
    assert without.get_json()["messages"][0]["code"] == "CSRF-FAILED"
    assert with_one.status_code == 201


def form_token_of_session(client):
    """Return the token that a page shown to the logged-in user carries."""
    for path in ("/uploads", "/"):
        found = re.search(r'csrf[-_]token"[^>]*(?:value|content)="([^"]+)"', client.get(path).text)
        if found:
            return found[1]
    return None


def test_a_bearer_token_needs_no_form(quality):
    assert (
        quality.post("/api/v3/submodels", json={"modelType": "Submodel", "id": "urn:sm:1"}).status_code == 201
    )


def test_a_locked_out_user_is_out_at_once_in_every_worker(browser, administrator, make_registry):
    log_in(browser)
    other = create_app(make_registry()).test_client()
    other.set_cookie("aas_registry", browser.get_cookie("aas_registry").value)

    administrator.delete("/trace/v1/users/ada")

    assert browser.get("/trace/v1/uploads").status_code == 401
    assert other.get("/trace/v1/uploads").status_code == 401
    assert log_in(browser).status_code == 401


def test_a_login_ends_with_its_user(browser, clock):
    log_in(browser)

    clock.advance(days=31)

    assert browser.get("/trace/v1/uploads").status_code == 401
    assert log_in(browser).status_code == 401


def test_a_bearer_token_counts_before_a_cookie(browser, bolt):
    log_in(browser)

    response = browser.get("/trace/v1/audit", headers={"Authorization": f"Bearer {bolt.token}"})

    assert response.status_code == 403
    assert "supplier" in response.get_json()["messages"][0]["text"]


def test_attempts_are_throttled(make_registry, ada):
    client = create_app(make_registry(login_attempts_per_minute=3)).test_client()

    statuses = [log_in(client, "ada", "wrong").status_code for _ in range(4)]
    throttled = log_in(client)

    assert statuses[:3] == [401, 401, 401]
    assert statuses[3] == throttled.status_code == 429
    assert int(throttled.headers["Retry-After"]) > 0
