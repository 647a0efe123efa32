"""Users on the command line: the password never stands among the arguments."""

import pytest

from aas_registry.domain.errors import UnauthenticatedError
from aas_registry.services import access


def test_takes_the_password_from_standard_input(run, make_registry) -> None:
    added = run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")

    assert added.code == 0
    assert "correct horse" not in added.out + added.err
    assert access.log_in(make_registry(), "erika", "correct horse battery").role == "quality"


def test_a_disabled_user_is_locked_out(run, make_registry) -> None:
    run("user", "add", "erika", "--role", "quality", stdin="correct horse battery\n")

    assert run("user", "disable", "erika").code == 0

    with pytest.raises(UnauthenticatedError):
        access.log_in(make_registry(), "erika", "correct horse battery")
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
