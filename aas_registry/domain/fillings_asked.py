"""Fillings as of every time: what flows later than is asked for says nothing then.

What a label began with holds from its beginning, though it is told later, so what was drawn from it
before is another thing as of before, and as of after. Where that is so, it is folded for each.

Source:
    docs/semantics.md, 1.5 and 6.2.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from aas_registry.domain.events import Certainty
from aas_registry.domain.fillings import Filling, Flow, LotReading, Source, fold_fillings, new_labels

_AS_THEY_ARE = LotReading()


def fold_fillings_asked(
    stated: Mapping[int, Mapping[Source, Certainty]],
    flows: Iterable[Flow],
    *,
    reading: LotReading = _AS_THEY_ARE,
) -> dict[int, list[Filling]]:
    """Return what packages held, by package, each as of what times; the arguments are those of the fold."""
    every = list(flows)
    found: dict[int, list[Filling]] = {}
    for begins, ends in pairwise([None, *_times_filled_late(every, stated), None]):
        known = [flow for flow in every if ends is None or flow.at < ends]
        for package, held in fold_fillings(stated, known, reading=reading).items():
            now = []
            for each in held:
                since = max((at for at in (each.grade.since, begins) if at is not None), default=None)
                now.append(replace(each, grade=replace(each.grade, since=since), asked_until=ends))
            found[package] = [*_joined(found.get(package, []), now)]
    return found


def _times_filled_late(flows: Sequence[Flow], said: Collection[int]) -> list[datetime]:
    """Return when labels began of which something had been drawn before."""
    drawn: dict[int, datetime] = {}
    for flow in flows:
        if flow.parent is not None:
            drawn[flow.parent] = min(flow.at, drawn.get(flow.parent, flow.at))
    if not drawn:
        return []
    began = new_labels(flows, said).items()
    return sorted({first.at for label, first in began if label in drawn and drawn[label] < first.at})


def _joined(before: Iterable[Filling], now: Iterable[Filling]) -> Iterator[Filling]:
    """Yield fillings of times that follow each other; what is the same in both is one."""
    left = list(now)
    for each in before:
        same = replace(each, grade=replace(each.grade, since=each.asked_until))
        further = next((one for one in left if replace(one, asked_until=each.asked_until) == same), None)
        if each.asked_until is None or further is None:
            yield each
        else:
            left.remove(further)
            yield replace(each, asked_until=further.asked_until)
    yield from left
