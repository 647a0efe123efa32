"""Suppliers on the command line."""


def test_a_supplier_is_listed_once_it_was_added(run) -> None:
    assert run("supplier", "add", "bolt", "Bolt Components GmbH").code == 0

    (listed,) = run("supplier", "list", "--json").json
    assert (listed["code"], listed["name"]) == ("bolt", "Bolt Components GmbH")
    assert "Bolt Components GmbH" in run("supplier", "list").out


def test_a_code_is_taken_once(run) -> None:
    run("supplier", "add", "bolt", "Bolt Components GmbH")

    again = run("supplier", "add", "BOLT", "Another", "--json")

    assert (again.code, again.json["error"]["code"]) == (3, "PARTY-EXISTS")


def test_a_name_cannot_steer_the_terminal_of_who_lists_it(run) -> None:
    run("supplier", "add", "evil", "Evil\x1b[2J [red]Ltd[/red]")

    printed = run("supplier", "list").out

    assert "\x1b" not in printed
    assert "[red]Ltd[/red]" in printed
