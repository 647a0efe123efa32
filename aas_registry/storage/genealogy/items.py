"""Names to items, and back: what an event's names stand for, set-wise.

Within one transaction every name is looked up once. An item is *known* when it was announced,
or is of a scheme that anybody may name; what refers to anything else must wait.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from aas_registry.domain.events import EventState
from aas_registry.domain.identifiers import Site, written_key
from aas_registry.domain.items import IMPLIED, SEPARATOR, Name, Scheme
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.items import alias


@dataclass(slots=True)
class _KnownName:
    item: int
    is_known: bool
    is_stored: bool


class Names:
    """The names of one transaction."""

    def __init__(self, connection: Connection, allocator: IdAllocator, site: Site, *, now: datetime) -> None:
        """Look names up in ``connection``; new ones are recorded at ``now``."""
        self._connection = connection
        self._allocator = allocator
        self._site = site
        self._now = now
        self._entries: dict[str, _KnownName] = {}
        # Parties that are kept apart, though their names fall together: by their one spelling.
        self._apart: dict[tuple[str, str], _KnownName] = {}
        self._looked_up: set[str] = set()
        self._added: list[tuple[Name, int]] = []
        self._ids: Iterator[int] = iter(())
        self.announced: list[str] = []

    def load(self, names: Iterable[Name]) -> None:
        """Look up the names that were not looked up yet, and reserve ids for the unknown."""
        wanted = {key: name for name in names if (key := name.key) not in self._looked_up}
        self._looked_up.update(wanted)
        by_scheme: defaultdict[Scheme, dict[str, list[Name]]] = defaultdict(lambda: defaultdict(list))
        for name in wanted.values():
            by_scheme[name.scheme][name.value_key].append(name)
        for scheme, values in by_scheme.items():
            find = self._find_events if scheme is Scheme.EVENT else self._find_aliases
            for part in in_chunks(list(values)):
                find(scheme, part)
        missing = sum(key not in self._entries for key in wanted)
        if missing:
            self._ids = iter(
                (*self._ids, *self._allocator.take(self._connection, self._site, "item", missing))
            )

    def is_known(self, name: Name) -> bool:
        """Return whether an event may refer to a name now."""
        entry = self._entry(name)
        return name.scheme in IMPLIED or (entry is not None and entry.is_known)

    def item(self, name: Name) -> int:
        """Return what a known name stands for."""
        entry = self._entry(name)
        return self.announce(name) if entry is None or not entry.is_known else entry.item

    def maybe(self, name: Name | None) -> int | None:
        """Return what a known name stands for; None for no name."""
        return None if name is None else self.item(name)

    def clash(self, names: Iterable[Name]) -> bool:
        """Return whether names that should be one item's are those of several."""
        entries = (self._entries.get(name.key) for name in names)
        return len({entry.item for entry in entries if entry is not None}) > 1

    def announce(self, *names: Name) -> int:
        """Make one item known by all these names, and return it."""
        entries = [self._entries.get(name.key) for name in names]
        item = next((entry.item for entry in entries if entry is not None), None)
        if item is None:
            item = next(self._ids)
        for name, entry in zip(names, entries, strict=True):
            if entry is None or not entry.is_known:
                is_stored = entry is not None and entry.is_stored
                self._entries[name.key] = _KnownName(item, is_known=True, is_stored=is_stored)
                self._added.append((name, item))
                self.announced.append(name.key)
        return item

    def accept_event(self, name: Name, number: int) -> None:
        """Make an event known that was applied."""
        self._entries[name.key] = _KnownName(number, is_known=True, is_stored=True)
        self._looked_up.add(name.key)
        self.announced.append(name.key)

    def _entry(self, name: Name) -> _KnownName | None:
        if self._apart:
            apart = self._apart.get((name.key, written_key(name.value)))
            if apart is not None:
                return apart
        return self._entries.get(name.key)

    def forget(self, items: Collection[int]) -> None:
        """Let names be unknown of things that nobody says exist; what is implied by its name stays."""
        # An event's name leads to its number, which may be a thing's id by chance.
        stays = {*IMPLIED, Scheme.EVENT}
        for key, entry in self._entries.items():
            if entry.item in items and Scheme(key.partition(SEPARATOR)[0]) not in stays:
                entry.is_known = False
        said = [each.value for each in Scheme if each not in IMPLIED]
        for part in in_chunks(sorted(items)):
            names = (alias.c.site == self._site) & alias.c.item.in_(part) & alias.c.scheme.in_(said)
            self._connection.execute(update(alias).where(names).values(recorded_at=None))

    def flush(self) -> None:
        """Write the names that were announced."""
        new: dict[str, dict[str, object]] = {}
        again: list[dict[str, object]] = []
        for name, item in self._added:
            entry = self._entries[name.key]
            if entry.is_stored:
                again.append({"s": name.scheme.value, "v": name.value_key, "i": name.issuer_key, "n": item})
            else:
                new[name.key] = {
                    "site": self._site,
                    "scheme": name.scheme.value,
                    "value_key": name.value_key,
                    "issuer_key": name.issuer_key,
                    "item": item,
                    "issuer": name.issuer,
                    "value": name.value,
                    "kind": name.kind.value,
                    "recorded_at": self._now,
                }
                entry.is_stored = True
        if new:
            self._connection.execute(insert(alias), list(new.values()))
        if again:
            row = (
                (alias.c.site == self._site)
                & (alias.c.scheme == bindparam("s"))
                & (alias.c.value_key == bindparam("v"))
                & (alias.c.issuer_key == bindparam("i"))
                & (alias.c.item == bindparam("n"))
            )
            self._connection.execute(update(alias).where(row).values(recorded_at=self._now), again)
        self._added.clear()

    def _find_aliases(self, scheme: Scheme, value_keys: Sequence[str]) -> None:
        found = self._connection.execute(
            select(alias.c.issuer_key, alias.c.value_key, alias.c.item, alias.c.recorded_at, alias.c.value)
            .where(
                alias.c.site == self._site, alias.c.scheme == scheme.value, alias.c.value_key.in_(value_keys)
            )
            .order_by(alias.c.item)
        )
        for issuer_key, value_key, item, recorded_at, value in found:
            key = Name(scheme, value_key, issuer_key).key
            known = _KnownName(item, is_known=recorded_at is not None, is_stored=True)
            if self._entries.setdefault(key, known) is not known:
                self._apart[key, written_key(value)] = known

    def _find_events(self, scheme: Scheme, event_ids: Sequence[str]) -> None:
        found = self._connection.execute(
            select(event.c.event_id, event.c.id).where(
                event.c.site == self._site,
                event.c.event_id.in_(event_ids),
                event.c.state != EventState.REJECTED.value,
                event.c.recorded_at
                <= self._now,  # while a projection is rebuilt, later ones are not there yet
            )
        )
        for event_id, number in found:
            self._entries[Name(scheme, event_id).key] = _KnownName(number, is_known=True, is_stored=True)


def names_of(connection: Connection, site: Site, items: Sequence[int]) -> dict[int, list[Name]]:
    """Return the names of items, each item's leading name (a serial before a position) first."""
    names: defaultdict[int, list[Name]] = defaultdict(list)
    for part in in_chunks(items):
        found = connection.execute(
            select(alias.c.item, alias.c.scheme, alias.c.value, alias.c.issuer)
            .where(alias.c.site == site, alias.c.item.in_(part))
            .order_by(alias.c.item, alias.c.scheme.desc(), alias.c.value_key, alias.c.issuer_key)
        )
        for item, scheme, value, issuer in found:
            names[item].append(Name(Scheme(scheme), value, issuer))
    return dict(names)
