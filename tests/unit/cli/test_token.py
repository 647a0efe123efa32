"""Tokens on the command line."""

from aas_registry.services import access


def test_an_issued_token_works_and_its_text_is_shown_once(run, make_registry) -> None:
    made = run("token", "issue", "line 3", "--role", "production", "--days", "7", "--json")

    assert made.code == 0
    registry = make_registry()
    text = made.json["token"]
    assert access.authenticate_token(registry, access.token_key(text)).name == "line 3"
    listed = run("token", "list", "--json")
    assert [(each["id"], each["role"]) for each in listed.json] == [(made.json["id"], "production")]
    assert text not in listed.out
    assert text not in run("token", "list").out


def test_a_revoked_token_is_listed_as_revoked_and_not_revoked_twice(run) -> None:
    made = run("token", "issue", "line 3", "--role", "production", "--json").json["id"]

    assert run("token", "revoke", made).code == 0

    assert run("token", "list", "--json").json[0]["revokedAt"]
    again = run("token", "revoke", made)
    assert again.code == 4
    assert "[TOKEN-UNKNOWN]" in again.err


def test_a_role_that_needs_a_party_is_refused_without_one(run) -> None:
    ran = run("token", "issue", "x", "--role", "supplier", "--json")

    assert (ran.code, ran.json["error"]["code"]) == (3, "ROLE-NEEDS-PARTY")


def test_an_unknown_party_is_not_found(run) -> None:
    assert run("token", "issue", "x", "--role", "supplier", "--party", "nobody").code == 4


def test_says_so_where_there_is_none(run) -> None:
    ran = run("token", "list")

    assert (ran.code, ran.out) == (0, "No token was issued yet.\n")
