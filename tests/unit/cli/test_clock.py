"""An administrator's word on the clock, given on the command line."""

from datetime import UTC, datetime, timedelta

from aas_registry.services import access, parties

AHEAD_S = 2400


def test_a_clock_that_was_set_back_is_confirmed_by_the_very_line_that_it_shows(run, make_registry, clock):
    clock.now = datetime.now(UTC) + timedelta(seconds=AHEAD_S)  # the commands tell the time themselves
    registry = make_registry()
    parties.add_party(registry, access.local_administrator(registry), code="ohm", name="Ohm Resistors")

    refused = run("supplier", "add", "bolt", "Bolt Components")
    [line] = [each for each in run("clock", "show").out.splitlines() if "clock confirm" in each]
    command = line.split()[1:]
    confirmed = run(*command)

    assert "its state is behind" in confirmed.out
    assert "its state is behind" in run("clock", "show").out
    assert refused.code == 8
    assert "CLOCK-JUMPED" in refused.err
    assert int(command[2]) < -AHEAD_S / 2
    assert confirmed.code == 0, confirmed.err
    assert run("supplier", "add", "bolt", "Bolt Components").code == 0


def test_a_clock_that_goes_on_is_shown_with_the_last_recording_and_nothing_to_do(run, make_registry, clock):
    clock.now = datetime.now(UTC) - timedelta(days=1)
    registry = make_registry()
    parties.add_party(registry, access.local_administrator(registry), code="ohm", name="Ohm Resistors")
    told = run("clock", "show", "--json").json

    shown = run("clock", "show")

    assert (shown.code, told["state"], told["jumpS"], told["behindS"]) == (0, "steady", None, 0)
    assert "its state is steady." in shown.out
    assert f"The last recording is of {told['lastRecordedAt']}." in shown.out
    assert "confirm" not in shown.out
