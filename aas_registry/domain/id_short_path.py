"""idShort paths: where in a submodel an element stands.

``Lots.Reel[3].Quantity``: idShorts joined by dots, an index in brackets for each member
of a SubmodelElementList.

Source:
    IDTA-01002 (Part 2), clause "Grammar for Representing idShort Paths".
"""

import re
from dataclasses import dataclass

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits

_TOKEN = re.compile(r"(?:^|\.)(?P<id_short>[^.\[\]/\s]{1,512})|\[(?P<index>0|[1-9][0-9]{0,8})\]")


@dataclass(frozen=True, slots=True)
class IdShortPath:
    """A path; ``str`` gives it back as it is written.

    Attributes:
        steps: An idShort, or the index in a list, from the submodel downwards; at least one.
    """

    steps: tuple[str | int, ...]

    @property
    def parent(self) -> "IdShortPath | None":
        """Return the path of the containing element; None where that is the submodel."""
        return IdShortPath(self.steps[:-1]) if len(self.steps) > 1 else None

    def child(self, step: str | int) -> "IdShortPath":
        """Return the path of a member."""
        return IdShortPath((*self.steps, step))

    def __str__(self) -> str:
        return "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps
        ).removeprefix(".")


def parse_id_short_path(text: str, *, limits: Limits) -> IdShortPath:
    """Return the path that a text spells.

    Args:
        text: The path as it is written in an address, percent-decoded.
        limits: ``id_short_path_chars`` bounds it, ``nesting_depth`` its steps: no element lies deeper.

    Raises:
        InvalidRequestError: ID-SHORT-PATH-INVALID: empty, malformed, or over a limit; the
            finding's path is the text, its column the character.
    """
    if len(text) > limits.id_short_path_chars:
        raise _invalid(text, f"has more than {limits.id_short_path_chars} characters")
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or (not steps and text[0] in ".["):
            raise _invalid(text, f"is not well formed at character {position + 1}", column=position + 1)
        steps.append(token["id_short"] or int(token["index"]))
        position = token.end()
    if not steps:
        raise _invalid(text, "is empty")
    if len(steps) > limits.nesting_depth:
        raise _invalid(text, f"has more than {limits.nesting_depth} steps")
    return IdShortPath(tuple(steps))


def _invalid(text: str, what: str, *, column: int | None = None) -> InvalidRequestError:
    code = Code.ID_SHORT_PATH_INVALID
    found = error(code, f"The idShort path {what}.", path=text[:200], column=column)
    return InvalidRequestError(found.message, code=code, findings=[found])
