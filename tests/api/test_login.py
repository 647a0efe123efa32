"""Logins in the browser: one cookie for all workers, forms that were made here, locks at once."""

import io
import re

import pytest
import structlog

from aas_registry.domain.errors import BusyError, ConfigurationError
from aas_registry.domain.identifiers import Site
from aas_registry.domain.places import Claimant
from aas_registry.domain.principals import Role
from aas_registry.services import access, login
from aas_registry.services.login import Attempt
from aas_registry.settings import Settings
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


def worker(make_registry, **changes):
    """Return the application of another worker on the same database."""
    made = create_app(make_registry(**changes))
    made.testing = False
    return made


def attempt(app, name="ada", password="wrong", *, address="192.0.2.1", client=None):
    """Try to log in from an address, as a browser that is new unless one is given."""
    client = client or app.test_client()
    from_there = {"REMOTE_ADDR": address}
    page = client.get("/login", environ_overrides=from_there).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    form = {"name": name, "password": password, "csrf_token": token}
    return client.post("/login", data=form, environ_overrides=from_there)


def test_failures_are_counted_for_all_workers_together(make_registry, ada):
    workers = [worker(make_registry, login_attempts_per_minute=4) for _ in range(2)]

    statuses = [attempt(workers[turn % 2], address=f"192.0.2.{turn}").status_code for turn in range(6)]
    throttled = attempt(workers[0], password=PASSWORD, address="192.0.2.99")

    assert statuses == [401, 401, 401, 401, 429, 429]
    assert throttled.status_code == 429
    assert int(throttled.headers["Retry-After"]) == 15


@pytest.mark.parametrize(
    "spellings", [["ada", " ADA", "Ada ", "\tada\t", "aDa  "], ["nobody", "NoBody ", " nobody"]]
)
def test_failures_are_counted_by_the_key_under_which_the_account_is_found(make_registry, ada, spellings):
    app = worker(make_registry, login_attempts_per_minute=3)

    answers = [
        attempt(app, spellings[turn % len(spellings)], address=f"192.0.2.{turn}") for turn in range(60)
    ]

    assert [each.status_code for each in answers] == [401] * 3 + [429] * 57
    assert {each.headers["Retry-After"] for each in answers[3:]} == {"20"}


def test_an_address_that_tries_many_names_is_throttled_and_ipv6_by_network(make_registry, ada):
    app = worker(make_registry, login_attempts_per_address=3)

    statuses = [
        attempt(app, f"name {turn}", address=f"2001:db8:0:1::{turn:x}").status_code for turn in range(4)
    ]

    assert statuses == [401, 401, 401, 429]
    assert attempt(app, "name 9", address="2001:db8:0:2::1").status_code == 401


def test_strangers_shut_neither_a_known_device_nor_a_known_address_out(make_registry, ada):
    app = worker(make_registry, login_attempts_per_minute=3, login_attempts_per_address=3)
    device = app.test_client()
    assert attempt(app, password=PASSWORD, address="192.0.2.1", client=device).status_code == 303
    device.delete_cookie("aas_registry")

    flood = [attempt(app, address="198.51.100.7").status_code for _ in range(9)]
    from_next_door = [attempt(app, f"x{turn}", address="203.0.113.5").status_code for turn in range(9)]
    stranger = attempt(app, password=PASSWORD, address="198.51.100.8")
    known_device = attempt(app, password=PASSWORD, address="203.0.113.5", client=device)
    known_address = attempt(app, password=PASSWORD, address="192.0.2.1")

    assert (flood[-1], from_next_door[-1], stranger.status_code) == (429, 429, 429)
    assert (known_device.status_code, known_address.status_code) == (303, 303)


def test_a_known_device_and_a_known_address_have_a_limit_of_their_own(make_registry, ada):
    app = worker(make_registry, login_attempts_per_minute=3)
    device = app.test_client()
    attempt(app, password=PASSWORD, client=device)
    device.delete_cookie("aas_registry")

    by_device = [attempt(app, address="198.51.100.9", client=device).status_code for _ in range(4)]
    by_address = [attempt(app).status_code for _ in range(4)]

    assert by_device == by_address == [401, 401, 401, 429]


def test_a_device_is_known_for_its_own_accounts_only(make_registry, ada, administrator):
    body = {"name": "eve", "password": PASSWORD, "role": "production"}
    assert administrator.post("/trace/v1/users", json=body).status_code == 201
    app = worker(make_registry, login_attempts_per_minute=3)
    device = app.test_client()
    attempt(app, "eve", PASSWORD, client=device)
    device.delete_cookie("aas_registry")
    for turn in range(3):
        attempt(app, address=f"192.0.2.{turn}")

    assert attempt(app, password=PASSWORD, address="198.51.100.9", client=device).status_code == 429


def test_a_forged_device_is_a_stranger(make_registry, ada):
    app = worker(make_registry, login_attempts_per_minute=1)
    device = app.test_client()
    attempt(app, address="192.0.2.1")
    device.set_cookie("aas_registry_device", "WyJ4IixbMV1d.aSrVrg.AAAAAAAAAAAAAAAAAAAAAAAAAAA")

    assert attempt(app, password=PASSWORD, address="192.0.2.2", client=device).status_code == 429


def test_a_throttle_ends_with_time_and_its_rows_go(make_registry, ada, clock, registry):
    app = worker(make_registry, login_attempts_per_minute=3)
    for turn in range(5):
        attempt(app, address=f"192.0.2.{turn}")
    clock.advance(minutes=2)

    assert attempt(app, password=PASSWORD).status_code == 303
    with registry.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM login_throttle").scalar() == 0


def test_a_throttled_attempt_hashes_nothing_and_writes_nothing(make_registry, ada, registry, monkeypatch):
    app = worker(make_registry, login_attempts_per_minute=1)
    attempt(app)

    def rows():
        with registry.read() as connection:
            return [
                connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall()
                for name in ("login_throttle", "audit")
            ]

    before = rows()
    app.extensions["aas_registry"].password_checks._places.clear()  # nothing can be checked any more

    assert attempt(app, password=PASSWORD).status_code == 429
    assert rows() == before


def test_a_flood_of_strangers_takes_no_place_from_a_known_device(make_registry, ada):
    app = worker(make_registry, login_checks=1)
    device = app.test_client()
    attempt(app, password=PASSWORD, client=device)
    device.delete_cookie("aas_registry")
    checks = app.extensions["aas_registry"].password_checks

    assert checks._places[False].take(Claimant("somebody", "somewhere"))
    stranger = attempt(app, password=PASSWORD, address="192.0.2.2")
    known = attempt(app, password=PASSWORD, address="192.0.2.3", client=device)

    assert stranger.status_code == 503
    assert stranger.headers["Retry-After"] == "1"
    assert "LOGIN-BUSY" in stranger.text
    assert known.status_code == 303


def test_known_devices_have_their_turns_by_account_and_strangers_by_address(make_registry, ada):
    app = worker(make_registry, login_checks=1)
    registry = app.extensions["aas_registry"]
    phone, laptop = (
        login.log_in(registry, Attempt(name="ada", password=PASSWORD, address="192.0.2.1")).device
        for _ in range(2)
    )
    for is_known in (False, True):
        assert registry.password_checks._places[is_known].take(Claimant("somebody", "somewhere"))

    def claimant(name, address, device=None):
        with pytest.raises(BusyError) as busy:
            login.log_in(registry, Attempt(name=name, password=PASSWORD, address=address, device=device))
        return busy.value.claimant

    by_phone = claimant("ada", "192.0.2.9", phone)
    by_laptop = claimant(" ADA", "192.0.2.9", laptop)
    by_address = claimant("ada", "192.0.2.1")
    stranger = claimant("ada", "2001:db8:0:1::1")
    its_neighbour = claimant("eve", "2001:db8:0:1::2")
    elsewhere = claimant("eve", "2001:db8:0:2::2")

    assert claimant("Ada", "198.51.100.1", phone) == by_phone
    assert by_phone.group == by_laptop.group == by_address.group
    assert len({by_phone.single, by_laptop.single, by_address.single}) == 3
    assert stranger.group == its_neighbour.group != elsewhere.group
    assert stranger.single != its_neighbour.single == elsewhere.single


def test_failed_logins_are_logged_and_audited_without_the_password(make_registry, ada, administrator):
    app = worker(make_registry, login_attempts_per_minute=1)
    with structlog.testing.capture_logs() as logs:
        attempt(app, "a\nda\x1b[31m" + "x" * 500, "s3cret horse", address="192.0.2.77")
        attempt(app, "a\nda\x1b[31m" + "x" * 500, "s3cret horse", address="192.0.2.77")

    told = [each for each in logs if each["event"] == "login failed"]
    entries = administrator.get("/trace/v1/audit").get_json()["result"]
    [entry] = [each for each in entries if each["what"] == "login failed"]

    assert [each["outcome"] for each in told] == ["refused", "throttled"]
    assert {each["address"] for each in told} == {"192.0.2.77"}
    assert all(each["name"].startswith(r"a\u000ada\u001b[31mxxx") for each in told)
    assert all(len(each["name"]) < 200 for each in told)
    assert (entry["who"], entry["kind"], entry["detail"]) == ("nobody", "nobody", "192.0.2.77")
    assert entry["subject"].startswith(r"a\u000ada\u001b[31mxxx")
    assert "s3cret" not in str(logs) + str(entries)


def test_an_untrusted_client_cannot_say_where_it_asks_from(make_registry, ada, administrator):
    app = worker(make_registry, proxies="192.0.2.10, 198.51.100.0/24")
    spoofed = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil"}
    told = []
    for peer, forwarded in (
        ("192.0.2.11", "203.0.113.5"),  # no proxy of ours
        ("192.0.2.10", "203.0.113.5"),
        ("192.0.2.10", "10.0.0.1, 203.0.113.6"),  # what the client itself sent stands on the left
        ("192.0.2.10", "10.0.0.1, 203.0.113.7, 198.51.100.9"),  # two proxies of ours
        ("192.0.2.10", "10.0.0.1, unknown"),
    ):
        client = app.test_client()
        headers = {**spoofed, "X-Forwarded-For": forwarded}
        answer = client.get("/login", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)[1]
        form = {"name": peer, "password": "wrong", "csrf_token": token}
        is_secure = "Secure" in answer.headers["Set-Cookie"]
        headers["Referer"] = f"{'https://evil' if is_secure else 'http://localhost'}/login"
        headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
        bare = app.test_client(use_cookies=False)
        with structlog.testing.capture_logs() as logs:
            bare.post("/login", data=form, headers=headers, environ_overrides={"REMOTE_ADDR": peer})
        told += [(each["address"], is_secure) for each in logs if each["event"] == "login failed"]

    assert told == [
        ("192.0.2.11", False),
        ("203.0.113.5", True),
        ("203.0.113.6", True),
        ("203.0.113.7", True),
        ("192.0.2.10", False),
    ]


@pytest.mark.parametrize("proxies", ["x", "10.0.0.0/33", "10.0.0.1/8", "proxy.example"])
def test_a_proxy_that_is_no_address_is_refused(proxies):
    with pytest.raises(ConfigurationError, match="PROXIES"):
        Settings.from_environment({"AAS_REGISTRY_PROXIES": proxies})


def live_cookie(client):
    return client.get_cookie("aas_registry").value


def copy_of(app, client):
    copied = app.test_client()
    copied.set_cookie("aas_registry", live_cookie(client))
    return copied


def statuses_of(*clients):
    return [client.get("/trace/v1/uploads").status_code for client in clients]


def test_logging_out_ends_every_copy_of_the_cookie(app, browser, make_registry):
    log_in(browser)
    copies = [copy_of(app, browser), copy_of(create_app(make_registry()), browser)]
    before = statuses_of(*copies)

    browser.post("/logout", data={"csrf_token": form_token_of_session(browser)})

    assert before == [200, 200]
    assert statuses_of(*copies) == [401, 401]


def test_a_login_has_an_id_that_no_visitor_had_before(app, browser, registry):
    browser.get("/login")
    planted = live_cookie(browser)
    log_in(browser)
    fixed = app.test_client()
    fixed.set_cookie("aas_registry", planted)
    with registry.read() as connection:
        [stored] = connection.exec_driver_sql("SELECT sha256 FROM login_session").scalars()

    assert statuses_of(fixed, browser) == [401, 200]
    assert len(stored) == 64
    assert stored not in live_cookie(browser)


def test_a_session_ends_after_its_hours_however_busy(browser, clock):
    log_in(browser)
    for _ in range(11):
        clock.advance(hours=1)
        assert statuses_of(browser) == [200]
    clock.advance(hours=1)

    assert statuses_of(browser) == [401]


def test_locking_out_ends_sessions_for_good(app, browser, administrator):
    log_in(browser)
    administrator.delete("/trace/v1/users/ada")

    assert administrator.post("/trace/v1/users/ada/enable").status_code == 204

    assert statuses_of(browser) == [401]
    assert administrator.post("/trace/v1/users/ada/enable").status_code == 404
    assert log_in(app.test_client()).status_code == 303


def test_a_user_changes_the_own_password_and_other_sessions_end(app, browser):
    other = app.test_client()
    log_in(browser)
    log_in(other)
    headers = {"X-CSRFToken": form_token_of_session(browser)}

    def change(old, new):
        body = {"oldPassword": old, "newPassword": new}
        answer = browser.post("/trace/v1/account/password", json=body, headers=headers)
        return answer.status_code, answer.get_json(silent=True)

    status, told = change("wrong", "another horse battery")
    assert (status, told["messages"][0]["code"]) == (400, "PASSWORD-OLD-WRONG")
    status, told = change(PASSWORD, "short")
    assert (status, told["messages"][0]["code"]) == (400, "PASSWORD-UNFIT")
    assert change(PASSWORD, "\u00e9" * 600)[0] == 400  # longer in bytes than what ever matches
    assert statuses_of(browser, other) == [200, 200]

    assert change(PASSWORD, "another horse battery")[0] == 204

    assert statuses_of(browser, other) == [200, 401]
    assert log_in(app.test_client()).status_code == 401
    assert log_in(app.test_client(), password="another horse battery").status_code == 303


def test_a_stolen_session_cannot_guess_the_password_without_end(make_registry, ada):
    browser = worker(make_registry, login_attempts_per_minute=2).test_client()
    log_in(browser)
    headers = {"X-CSRFToken": form_token_of_session(browser)}
    body = {"oldPassword": "wrong", "newPassword": "another horse battery"}

    statuses = [
        browser.post("/trace/v1/account/password", json=body, headers=headers).status_code for _ in range(3)
    ]

    assert statuses == [400, 400, 429]


def test_an_administrator_resets_a_password_and_sessions_end(app, browser, administrator):
    log_in(browser)

    reset = administrator.put("/trace/v1/users/ada/password", json={"password": "another horse battery"})

    assert reset.status_code == 204
    assert statuses_of(browser) == [401]
    assert log_in(app.test_client()).status_code == 401
    assert log_in(app.test_client(), password="another horse battery").status_code == 303
    body = {"password": "another horse battery"}
    assert administrator.put("/trace/v1/users/bob/password", json=body).status_code == 404


def test_sessions_are_listed_and_ended_by_their_user(app, browser):
    other = app.test_client()
    log_in(browser)
    log_in(other)
    headers = {"X-CSRFToken": form_token_of_session(browser)}

    listed = browser.get("/trace/v1/account/sessions").get_json()["result"]
    ended = browser.delete(f"/trace/v1/account/sessions/{listed[1]['id']}", headers=headers)

    assert [each["address"] for each in listed] == ["127.0.0.1"] * 2
    assert live_cookie(browser) not in str(listed)
    assert ended.status_code == 204
    assert statuses_of(browser, other) == [200, 401]
    assert len(browser.get("/trace/v1/account/sessions").get_json()["result"]) == 1
    again = browser.delete(f"/trace/v1/account/sessions/{listed[1]['id']}", headers=headers)
    assert (again.status_code, again.get_json()["messages"][0]["code"]) == (404, "SESSION-UNKNOWN")


def test_the_sessions_of_another_user_do_not_exist(app, browser, administrator):
    body = {"name": "eve", "password": PASSWORD, "role": "quality"}
    administrator.post("/trace/v1/users", json=body)
    eve = app.test_client()
    log_in(eve, "eve")
    log_in(browser)
    [own] = browser.get("/trace/v1/account/sessions").get_json()["result"]
    headers = {"X-CSRFToken": form_token_of_session(eve)}

    assert eve.delete(f"/trace/v1/account/sessions/{own['id']}", headers=headers).status_code == 404
    assert administrator.delete(f"/trace/v1/users/eve/sessions/{own['id']}").status_code == 404
    assert statuses_of(browser) == [200]


def test_an_administrator_ends_anyones_sessions(app, browser, administrator):
    others = [app.test_client() for _ in range(2)]
    for client in (browser, *others):
        log_in(client)
    path = "/trace/v1/users/ada/sessions"
    listed = administrator.get(path).get_json()["result"]

    assert administrator.delete(f"{path}/{listed[0]['id']}").status_code == 204
    assert statuses_of(browser, *others) == [401, 200, 200]
    assert administrator.delete(path).status_code == 204
    assert statuses_of(browser, *others) == [401, 401, 401]
    assert administrator.get("/trace/v1/users/bob/sessions").status_code == 404
    whats = [each["what"] for each in administrator.get("/trace/v1/audit").get_json()["result"]]
    assert whats[:2] == ["sessions ended", "session ended"]


def test_a_token_has_no_account(quality):
    answer = quality.get("/trace/v1/account/sessions")

    assert (answer.status_code, answer.get_json()["messages"][0]["code"]) == (404, "ACCOUNT-NONE")


def test_a_user_has_a_bounded_number_of_sessions(make_registry, ada, registry):
    app = worker(make_registry, user_sessions=2)
    clients = [app.test_client() for _ in range(4)]
    for client in clients:
        log_in(client)

    assert statuses_of(*clients) == [401, 401, 200, 200]
    with registry.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM login_session").scalar() == 2


def test_names_are_of_one_site_and_a_server_logs_in_to_its_own(app, make_registry, ada, asker):
    elsewhere = make_registry(site="plant-2")
    local = access.local_administrator(elsewhere)
    access.add_user(elsewhere, local, name="Ada", password="horse of plant two", role=Role.AUDITOR)
    token = access.issue_token(elsewhere, local, name="there", role=Role.AUDITOR).text
    there = worker(make_registry, site="plant-2")
    client = there.test_client()

    assert log_in(client, password="horse of plant two").status_code == 303
    assert log_in(there.test_client()).status_code == 401
    assert log_in(app.test_client()).status_code == 303
    assert log_in(app.test_client(), password="horse of plant two").status_code == 401
    assert statuses_of(client, copy_of(app, client)) == [200, 401]
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/trace/v1/uploads", headers=bearer).status_code == 200


@pytest.mark.parametrize("name", ["local", "Registry", "nobody", "line 4 (token)", "line 4\uff08token\uff09"])
def test_nobody_is_named_as_somebody_else_is_read(administrator, name):
    body = {"name": name, "password": PASSWORD, "role": "quality"}

    assert administrator.post("/trace/v1/users", json=body).status_code == 400


def test_the_record_tells_a_token_from_the_user_of_its_name(administrator, browser, app, ada):
    issued = administrator.post("/trace/v1/tokens", json={"name": "ada", "role": "quality"}).get_json()
    content = b'{"submodels": [{"modelType": "Submodel", "id": "urn:sm:named"}]}'
    bearer = {"Authorization": f"Bearer {issued['token']}"}
    data = {"file": (io.BytesIO(content), "a.json")}

    sent = app.test_client().post("/trace/v1/uploads", data=data, headers=bearer)

    assert sent.get_json()["submittedBy"] == "ada (token)"
    entries = administrator.get("/trace/v1/audit").get_json()["result"]
    assert {(each["kind"], each["token"]) for each in entries if each["who"] == "ada"} == {
        ("token", issued["id"])
    }


def test_a_session_seen_while_another_writes_is_served(browser, clock, registry):
    log_in(browser)
    clock.advance(minutes=20)

    with registry.write(Site("plant-1")):
        assert statuses_of(browser) == [200]
    clock.advance(minutes=20)
    assert statuses_of(browser) == [200]

    [listed] = browser.get("/trace/v1/account/sessions").get_json()["result"]
    assert listed["lastSeenAt"].startswith("2026-03-16T08:40")
