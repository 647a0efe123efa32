"""Lines stand alone: what cannot be read of a list takes nothing else with it."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError, WrapValidator

from aas_registry.formats.events.lines import only_about, others, placed, read_lines, unread


class Message(BaseModel):
    numbers: Annotated[list[int], Field(min_length=1, max_length=4), WrapValidator(read_lines)] = Field(
        alias="Numbers"
    )


def read(value):
    return Message.model_validate({"Numbers": value})


def test_a_list_that_can_be_read_is_a_list() -> None:
    said = read([3, 1, 2])

    assert (said.numbers, list(placed(said.numbers))) == ([3, 1, 2], [(0, 3), (1, 1), (2, 2)])
    assert (list(unread(said)), list(others(said.numbers))) == ([], [])


def test_lines_keep_the_places_at_which_they_stood() -> None:
    said = read(["x", 1, {}, 2])

    assert said.numbers == [1, 2]
    assert list(placed(said.numbers)) == [(1, 1), (3, 2)]
    assert list(others(said.numbers)) == ["x", {}]
    assert [(each["loc"], each["type"]) for each in unread(said)] == [
        (("Numbers", 0), "int_parsing"),
        (("Numbers", 2), "int_type"),
    ]


@pytest.mark.parametrize(
    ("value", "places"),
    [
        (None, [("Numbers",)]),
        ([], [("Numbers",)]),
        (7, [("Numbers",)]),
        ([1, 2, 3, 4, 5], [("Numbers",)]),
        (["x", "y"], [("Numbers", 0), ("Numbers", 1)]),
    ],
)
def test_a_list_of_which_nothing_can_be_read_is_refused(value, places) -> None:
    with pytest.raises(ValidationError) as refused:
        read(value)

    assert [each["loc"] for each in refused.value.errors()] == places


PLACE = {"panel": "NUTZEN", "position": 2}


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (
            ["B1", "b2", {"serial": "B2", "issuer": "MES"}, {"serial": "B3"}],
            ["b2", {"serial": "B2", "issuer": "MES"}],
        ),
        ([{"container": " B2 "}, PLACE, "B1"], [{"container": " B2 "}, PLACE]),
        ([7, "B2", {"serial": 2}, None], [7, "B2", None]),
        (["B1", "B3"], ["B1", "B3"]),
    ],
)
def test_of_many_units_only_the_lines_that_may_name_one_are_read(lines, kept) -> None:
    assert only_about({"units": lines, "kind": "board"}, {"b2"}) == {"units": kept, "kind": "board"}


@pytest.mark.parametrize("event", [{"id": "1"}, {"units": "B1"}, {"units": None}, [], None])
def test_an_event_without_a_list_of_units_is_read_as_it_is(event) -> None:
    assert only_about(event, {"b2"}) == event
