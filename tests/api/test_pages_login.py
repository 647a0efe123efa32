"""The way into the pages: anonymous visitors, where the login leads, and out again."""

import re

import pytest
from page_visitor import PASSWORD, Visitor, log_in, words_of

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def stranger(app):
    return Visitor(app.test_client())


@pytest.mark.parametrize("path", ["/search?q=0042", "/lots", "/uploads", "/certificates", "/reports"])
def test_an_anonymous_visitor_is_led_to_the_login_and_back(stranger, path):
    answer = stranger.get(path)

    assert answer.status_code == 303
    assert answer.location.startswith("/login?next=")
    form = stranger.get(answer.location)
    assert f'name="next" value="{path}"' in form.text


def test_the_root_leads_a_stranger_to_the_search_and_so_to_the_login(stranger):
    assert stranger.get("/").location == "/search"


def test_a_post_of_an_anonymous_visitor_leads_to_the_login(stranger):
    answer = stranger.send("/uploads")

    assert answer.status_code == 303
    assert answer.location == "/login"


def test_the_login_leads_to_where_the_visitor_wanted_to_go(app, registry, suppliers):
    log_in(app, registry, "quality")
    other = Visitor(app.test_client())

    answer = other.send("/login", {"name": "quinn", "password": PASSWORD, "next": "/lots?mpn=CAP"})

    assert answer.location == "/lots?mpn=CAP"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"]
)
def test_the_login_never_leads_elsewhere(app, registry, suppliers, elsewhere):
    log_in(app, registry, "quality")
    other = Visitor(app.test_client())

    answer = other.send("/login", {"name": "quinn", "password": PASSWORD, "next": elsewhere})

    assert answer.location == "/"


def test_a_wrong_password_shows_the_form_again_with_the_name(stranger):
    answer = stranger.send("/login", {"name": "quinn", "password": "wrong", "next": "/lots"})

    assert answer.status_code == 401
    assert "User name or password is wrong." in words_of(answer)
    assert 'value="quinn"' in answer.text
    assert 'name="next" value="/lots"' in answer.text


def test_a_login_without_the_token_of_the_form_is_refused(stranger):
    answer = stranger.client.post("/login", data={"name": "quinn", "password": "wrong"})

    assert answer.status_code == 400
    assert "CSRF-FAILED" in words_of(answer)


def test_whoever_is_logged_in_needs_no_form(app, registry, suppliers):
    visitor = log_in(app, registry, "quality")

    assert visitor.get("/login?next=/lots").location == "/lots"


def test_logging_out_ends_the_session(app, registry, suppliers):
    visitor = log_in(app, registry, "quality")

    assert visitor.send("/logout").location == "/login"

    assert visitor.get("/lots").location.startswith("/login")


def test_logging_out_needs_the_token_of_a_form(app, registry, suppliers):
    visitor = log_in(app, registry, "quality")

    assert visitor.send("/logout", token="made up").status_code == 400

    assert visitor.get("/lots").status_code == 200


def test_too_many_attempts_answer_with_a_page_and_when_to_try_again(make_registry):
    from aas_registry.web.app import create_app

    stranger = Visitor(create_app(make_registry(login_attempts_per_minute=2)).test_client())
    form = {"name": "quinn", "password": "wrong"}
    statuses = [stranger.send("/login", form).status_code for _ in range(2)]

    answer = stranger.send("/login", form)

    assert statuses == [401, 401]
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 30
    assert "Too many attempts" in words_of(answer)
    assert stranger.send("/login", {**form, "name": "other"}).status_code == 401


def test_the_own_account_is_a_page(app, registry, suppliers):
    visitor = log_in(app, registry, "production")
    other = log_in_again(app)

    def change(old, new, again):
        return visitor.send(
            "/account/password", {"old": old, "new": new, "again": again}, token=form_token(visitor)
        )

    wrong = change("wrong", "another horse battery", "another horse battery")
    unlike = change(PASSWORD, "another horse battery", "another horse batteries")
    short = change(PASSWORD, "short", "short")
    done = change(PASSWORD, "another horse battery", "another horse battery")

    assert [each.status_code for each in (wrong, unlike, short, done)] == [400, 400, 400, 303]
    assert "so far is wrong" in words_of(wrong)
    assert "in two ways" in words_of(unlike)
    assert "10 characters or more. Nothing" in words_of(short)
    assert "The password is changed" in words_of(visitor.get(done.location))
    assert other.get("/account").status_code == 303


def test_sessions_are_ended_on_the_page_of_the_account(app, registry, suppliers):
    visitor = log_in(app, registry, "quality")
    others = [log_in_again(app) for _ in range(2)]
    places = re.findall(r'action="(/account/sessions/[^/"]+/end)"', visitor.get("/account").text)

    ended = visitor.send(places[1])
    before = [each.get("/lots").status_code for each in others]
    all_ended = visitor.send("/account/sessions/end")

    assert len(places) == 3
    assert (ended.status_code, all_ended.status_code, before) == (303, 303, [303, 200])
    assert [each.get("/lots").status_code for each in (visitor, *others)] == [200, 303, 303]
    assert "This one" in words_of(visitor.get("/account"))


def test_an_administrator_has_pages_of_users(app, registry, suppliers):
    quinn = log_in(app, registry, "quality")
    admin = log_in(app, registry, "administrator", name="root <b>")

    assert 'href="/users/quinn"' in admin.get("/users").text
    [place] = re.findall(r'action="(/users/quinn/sessions/[^/"]+/end)"', admin.get("/users/quinn").text)
    assert admin.send(place).location == "/users/quinn?done=sessions"
    assert quinn.get("/lots").status_code == 303
    assert admin.send("/users/quinn/password", {"new": "short"}).status_code == 400
    assert admin.send("/users/quinn/password", {"new": "another horse battery"}).status_code == 303
    assert log_in_again(app).get("/lots").status_code == 303
    quinn = log_in_again(app, "another horse battery")
    locked = admin.send("/users/quinn/disable")
    assert "Locked out. Every session" in words_of(admin.get(locked.location))
    assert quinn.get("/lots").status_code == 303
    assert "may log in again" in words_of(admin.get(admin.send("/users/quinn/enable").location))
    assert admin.send("/users/quinn/sessions/end").status_code == 303
    assert admin.get("/users/root%20%3Cb%3E").status_code == 200
    assert admin.get("/users/otto").status_code == 404


def test_an_administrator_shuts_no_door_from_inside(app, registry, suppliers):
    admin = log_in(app, registry, "administrator", name="ada")
    other = log_in(app, registry, "administrator", name="otto")

    refused = admin.send("/users/ada/disable")

    assert refused.status_code == 409
    assert "USER-IS-YOU" in refused.text
    assert admin.get("/users/ada").status_code == 200
    assert "/users/ada/disable" not in admin.get("/users/ada").text
    assert "/users/ada/disable" in other.get("/users/ada").text
    assert other.send("/users/ada/disable").status_code == 303
    assert admin.get("/lots").status_code == 303


def log_in_again(app, password=PASSWORD):
    visitor = Visitor(app.test_client())
    visitor.send("/login", {"name": "quinn", "password": password})
    return visitor


def form_token(visitor):
    """Return the token of the form on the page of the account, which every role may see."""
    return re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/account").text)[1]
