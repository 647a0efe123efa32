"""Lists whose lines stand alone: one that cannot be read takes no other with it.

A list that is ``null`` is an empty one. What cannot be read is kept beside what can, with its
place in the list, so that it can be told; a list of which nothing can be read is refused.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import ErrorDetails

from aas_registry.domain.identifiers import matching_key

Line = TypeVar("Line")


class ReadLines(list[Line]):
    """The lines of a list that could be read, where some could not.

    Attributes:
        places: Where each of them stood in the list, from 0.
        others: Those that could not, as they were sent.
        problems: What is wrong with these; each begins its ``loc`` with the place.
    """

    def __init__(
        self,
        lines: Iterable[Line],
        *,
        places: Sequence[int],
        others: Sequence[Any],
        problems: Sequence[ErrorDetails],
    ) -> None:
        """Keep lines with their places, and what is wrong with the others."""
        super().__init__(lines)
        self.places = places
        self.others = others
        self.problems = problems


def null_is_empty(value: Any) -> Any:
    """Return an empty list for ``null``, anything else as it is."""
    return [] if value is None else value


def read_lines(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Return the lines of a list that can be read, as a wrapping validator of the list.

    Raises:
        pydantic.ValidationError: The value is no list, has a wrong length, or holds no line that
            can be read.
    """
    lines = null_is_empty(value)
    try:
        return read(lines)
    except ValidationError as cause:
        problems = cause.errors(include_url=False, include_input=False)
        if not all(each["loc"] for each in problems):
            raise  # it is the list itself that is wrong
        wrong = {each["loc"][0] for each in problems}
        places = [place for place in range(len(lines)) if place not in wrong]
        if not places:
            raise
        return ReadLines(
            read([lines[place] for place in places]),
            places=places,
            others=[line for place, line in enumerate(lines) if place in wrong],
            problems=problems,
        )


def only_about(event: Any, keys: Collection[str]) -> Any:
    """Return an event as it was sent, of its units only the lines that may name one of some, if any does.

    Thousands of units may have come into being in one event: to read what it says of one takes no longer
    than of an event of one. A unit's place on a panel is left for a reader to compare.

    Args:
        event: As it was sent, in our vocabulary or another; what is no list of units stays.
        keys: The values of the names of these units, in the form in which codes are compared.
    """
    lines = event.get("units") if isinstance(event, dict) else None
    if not isinstance(lines, list):
        return event
    kept = [line for line in lines if _may_name(line, keys)]
    return {**event, "units": kept} if kept else event


def _may_name(line: Any, keys: Collection[str]) -> bool:
    if not isinstance(line, dict):
        return not isinstance(line, str) or matching_key(line) in keys
    given = (line.get("serial"), line.get("container"))
    return "panel" in line or any(isinstance(each, str) and matching_key(each) in keys for each in given)


def placed(lines: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """Yield the lines with the places at which they stood in the list that was sent, from 0."""
    yield from zip(lines.places, lines, strict=True) if isinstance(lines, ReadLines) else enumerate(lines)


def others(lines: Sequence[Any]) -> Sequence[Any]:
    """Return the lines of a list that could not be read, as they were sent."""
    return lines.others if isinstance(lines, ReadLines) else ()


def unread(said: BaseModel) -> Iterator[ErrorDetails]:
    """Yield what is wrong with the lines of an event that could not be read."""
    for name, field in type(said).model_fields.items():
        lines = getattr(said, name)
        if isinstance(lines, ReadLines):
            for problem in lines.problems:
                yield {**problem, "loc": (field.alias or name, *problem["loc"])}
