"""Names to items, and back: what an event's names stand for, set-wise.

Within one transaction every name is looked up once. Packages and units are *known* when statements name
them (`storage.genealogy.namings`), all else by being named, save events; what refers to anything else
must wait.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, written_key
from aas_registry.domain.items import EARLIEST, IMPLIED, Name, Scheme, key_of
from aas_registry.domain.namings import HELD, StatementOrder, by_the_end_of
from aas_registry.storage.genealogy.namings import Namings
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.moments import recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks, in_order, unindexed
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.namings import holder, item_claim, item_merge

_Spelled = tuple[Scheme, str]
"""A name's scheme, and its value in the form for comparing, whoever issued it."""


@dataclass(slots=True)
class _KnownName:
    item: int
    is_known: bool


class Names:
    """The names of one transaction."""

    def __init__(
        self, connection: Connection, allocator: IdAllocator, site: Site, namings: Namings, *, now: datetime
    ) -> None:
        """Look names up, those of packages and units in ``namings``; new ones are recorded at ``now``."""
        self._connection = connection
        self._allocator = allocator
        self._site = site
        self._now = now
        self._entries: dict[str, _KnownName] = {}
        # Parties that are kept apart, though their names fall together: by their one spelling.
        self._apart: dict[tuple[str, str], _KnownName] = {}
        self._looked_up: set[str] = set()
        self._new: dict[str, Name] = {}
        self._again: dict[str, Name] = {}
        self._ids: Iterator[int] = iter(())
        self._namings = namings
        self._at = by_the_end_of(now)
        self.announced: list[str] = []

    def load(self, names: Iterable[Name], since: datetime = EARLIEST) -> None:
        """Look up the names that were not looked up yet, and reserve ids for the unknown.

        Args:
            names: The names.
            since: The earliest time at which any of them is meant.
        """
        given = list(names)
        self._namings.load((name for name in given if name.scheme in HELD), since)
        others = (name for name in given if name.scheme not in HELD)
        wanted = {key: name for name in others if (key := name.key) not in self._looked_up}
        self._looked_up.update(wanted)
        by_kind: defaultdict[bool, set[_Spelled]] = defaultdict(set)
        for name in wanted.values():
            by_kind[name.scheme is Scheme.EVENT].add((name.scheme, name.value_key))
        for is_event, spelled in by_kind.items():
            for part in in_chunks(sorted(spelled)):
                (self._find_events if is_event else self._find_aliases)(part)
        missing = sum(key not in self._entries for key in wanted)
        if missing:
            self._ids = iter(
                (*self._ids, *self._allocator.take(self._connection, self._site, "item", missing))
            )

    def turn_to(self, at: StatementOrder) -> None:
        """Let names mean from now on what they mean at a time."""
        self._at = at

    def is_known(self, name: Name) -> bool:
        """Return whether a name means one thing now: what refers to it may be applied."""
        if name.scheme in HELD:
            return len(self._namings.meant(name, self._at)) == 1
        return name.scheme in IMPLIED or self._entry(name) is not None

    def candidates(self, name: Name) -> tuple[int, ...]:
        """Return what a name may mean, where that is not one thing: nothing, or several."""
        return self._namings.meant(name, self._at) if name.scheme in HELD else ()

    def item(self, name: Name) -> int:
        """Return what a known name stands for."""
        if name.scheme in HELD:
            (item,) = self._namings.meant(name, self._at)
            return item
        entry = self._entry(name)
        if entry is None or not entry.is_known:
            item = next(self._ids) if entry is None else entry.item
            is_stored = entry is not None
            self._entries[name.key] = _KnownName(item, is_known=True)
            (self._again if is_stored else self._new)[name.key] = name
            return item
        return entry.item

    def maybe(self, name: Name | None) -> int | None:
        """Return what a known name stands for; None for no name."""
        return None if name is None else self.item(name)

    def accept_event(self, name: Name, number: int) -> None:
        """Make an event known that was applied."""
        self._entries[name.key] = _KnownName(number, is_known=True)
        self._looked_up.add(name.key)
        self.announced.append(name.key)

    def _entry(self, name: Name) -> _KnownName | None:
        if self._apart:
            apart = self._apart.get((name.key, written_key(name.value)))
            if apart is not None:
                return apart
        return self._entries.get(name.key)

    def flush(self) -> None:
        """Write the names that were named for the first time."""
        new = [
            {
                **_keys(name),
                "site": self._site,
                "item": self._entries[key].item,
                "issuer": name.issuer,
                "value": name.value,
                "kind": name.kind.value,
                "recorded_at": self._now,
            }
            for key, name in self._new.items()
        ]
        if new:
            self._connection.execute(insert(alias), new)
        again = [{**_keys(name), "item": self._entries[key].item} for key, name in self._again.items()]
        if again:
            own = and_(
                alias.c.site == self._site, *(alias.c[each] == bindparam(f"of_{each}") for each in again[0])
            )
            rows = [{f"of_{column}": value for column, value in row.items()} for row in again]
            self._connection.execute(update(alias).where(own).values(recorded_at=self._now), rows)
        self._new.clear()
        self._again.clear()

    def _find_aliases(self, spelled: Sequence[_Spelled]) -> None:
        schemes = {scheme.value for scheme, _ in spelled}
        value_keys = {value_key for _, value_key in spelled}
        asked = set(spelled)
        names = ("scheme", "issuer_key", "value_key", "item", "recorded_at", "value")
        query = select(*(alias.c[name] for name in names))
        there = (alias.c.site == self._site, alias.c.scheme.in_(schemes), alias.c.value_key.in_(value_keys))
        for row in self._connection.execute(query.where(*there).order_by(alias.c.item)):
            if (row.scheme, row.value_key) not in asked:
                continue
            key = key_of(Scheme(row.scheme), row.issuer_key, row.value_key)
            known = _KnownName(row.item, is_known=row.recorded_at is not None)
            if self._entries.setdefault(key, known) is not known:
                self._apart[key, written_key(row.value)] = known

    def _find_events(self, spelled: Sequence[_Spelled]) -> None:
        found = self._connection.execute(
            select(event.c.event_id, event.c.id).where(
                event.c.site == self._site,
                event.c.event_id.in_([event_id for _, event_id in spelled]),
                event.c.recorded_at
                <= self._now,  # while a projection is rebuilt, later ones are not there yet
            )
        )
        for event_id, number in found:
            self._entries[Name(Scheme.EVENT, event_id).key] = _KnownName(number, is_known=True)


def _keys(name: Name) -> dict[str, str]:
    return {"scheme": name.scheme.value, "value_key": name.value_key, "issuer_key": name.issuer_key}


def names_of(
    connection: Connection, site: Site, items: Sequence[int], moment: Moment | None = None
) -> dict[int, list[Name]]:
    """Return the names of items, each item's leading name first: a serial number.

    Args:
        connection: An open connection.
        site: Whose.
        items: Their ids.
        moment: As they were on record then; None: now.
    """
    names: defaultdict[int, dict[Name, None]] = defaultdict(dict)
    for part in in_chunks(items):
        for asked in (_held_names(site, list(part), moment), _fixed_names(site, list(part))):
            for item, scheme, value, issuer in asked.ask(connection):
                names[item][Name(Scheme(scheme), value, issuer)] = None
    return {item: list(named) for item, named in names.items()}


@prepared
def _held_names(site: Site, items: list[int], moment: Moment | None) -> Select[Any]:
    held = holder.c.recorded_to.is_(None) if moment is None else recorded(holder, moment)
    # As it is, SQLite would take the index of what is on record, and read every name of the site.
    return _named(holder, site, items).where(case((held, 1), else_=0) == 1)


@prepared
def _fixed_names(site: Site, items: list[int]) -> Select[Any]:
    return _named(alias, site, items)


def _named(table: Table, site: Site, items: list[int]) -> Select[Any]:
    return (
        select(table.c.item, table.c.scheme, table.c.value, table.c.issuer)
        .where(table.c.site == site, table.c.item.in_(items))
        .order_by(
            unindexed(table.c.item), unindexed(table.c.scheme).desc(), table.c.value_key, table.c.issuer_key
        )
    )


def standing(connection: Connection, site: Site, item: int, moment: Moment) -> int:
    """Return what an id leads to, as it was on record: itself, or what it turned out to be one with.

    Of an id that was given later it is what had the name then that it was given for.
    """
    found: int | None = _merged_into(site, item, moment).ask(connection).scalar()
    if found is None and moment.recorded_as_of is not None:
        if _is_named(site, item, moment).ask(connection).first() is not None:
            return item
        found = _held_then(site, item, moment).ask(connection).scalar()
    return item if found is None else found


@prepared
def _merged_into(site: Site, item: int, moment: Moment) -> Select[Any]:
    into = select(item_merge.c.merged_into).where(item_merge.c.site == site, item_merge.c.item == item)
    return into.where(recorded(item_merge, moment))


@prepared
def _is_named(site: Site, item: int, moment: Moment) -> Select[Any]:
    return (
        select(holder.c.id)
        .where(holder.c.site == site, holder.c.item == item, recorded(holder, moment))
        .limit(1)
    )


@prepared
def _held_then(site: Site, item: int, moment: Moment) -> Select[Any]:
    said = and_(event.c.site == site, event.c.id == item_claim.c.event)
    at = func.coalesce(event.c.happened_at, literal(EARLIEST, event.c.happened_at.type))
    same = (holder.c[name] == item_claim.c[name] for name in ("scheme", "value_key", "issuer_key"))
    begun_then = or_(holder.c.begin_at.is_(None), holder.c.begin_at <= at)
    lasting = or_(holder.c.end_at.is_(None), holder.c.end_at > at)
    had_it = and_(holder.c.site == site, *same, recorded(holder, moment), begun_then, lasting)
    lines = in_order(in_order(item_claim, event, said, isouter=True), holder, had_it)
    query = select(holder.c.item).select_from(lines)
    query = query.where(item_claim.c.site == site, item_claim.c.item == item)
    return query.order_by(item_claim.c.event).limit(1)
