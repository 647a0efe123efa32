"""What a writing transaction touched: of which the anomalies are found anew as it ends."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table

from aas_registry.domain.anomalies import Anomaly, AnomalyKind
from aas_registry.domain.genealogy import Whereabouts
from aas_registry.domain.items import Scheme, key_of
from aas_registry.domain.namings import HeldName, Holder, Holders, Naming, NamingKind
from aas_registry.domain.removals import Missed
from aas_registry.domain.reused_names import find_reused
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.passes import set_up

Row = Mapping[Any, Any]
_OWN_NAMES = frozenset({Scheme.PACKAGE, Scheme.SERIAL})
_NOTED = frozenset(
    {
        tables.run,
        tables.run_unit,
        tables.feed,
        tables.feed_void,
        tables.quantity_entry,
        tables.lot_link,
        set_up,
    }
)


@dataclass(slots=True)
class Touched:
    """Facts that a transaction began or ended, and what its folds found, the last of each unit.

    Attributes:
        begun: Rows that were written, of those tables whose facts contradict each other.
        ended: Rows of these tables that ended.
        corrections: Ids of corrections that are new on record.
        turned: Numbers of events that count now and did not before, or the reverse.
        renewed: Numbers of events that were applied again.
        ahead: Numbers of events that were applied and have not happened yet.
        moved: By unit whose movements were folded, what does not fit.
        missed: By unit whose removals were folded, those that did not find all they name.
        named: By key of a name that was settled, what does not fit of its holders.
        naming: Numbers of the events that say, or said, something of these names.
        labels: Of packages that were settled, in the form for comparing.
        listed: Labels of which lists say something else.
        undecided: By number of an event that was applied, and line, what names in it may mean.
        refitted: Slots of stations of which something else is known, by station and key, each with the
            time since when.
    """

    begun: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    ended: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list))
    corrections: set[str] = field(default_factory=set)
    turned: set[int] = field(default_factory=set)
    renewed: set[int] = field(default_factory=set)
    ahead: set[int] = field(default_factory=set)
    moved: dict[int, list[Anomaly]] = field(default_factory=dict)
    missed: dict[int, list[Missed]] = field(default_factory=dict)
    named: dict[str, list[Anomaly]] = field(default_factory=dict)
    naming: set[int] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    undecided: dict[int, dict[tuple[int, int], frozenset[int]]] = field(default_factory=dict)
    refitted: dict[tuple[int, str], datetime] = field(default_factory=dict)

    def note(self, noted: defaultdict[Table, list[Row]], table: Table, rows: Iterable[Row]) -> None:
        """Note rows that were written, or ended."""
        if table in _NOTED:
            noted[table] += rows

    def note_moved(self, units: Collection[int], found: Whereabouts) -> None:
        """Note what the movements of units say now."""
        for unit in units:
            self.moved[unit] = [each for each in found.anomalies if each.subject == unit]

    def note_names(
        self,
        touched: Collection[HeldName],
        holders: Holders,
        items: Mapping[Holder, int],
        told: Collection[Naming],
    ) -> None:
        """Note what does not fit of the names that were touched, and of those that may not fit at all."""
        decisions = [each for each in told if each.kind is NamingKind.SAME]
        groups = {(name.scheme, name.value_key) for name in touched}
        suspects = {name for name in touched if name.scheme in _OWN_NAMES}
        for name in holders.names():
            first, *others = holders.holders_of(name)
            may_not_fit = others or first.created_again or (name.scheme, name.value_key) in groups
            if may_not_fit and name.scheme in _OWN_NAMES:
                suspects.add(name)
        self.labels.update(name.value_key for name in suspects if name.scheme is Scheme.PACKAGE)
        for name in suspects:
            key = key_of(name.scheme, name.issuer_key, name.value_key)
            self.named[key] = [*find_reused(name, holders, items, decisions)]
        self.naming.update(
            each.line.event
            for each in told
            if (each.kind is NamingKind.CREATED or each.lots) and not suspects.isdisjoint(each.names)
        )

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
