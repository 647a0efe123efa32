"""Units of some runs, and what was used in them: counted as sets, after one statement has told them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from aas_registry.storage.genealogy.reported_slots import ASSUMING

Units = set[int]


def _sets() -> defaultdict[int, Units]:
    return defaultdict(set)


@dataclass(frozen=True, kw_only=True)
class Covered:
    """The units of some runs.

    Attributes:
        asked: Part types that were asked for.
        passed: By run, the units that passed or completed it.
        completed: The same, of those that completed it.
        used: The units in which a part type is known to be used, by part type, basis and run, which is None
            where none is named.
    """

    asked: Units = field(default_factory=set)
    passed: defaultdict[int, Units] = field(default_factory=_sets)
    completed: defaultdict[int, Units] = field(default_factory=_sets)
    used: defaultdict[tuple[int, str, int | None], Units] = field(default_factory=lambda: defaultdict(set))

    def add_passes(self, run: int, units: Iterable[int], *, completed: bool) -> None:
        """Add units that passed a run."""
        self.passed[run].update(units)
        if completed:
            self.completed[run].update(units)

    def add_uses(self, part_type: int, basis: str, run: int | None, units: Iterable[int]) -> None:
        """Add units in which a part type was used, after all passes; of others nothing is kept."""
        there = self.every.intersection(units)
        if there:
            self.used[part_type, basis, run] |= there

    @cached_property
    def every(self) -> Units:
        """All units."""
        return set[int]().union(*self.passed.values())

    def reported(self) -> Units:
        """Return the units of which somebody reported a use."""
        return set[int]().union(
            *(units for (_, basis, _), units in self.used.items() if basis not in ASSUMING)
        )

    def whole(self) -> Units:
        """Return the units of which a use of each part type was reported, in each run in which it is used."""
        if not self.asked:
            return set()
        return set.intersection(*(self._whole_of(part_type) for part_type in self.asked))

    def by_kind(self) -> Mapping[tuple[int, str], Units]:
        """Return units by part type and basis of what is used in them."""
        kinds: defaultdict[tuple[int, str], Units] = defaultdict(set)
        for (part_type, basis, _), units in self.used.items():
            kinds[part_type, basis] |= units
        return kinds

    def _whole_of(self, wanted: int) -> Units:
        """Return the units of which no pass is silent of a run in which a part type is known to be used.

        A report that names no run may be one of any pass, but of one only.
        """
        reports: defaultdict[int | None, Units] = defaultdict(set)
        for (part_type, basis, run), units in self.used.items():
            if part_type == wanted:
                # A run in which it is only assumed is one in which it is used, too.
                reports[run] |= units if basis not in ASSUMING else set()
        silent, twice = set[int](), set[int]()
        for run, passed in self.passed.items():
            owed = passed - reports[run] if run in reports else set()
            twice |= silent & owed
            silent |= owed
        return set[int]().union(*reports.values()) - twice - (silent - reports.get(None, set()))
