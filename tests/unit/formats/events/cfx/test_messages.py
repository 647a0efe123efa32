"""The names of CFX's messages: whole, or by their last part."""

import pytest

from aas_registry.formats.events.cfx.messages import MESSAGES, whole_name


def test_the_last_part_of_a_name_is_enough_and_means_the_message_of_today() -> None:
    assert whole_name("MaterialsInstalled") == "CFX.Production.Assembly.MaterialsInstalled"
    assert whole_name("ToolsUsed") == "CFX.Production.ToolsUsed"
    assert whole_name("CFX.Production.Assembly.ToolsUsed") == "CFX.Production.Assembly.ToolsUsed"


@pytest.mark.parametrize(
    "name", ["", "CFX", "CFX.Production", "Unheard", "cfx.heartbeat", "CFX.Structures.Endpoint"]
)
def test_what_is_no_message_has_no_name(name) -> None:
    assert whole_name(name) is None


def test_every_message_says_what_it_states() -> None:
    assert len(MESSAGES) > 180
    assert all(each.states for each in MESSAGES.values())
