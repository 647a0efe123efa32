"""Users on the command line: the password never stands among the arguments."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.errors import UnauthenticatedError
from aas_registry.services import login
from aas_registry.services.login import Attempt


def logged_in(registry, password):
    attempt = Attempt(name="erika", password=password, address="192.0.2.1", user_agent="a browser")
    return login.log_in(registry, attempt).principal


def test_takes_the_password_from_standard_input(run, make_registry) -> None:
    added = run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")

    assert added.code == 0
    assert "correct horse" not in added.out + added.err
    assert logged_in(make_registry(), "correct horse battery").role == "quality"


def test_a_disabled_user_is_locked_out(run, make_registry) -> None:
    run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")

    assert run("user", "disable", "erika").code == 0

    with pytest.raises(UnauthenticatedError):
        logged_in(make_registry(), "correct horse battery")
    (listed,) = run("user", "list", "--json").json
    assert (listed["name"], listed["disabled"]) == ("erika", True)


@pytest.mark.parametrize("password", ["", "short"])
def test_refuses_a_short_password(run, password) -> None:
    assert run("user", "add", "erika", "--role", "quality", stdin=password).code == 3
    assert run("user", "list", "--json").json == []


def test_refuses_a_name_that_is_taken_and_disables_no_stranger(run) -> None:
    run("user", "add", "erika", "--role", "quality", stdin="correct horse battery")

    again = run("user", "add", "Erika", "--role", "auditor", stdin="correct horse battery")

    assert (again.code, "[USER-EXISTS]" in again.err) == (3, True)
    assert run("user", "disable", "otto").code == 4


def test_resets_a_password_and_lets_in_again(run, make_registry) -> None:
    run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")
    run("user", "disable", "erika")

    reset = run("user", "reset-password", "erika", stdin="another horse battery\n")
    enabled = run("user", "enable", "erika")

    assert (reset.code, enabled.code) == (0, 0)
    assert logged_in(make_registry(), "another horse battery").name == "erika"
    assert run("user", "enable", "erika").code == 4
    assert run("user", "reset-password", "otto", stdin="another horse battery\n").code == 4


def test_lists_and_ends_sessions(run, make_registry, clock) -> None:
    clock.now = datetime.now(UTC)  # the commands tell the time themselves
    run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")
    for _ in range(3):
        logged_in(make_registry(), "correct horse battery")

    listed = run("user", "sessions", "erika", "--json").json
    one = run("user", "end-sessions", "erika", "--id", listed[0]["id"], "--json").json
    rest = run("user", "end-sessions", "erika", "--json").json

    assert [each["address"] for each in listed] == ["192.0.2.1"] * 3
    assert (one["ended"], rest["ended"]) == (1, 2)
    assert run("user", "sessions", "erika", "--json").json == []
    assert run("user", "end-sessions", "erika", "--id", listed[0]["id"]).code == 4
