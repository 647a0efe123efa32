"""A user is added on the page of users, by an administrator alone, and logs in with the first password."""

import pytest
from page_visitor import PASSWORD, Visitor, log_in, visit, words_of

from aas_registry.domain.paging import PageRequest
from aas_registry.services import access

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ADDED = {"name": "quinn <b>", "password": PASSWORD, "role": "quality", "party": "", "days": ""}


@pytest.fixture
def admin(app, registry, suppliers):
    return log_in(app, registry, "administrator", name="ada")


def names(registry):
    local = access.local_administrator(registry)
    return [each.name for each, _ in access.list_users(registry, local, PageRequest(50))]


def test_a_user_who_was_added_logs_in(app, registry, admin):
    answer = admin.send("/users", ADDED)

    assert (answer.status_code, answer.location) == (303, "/users/quinn%20%3Cb%3E?done=added")
    assert "Added. This user may log in" in words_of(admin.get(answer.location))
    quinn = Visitor(app.test_client())
    assert quinn.send("/login", {"name": "quinn <b>", "password": PASSWORD}).status_code == 303
    assert "quality engineer" in words_of(quinn.get("/lots"))


def test_a_user_of_a_party_is_added_with_it_and_the_day_on_which_the_login_ends(admin, registry):
    answer = admin.send("/users", ADDED | {"name": "bea", "role": "supplier", "party": "bolt", "days": "30"})

    assert answer.status_code == 303
    user, party = access.get_user(registry, access.local_administrator(registry), "bea")
    assert party == "bolt"
    assert (user.expires_at - user.created_at).days == 30


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"name": "ADA "}, 409, "A user has this name already."),
        ({"password": "short"}, 400, "A password has 10 characters or more."),
        ({"name": "quinn (token)"}, 400, "The name would be read as a token's"),
        ({"name": ".."}, 400, "The name would be read as a token's"),
        ({"role": "supplier"}, 400, "name the party"),
        ({"party": "bolt"}, 400, "leave the party out"),
        ({"role": "supplier", "party": "nobody knows"}, 404, "No party has this code or name."),
        ({"role": "king"}, 400, "A field is not as it should be."),
        ({"days": "0"}, 400, "A field is not as it should be."),
        ({"name": "a/b"}, 400, "A field is not as it should be."),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed_but_the_password(admin, registry, changed, status, said):
    answer = admin.send("/users", ADDED | changed)

    assert answer.status_code == status
    assert said in words_of(answer)
    assert names(registry) == ["ada"]
    typed = (ADDED | changed)["name"].replace("<", "&lt;").replace(">", "&gt;")
    assert f'value="{typed}"' in answer.text
    assert PASSWORD not in answer.text


def test_nobody_is_added_without_the_forms_token(admin, registry):
    assert admin.client.post("/users", data=ADDED).status_code == 400
    assert names(registry) == ["ada"]


@pytest.mark.parametrize(
    ("role", "party"),
    [
        ("supplier", "bolt"),
        ("production", None),
        ("quality", None),
        ("auditor", None),
        ("customer_auditor", "meditec"),
    ],
)
def test_others_add_nobody(app, registry, suppliers, role, party):
    answer = visit(app, registry, role, party).send("/users", ADDED)

    assert answer.status_code == 403
    assert names(registry) == []
