"""What CFX says of units: their names, and their tests."""

from datetime import UTC, datetime

import pytest
from cfx_samples import LINES, checked, understood, unit

from aas_registry.domain import events
from aas_registry.domain.events import UnitsStated
from aas_registry.domain.items import Name, Scheme, panel_position
from aas_registry.domain.unread_lines import LineUnread


def names_in(body, message="UnitsInitialized"):
    (said,) = understood(body, message).facts
    assert isinstance(said, UnitsStated)
    return said.units


@pytest.mark.parametrize("message", ["UnitsInitialized", "WorkStarted", "WorkCompleted"])
def test_units_go_by_label_position_and_panel(message) -> None:
    body = {"PrimaryIdentifier": "PNL-3", "Units": [unit("B1", 1), unit("B2", 2)]}

    assert names_in(body, message)[0] == (
        panel_position("B1", 1),
        Name(Scheme.SERIAL, "B1"),
        panel_position("PNL-3", 1),
    )


def test_units_that_share_a_carrier_go_by_its_positions() -> None:
    body = {"Units": [unit("C", 1), unit("C", 2)]}

    assert names_in(body, "WorkStarted") == ((panel_position("C", 1),), (panel_position("C", 2),))


@pytest.mark.parametrize(("position", "is_alone"), [(None, True), (1, True), (2, False)])
def test_one_at_a_further_place_of_a_carrier_is_not_the_carrier(position, is_alone) -> None:
    (names,) = names_in({"PrimaryIdentifier": "C", "Units": [unit("C", position)]}, "WorkStarted")

    assert (Name(Scheme.SERIAL, "C") in names) is is_alone


def test_a_unit_that_cannot_be_read_still_shows_that_others_share_its_carrier() -> None:
    body = {"Units": [unit("C", 1), {**unit("C"), "PositionNumber": "two"}, 7]}

    assert names_in(body) == ((panel_position("C", 1),),)


def test_work_that_is_completed_need_not_list_its_units() -> None:
    body = {"TransactionID": "2c24590d-0000-4000-8000-000000000001", "Result": "Completed"}

    assert understood(body, "WorkCompleted").facts == ()


@pytest.mark.parametrize("result", ["Passed", "Failed", "Error", "Aborted"])
def test_a_test_tells_how_it_ended_and_its_name_where_there_was_one(result) -> None:
    lines = [checked(result, "ICT"), checked(result, "HOT", "COLD")]

    one, several = understood({"TestedUnits": lines}, "UnitsTested").facts

    assert one == events.Tested(units=(Name(Scheme.SERIAL, "BRD-1"),), result=result.lower(), test="ICT")
    assert several == events.Tested(units=(Name(Scheme.SERIAL, "BRD-1"),), result=result.lower())


def test_a_test_that_was_skipped_tells_nothing_and_an_unknown_end_is_no_line() -> None:
    lines = [checked("Skipped", "ICT"), checked("Splendid", "ICT")]

    said = understood({"TestedUnits": lines}, "UnitsTested")

    assert said.facts == (LineUnread(brings=False, units=(Name(Scheme.SERIAL, "BRD-1"),)),)
    assert [each.path for each in said.findings] == ["TestedUnits[1].OverallResult"]


def test_a_bare_test_happened_when_its_last_part_ended() -> None:
    said = understood({"TestedUnits": [checked("Passed", "HOT", "COLD")]}, "UnitsTested")

    assert said.happened_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_an_inspection_is_a_test_at_the_unit() -> None:
    members, line = LINES["CFX.Production.TestAndInspection.UnitsInspected"]

    (said,) = understood({members: [line]}, "UnitsInspected").facts

    assert said == events.Tested(units=(Name(Scheme.SERIAL, "BRD-1"),), result="failed")
