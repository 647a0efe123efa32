"""The registry's keys on the command line."""


def test_keys_are_made_once_and_shown(run, settings) -> None:
    made = run("keys", "init", "--organization", "Plant One", "--json")

    assert made.code == 0
    shown = run("keys", "show", "--json").json
    assert shown["rootSha256"] == made.json["rootSha256"]
    assert [each["purpose"] for each in shown["keys"]] == ["countersign", "report"]
    assert shown["rootSha256"] in run("keys", "show").out
    again = run("keys", "init", "--organization", "Plant Two")
    assert (again.code, "[KEYS-EXIST]" in again.err) == (3, True)


def test_without_keys_there_is_nothing_to_show(run) -> None:
    ran = run("keys", "show")

    assert (ran.code, "[NO-SIGNING-KEY]" in ran.err) == (8, True)
