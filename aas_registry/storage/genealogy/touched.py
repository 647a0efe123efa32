"""What a writing transaction touched: of which the anomalies are found anew as it ends."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.genealogy import Movement, Whereabouts
from aas_registry.domain.removals import Removal
from aas_registry.storage.tables import genealogy as tables

Row = Mapping[Any, Any]
_NOTED = frozenset({tables.run_unit, tables.feed, tables.feed_void, tables.quantity_entry, tables.lot_link})


@dataclass(slots=True)
class Touched:
    """Facts that a transaction began or ended, and what its folds found, the last of each unit.

    Attributes:
        begun: Rows that were written, of those tables whose facts contradict each other.
        ended: Rows of these tables that ended.
        corrections: Ids of corrections that are new on record.
        turned: Numbers of events that count now and did not before, or the reverse.
        ahead: Numbers of events that were applied and have not happened yet.
        moved: By unit whose movements were folded, what does not fit.
        homecomings: By unit, its returns that nothing of its own explains.
        missed: By unit whose removals were folded, those that did not find all they name.
    """

    begun: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    ended: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    corrections: set[str] = field(default_factory=set)
    turned: set[int] = field(default_factory=set)
    ahead: set[int] = field(default_factory=set)
    moved: dict[int, list[Anomaly]] = field(default_factory=dict)
    homecomings: dict[int, list[Movement]] = field(default_factory=dict)
    missed: dict[int, list[Removal]] = field(default_factory=dict)

    def note(self, noted: defaultdict[Table, list[Row]], table: Table, rows: Iterable[Row]) -> None:
        """Note rows that were written, or ended."""
        if table in _NOTED:
            noted[table] += rows

    def note_moved(self, units: Collection[int], found: Whereabouts) -> None:
        """Note what the movements of units say now."""
        for unit in units:
            self.moved[unit] = [each for each in found.anomalies if each.subject == unit]
            self.homecomings[unit] = [each for each in found.homecomings if each.unit == unit]

    def rows(self, table: Table) -> list[Row]:
        """Return the rows of a table that began or ended."""
        return [*self.begun[table], *self.ended[table]]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at for one kind of anomaly: of these subjects, nothing holds but what was found.

    Attributes:
        keys: Where only some of a subject's were looked at, which; None for all.
    """

    kind: AnomalyKind
    subjects: Collection[int]
    found: Collection[Anomaly]
    keys: Collection[str] | None = None
