"""Section 4.6, second half: boards that are named by their place and by the number of their panel."""

from collections.abc import Iterable
from dataclasses import replace

from engine.vocabulary import Line, Name, Ref


def numbers_of_panels(lines: Iterable[Line]) -> set[Name]:
    """Return the serial numbers of which a statement says that they are of a panel, whatever it waits for."""
    return {
        name
        for line in lines
        if _is_of_panel(line) and "unit" in line.refs
        for name in line.refs["unit"].names
        if name.scheme == "serial"
    }


def _is_of_panel(line: Line) -> bool:
    return line.kind == "unitCreated" and line.whole.get("kind") == "panel"


def by_place(lines: Iterable[Line], panels: set[Name]) -> list[Line]:
    """Return lines whose boards go by the place alone where the number is their panel's; with what they mean."""
    return [
        replace(line, refs={role: _meant(line, ref, panels) for role, ref in line.refs.items()})
        for line in lines
    ]


def _meant(line: Line, ref: Ref, panels: set[Name]) -> Ref:
    carriers = {each.value.rpartition("/")[0] for each in ref.names if each.scheme == "panel"}
    numbers = {each for each in ref.names if each.scheme == "serial" and each.value in carriers}
    if line.kind == "unitCreated":
        numbers = set() if _is_of_panel(line) else numbers & panels
    names = tuple(each for each in ref.names if each not in numbers)
    # [4.4] A reference by several names means the first; a statement that units exist, and a decision, all.
    return replace(ref, names=names if line.kind in {"unitCreated", "nameReused"} else names[:1])
