"""All that a question means, read as one lot while what packages held is folded.

What is known of material goes with it as long as it flows: its lot, whether it is asked for by name, and
its origin. So a lot of one package may be meant, and the same lot of another may not; and what a label says
itself of its date code and delivery note goes before what is known of that which it was divided from. What a
package held is told of all that is meant as one: of a package that can hold nothing else, it is exact.

Source:
    docs/semantics.md, sections 6.2, 6.4 and 9.1.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from aas_registry.domain.events import Certainty
from aas_registry.domain.fillings import Grade, LotReading, Lots, Source, by_surety
from aas_registry.domain.sought import Match, Origin

ASKED = 0
"""Stands for all that is meant, as one lot; no lot has it."""
_POSSIBLE, _EXACT = Certainty.POSSIBLE, Certainty.EXACT


@dataclass(frozen=True, slots=True)
class KnownMaterial:
    """What is known of some material.

    Attributes:
        lot: None where that is not known.
        is_named: Whether its lot, or its package, is asked for by name.
        origin: What is said of its date codes and delivery notes, of the packages that it came from; what
            documents say of its lot is not part of it.
    """

    lot: int | None = None
    is_named: bool = False
    origin: Origin = field(default_factory=Origin)


class AskedAsOne(LotReading):
    """Reads sources as this module says it."""

    def __init__(
        self,
        judge: Callable[[KnownMaterial], Match],
        *,
        named: Collection[int],
        origins: Mapping[int, Origin],
    ) -> None:
        """Take how material is told that is meant, the packages asked for by name, and what packages say."""
        self._judge = judge
        self._named = named
        self._origins = origins
        self._sources: dict[KnownMaterial, int] = {}
        self._materials: list[KnownMaterial] = []

    def source(self, material: KnownMaterial) -> int:
        """Return what stands for some material while it flows."""
        if material not in self._sources:
            self._materials.append(material)
            self._sources[material] = len(self._materials)
        return self._sources[material]

    def material(self, source: Source) -> KnownMaterial:
        """Return what a source stands for."""
        return KnownMaterial() if source is None else self._materials[source - 1]

    def first(self, child: int, said: Lots, drawn: Lots) -> Lots | None:
        """Return what a label holds that was filled first: of what came, that which it is said to hold."""
        known = {self.material(source).lot for source in said}
        if said and not {self.material(source).lot for source in drawn} <= known | {None}:
            return None
        came = (
            self._of_what_came(said, drawn) if said else {self.material(each): drawn[each] for each in drawn}
        )
        held: dict[Source, Grade] = {}
        for material, grade in came.items():
            source = self.source(self._in_label(child, material))
            held[source] = min(grade, held.get(source, grade), key=by_surety)
        if child in self._named:  # whichever of them it is, and since when that is known
            held = {source: Grade(certainty=_EXACT if len(held) == 1 else _POSSIBLE) for source in held}
        elif len(held) == 1 < len(came) and all(each.certainty is _POSSIBLE for each in came.values()):
            held = {source: replace(each, certainty=_EXACT) for source, each in held.items()}
        return held

    def told(self, lots: Lots) -> Lots:
        """Return what is told: all that is meant as one."""
        asked: list[Grade] = []
        others: dict[Source, Grade] = {}
        for source, grade in lots.items():
            match = self._judge(self.material(source))
            unsure = replace(grade, certainty=max(grade.certainty, _POSSIBLE))
            asked += [] if match is Match.NO else [grade if match is Match.YES else unsure]
            others |= {} if match is Match.YES else {source: grade if match is Match.NO else unsure}
        if not asked:
            return others
        surest = min(asked, key=by_surety)
        if not others and len(asked) > 1 and all(each.certainty is _POSSIBLE for each in asked):
            surest = replace(surest, certainty=_EXACT)  # whichever of them it is, it is meant
        return {ASKED: surest, **others}

    def _in_label(self, label: int, material: KnownMaterial) -> KnownMaterial:
        own = self._origins.get(label, Origin())
        is_named = material.is_named or label in self._named
        return KnownMaterial(material.lot, is_named, own.before(material.origin))

    def _of_what_came(self, said: Lots, drawn: Lots) -> dict[KnownMaterial, Grade]:
        """Return the lots that are said of a label, each of the origin of that which came, where it came."""
        came = [self.material(source) for source in drawn]
        found: dict[KnownMaterial, Grade] = {}
        for source, grade in said.items():
            own = self.material(source)
            # What came of no known lot may be of this one, too.
            ways = {
                each
                if each.lot == own.lot
                else KnownMaterial(own.lot, own.is_named or each.is_named, own.origin.before(each.origin))
                for each in came
                if each.lot in {own.lot, None}
            }
            sure = grade if len(ways) <= 1 else replace(grade, certainty=max(grade.certainty, _POSSIBLE))
            found |= dict.fromkeys(ways or {own}, sure)
        return found
