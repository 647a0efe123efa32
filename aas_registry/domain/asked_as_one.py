"""All that a question means, read as one lot while what packages held is folded.

A lot of one package may be meant, and the same lot of another may not. So what is meant is told from the
rest as long as it flows: by numbers below zero. What a package held is told of all that is meant as one: of a
package that can hold nothing else, it is exact.

Source:
    docs/semantics.md, sections 6.2, 6.4 and 9.1.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from aas_registry.domain.events import Certainty
from aas_registry.domain.fillings import Grade, LotReading, Lots, Source, by_surety
from aas_registry.domain.sought import Match

ASKED = 0
"""Stands for all that is meant, as one lot, and for what is meant and of no known lot; no lot has it."""
_POSSIBLE = Certainty.POSSIBLE


def meant(lots: Collection[Source], match: Match) -> dict[Source, Certainty]:
    """Return the sources of a package that holds one of some lots, and is, or may be, meant whole."""
    sure = Certainty.EXACT if match is Match.YES and len(lots) == 1 else _POSSIBLE
    told = {_as_meant(lot): sure for lot in lots}
    return told if match is Match.YES else {**told, **dict.fromkeys(lots, sure)}


def lot_of(source: Source) -> Source:
    """Return the lot that a source stands for, meant or not; None for none that is known."""
    return None if source in {None, ASKED} else abs(source or 0)


def is_meant(source: Source) -> bool:
    """Return whether a source is of what is meant."""
    return source is not None and source <= ASKED


class AskedAsOne(LotReading):
    """Reads sources as this module says it."""

    def __init__(self, whole: Mapping[int, Match]) -> None:
        """Take the packages all of which is, or may be, meant."""
        self._whole = whole

    def first(self, child: int, said: Lots, drawn: Lots) -> Lots | None:
        """Return what a label holds that was filled first: of what came, that which it is said to hold."""
        known = {lot_of(source) for source in said}
        came = {lot_of(source) for source in drawn}
        if said and not came <= known | {None}:
            return None
        if child in self._whole:
            all_of_it = meant(known or came, self._whole[child])
            return {source: Grade(certainty=certainty) for source, certainty in all_of_it.items()}
        return _of_what_came(said, drawn) if said else drawn

    def told(self, lots: Lots) -> Lots:
        """Return what is told: all that is meant as one."""
        asked = [grade for source, grade in lots.items() if is_meant(source)]
        others = {source: grade for source, grade in lots.items() if not is_meant(source)}
        if not asked:
            return others
        surest = min(asked, key=by_surety)
        if not others and len(asked) > 1 and all(each.certainty is _POSSIBLE for each in asked):
            surest = replace(surest, certainty=Certainty.EXACT)  # whichever of them it is, it is meant
        return {ASKED: surest, **others}


def _of_what_came(said: Lots, drawn: Lots) -> Lots:
    """Return the lots that are said of a label: each is meant if that of what came is, where it came."""
    unknown = [source for source in drawn if lot_of(source) is None]
    found: dict[Source, Grade] = {}
    for lot in dict.fromkeys(map(lot_of, said)):
        own = {source: grade for source, grade in said.items() if lot_of(source) == lot}
        ways = {source for source in drawn if lot_of(source) == lot}
        if not ways and ASKED in unknown:
            ways = {_as_meant(lot) if is_meant(source) else lot for source in unknown}
        grade = min(own.values(), key=by_surety)
        if len(own) > 1 and len(own) == len(said):
            grade = replace(grade, certainty=Certainty.EXACT)  # of one lot, of which it was not known
        if len(ways) > 1:
            grade = replace(grade, certainty=max(grade.certainty, _POSSIBLE))
        found |= dict.fromkeys(ways, grade) or own
    return found


def _as_meant(lot: Source) -> Source:
    return ASKED if lot is None else -lot
