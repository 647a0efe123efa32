"""Section 7, second half: what removals took out of the uses of a unit, piece by piece."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from engine.names import Anomaly, Holder, Unit
from engine.places import NEVER, Stay
from engine.uses import Read, Use, is_report
from engine.vocabulary import Key, Line, amount, listed, measure


@dataclass
class Holding:
    """What is left of a use: by designator where these are known; ``lost`` where it is not known which."""

    use: Use
    places: dict[str, Fraction] = field(default_factory=dict)
    lost: Fraction = Fraction(0)
    amount: Fraction | None = None
    end: Key = NEVER

    @classmethod
    def of(cls, use: Use) -> "Holding":
        # [7.5] One piece at each designator, or the quantity spread evenly; [D25] of a panel's use,
        # whose quantity is the panel's, one piece at each, too.
        said = None if use.panel else use.quantity
        names = use.designators
        each = Fraction(1) if said is None else said / max(1, len(names))
        return cls(use, dict.fromkeys(names, each), amount=None if names else said)

    @property
    def left(self) -> Fraction | None:
        if self.end != NEVER:
            return Fraction(0)
        return (
            max(Fraction(0), sum(self.places.values()) - self.lost) if self.use.designators else self.amount
        )

    def close_if_empty(self, key: Key) -> None:
        if self.end == NEVER and self.left == 0:
            self.end = key

    def take_any(self, wanted: Fraction, key: Key) -> Fraction:
        """Take pieces wherever they are; return what is still wanted."""
        left = self.left
        if left is None:
            return Fraction(0)  # [D26] of an unknown quantity there may be more: it stays
        taken = min(left, wanted)
        if self.use.designators:
            self.lost += taken
        else:
            self.amount = left - taken
        self.close_if_empty(key)
        return wanted - taken

    def take_at(
        self, places: list[str], wanted: Fraction | None, key: Key
    ) -> tuple[set[str], Fraction | None]:
        """Take what is at designators; return where something was found, and what is still wanted."""
        here = [each for each in places if each in self.places]
        there, left = sum(self.places[each] for each in here), self.left
        if not here or not left:
            return set(), wanted
        if wanted is not None and wanted < there and len(here) > 1:
            return set(here), self.take_any(wanted, key)
        for each in here:
            taken = self.places[each] if wanted is None else min(wanted, self.places[each])
            self.places[each] -= taken
            wanted = None if wanted is None else wanted - taken
            if not self.places[each]:
                del self.places[each]
        self.close_if_empty(key)
        return set(here), wanted


@dataclass(frozen=True)
class Removal:
    """A statement that material was taken out; ``only`` for that of a panel, within a board's stay."""

    line: Line
    package: Holder | None
    panel: Unit | None = None

    def matching(self, holdings: list[Holding]) -> list[Holding]:
        """[7.5] Return the uses that it can mean, the latest first."""
        return [
            each
            for each in sorted(holdings, key=lambda one: one.use.key, reverse=True)
            if each.end == NEVER
            and each.use.begin <= self.line.key[0]
            and self.package in {None, each.use.label}
            and self.panel in {None, each.use.panel}
        ]

    def apply(self, holdings: list[Holding]) -> bool:
        """Take out what is said; answer whether all of it was found."""
        key, said = self.line.key, self.line.said
        wanted, places = amount(said.get("quantity")), list(dict.fromkeys(listed(said.get("designators"))))
        there = self.matching(holdings)
        if wanted is not None:
            uom = measure(said.get("unitOfMeasure"))
            there = [each for each in there if each.use.quantity is None or each.use.measure == uom]
        if not places and wanted is None:
            for each in there:
                each.end = key
            return bool(there)
        if not places:
            return not self._take_any(there, wanted, key)
        return self._apply_at(there, places, wanted, key)

    def _apply_at(self, there: list[Holding], places: list[str], wanted: Fraction | None, key: Key) -> bool:
        found: set[str] = set()
        for each in there:
            if wanted is None or wanted > 0:
                here, wanted = each.take_at(places, wanted, key)
                found |= here
        missing = Fraction(len(set(places) - found)) if wanted is None else wanted
        # [7.5, D27] What no designator tells comes out of that package's uses without designators.
        bare = [each for each in there if not each.use.designators] if self.package is not None else []
        return not missing or not self._take_any(bare, missing, key)

    @staticmethod
    def _take_any(there: list[Holding], wanted: Fraction | None, key: Key) -> Fraction:
        left = wanted or Fraction(0)
        for each in there:
            left = each.take_any(left, key) if left else left
        return left


def fold(uses: list[Use], removals: list[Removal]) -> tuple[list[Holding], list[Removal]]:
    """Return what is left of a unit's uses, and the removals that did not find all they name."""
    holdings = [Holding.of(each) for each in uses]
    missed = [each for each in sorted(removals, key=lambda one: one.line.key) if not each.apply(holdings)]
    return holdings, missed


def held_by(unit: Unit, stays: list[Stay], uses: list[Use]) -> list[Use]:
    """[7.7, D28] Return what was used on a unit, and on its panels before it left them; not on panels of these.

    What one line put into it and into a panel, or into several, it holds once, by its own pass if it has one.
    """
    on = [each for each in stays if each.unit == unit and each.relation == "panelOf"]
    found: dict[tuple[str, int], list[Use]] = {}
    for each in uses:
        there = [stay for stay in on if stay.target == each.unit]
        if each.unit == unit:
            found.setdefault((each.line.event, each.line.key[2]), []).append(replace(each, panel=None))
        elif any(stay.has_not_ended(each.key) for stay in there):
            at = tuple(at for at in each.passed_at if any(at < stay.end[0] for stay in there))
            its = replace(each, panel=each.unit, passed_at=at)
            found.setdefault((each.line.event, each.line.key[2]), []).append(its)
    return [_as_one(some) for some in found.values()]


def _as_one(uses: list[Use]) -> Use:
    passes = {each: each.passed_at or (each.key[0],) for each in uses}
    return replace(
        min(uses, key=lambda each: (each.panel is not None, each.key)),
        key=min(each.key for each in uses),
        packages=tuple(sorted({one for each in uses for one in each.packages})),
        passed_at=tuple(sorted({at for some in passes.values() for at in some})),
    )


def removals_of(unit: Unit, lines: list[Read], stays: list[Stay]) -> list[Removal]:
    """Return the removals from a unit, and those from its panels while it was on them."""
    found = []
    panels = [each for each in stays if each.unit == unit and each.relation == "panelOf"]
    for line, means in lines:
        if means["unit"] == unit:
            found.append(Removal(line, means.get("package")))
        for stay in panels:
            if means["unit"] == stay.target and stay.has_not_ended(line.key):
                found.append(Removal(line, means.get("package"), means["unit"]))
                break
    return found


def designators_twice(unit: Unit, holdings: list[Holding]) -> list[Anomaly]:
    """[7.6] List two exact uses of different packages that are on one designator."""
    found = []
    exact = [
        each for each in holdings if each.use.panel is None and each.end == NEVER and is_report(each.use)
    ]
    for place in sorted({name for each in exact for name in each.places}):
        there = [each for each in exact if place in each.places]
        # What is spliced onto a label makes it no other.
        if len({each.use.label for each in there}) > 1:
            events = tuple(sorted({each.use.line.event for each in there}))
            found.append(Anomaly("designatorTwice", events, (unit,)))
    return list(dict.fromkeys(found))
