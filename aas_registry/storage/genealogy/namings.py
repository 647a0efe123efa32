"""Names of packages and units: gathered as events say them, resolved at a time, and folded into holders."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, RowMapping, Table, insert, select

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import Name, Scheme, key_of
from aas_registry.domain.namings import (
    Claim,
    HeldName,
    Holder,
    Holders,
    Line,
    Named,
    Naming,
    StatementOrder,
    items_of,
)
from aas_registry.storage.genealogy.listed import Listed, listed_under
from aas_registry.storage.genealogy.naming_rows import (
    BEGIN,
    HolderRow,
    held_name,
    holder_row,
    is_labelled,
    item_at,
    keys_of,
    line_of,
    name_in,
    naming_of,
    naming_row,
)
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import namings as tables

if TYPE_CHECKING:
    from aas_registry.storage.genealogy.workspace import Workspace

Group = tuple[Scheme, str]
"""All names of one value, whoever issued them."""

_ANY_ISSUER = frozenset({Scheme.PACKAGE, Scheme.SERIAL})
_LABELS = (Scheme.PACKAGE, Scheme.ANNOUNCED)
_BY_BEING_NAMED = Line(0, 0, 0)


@dataclass(slots=True)
class Renamed:
    """What names mean something else since a settlement.

    Attributes:
        items: What had, or has, such a name: with the time from which on that is another one's; None for
            all times.
        keys: Of the names, for those that wait for them.
    """

    items: dict[int, datetime | None] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def note(self, item: int, since: datetime | None) -> None:
        """Note that a name of an item means something else from a time on."""
        known = self.items.get(item, since)
        self.items[item] = None if since is None or known is None else min(since, known)


class Namings:
    """The names of one transaction."""

    def __init__(self, work: "Workspace") -> None:
        """Look names up, and write them, in the transaction of ``work``."""
        self._work = work
        self.renamed = Renamed()
        self._held: dict[Group, dict[HeldName, dict[HolderRow, int]]] = {}
        self._read: set[Group] = set()
        self._told: defaultdict[Group, dict[Line, Naming]] = defaultdict(dict)
        self._spelled: dict[tuple[Line, HeldName], Name] = {}
        self._claims: defaultdict[Group, set[Claim]] = defaultdict(set)
        self._touched: dict[HeldName, None] = {}
        self._unnamed: dict[HeldName, None] = {}

    def load(self, names: Iterable[Name]) -> None:
        """Look up who has some names, and make those known that are known by being named."""
        held = {held_name(name): name for name in names}
        self._load_holders({(name.scheme, name.value_key) for name in held})
        for name, spelled in held.items():
            if name.scheme is Scheme.CONTAINER and not self._held[name.scheme, name.value_key]:
                self._spelled.setdefault((_BY_BEING_NAMED, name), spelled)
                self._touched[name] = None
            if name.scheme is Scheme.PACKAGE and not self._holders(name):
                self._unnamed[name] = None

    def relist(self, labels: Collection[str]) -> None:
        """Let labels, in the form for comparing, mean what the lists say of them now."""
        self._load_holders([(scheme, label) for scheme in _LABELS for label in labels])
        lists = listed_under(self._work.connection, self._work.site, labels, now=self._work.now)
        for label in labels:
            issuers = {"", *(matching_key(each.manufacturer) for each in lists.get(label, ()))}
            self.renamed.keys += [key_of(Scheme.PACKAGE, issuer, label) for issuer in sorted(issuers)]
            named = [row for rows in self._held[Scheme.PACKAGE, label].values() for row in rows]
            self._work.changed.listed.update(row.item for row in named)
        self._announce(
            [label for label in labels if any(self._held[Scheme.ANNOUNCED, label].values())], lists
        )

    def add(self, said: Naming, spelled: Sequence[Name]) -> None:
        """Gather a statement about names, given as they are written."""
        for name, written in zip(said.names, spelled, strict=True):
            self._spelled[said.line, name] = written
            self._told[name.scheme, name.value_key][said.line] = said
            self._touched[name] = None
            self._work.rows.add(tables.naming, **naming_row(said, name, written))

    def remove(self, rows: Iterable[RowMapping]) -> None:
        """Forget statements that are in effect no longer."""
        for row in rows:
            name = name_in(row)
            self._told[name.scheme, name.value_key].pop(line_of(row), None)
            self._touched[name] = None

    def meant(self, name: Name, at: StatementOrder) -> tuple[int, ...]:
        """Return what a name means at a time: one thing, nothing, or several candidates."""
        named = held_name(name)
        held = self._holders(named)
        if not held and named.scheme is Scheme.PACKAGE:
            announced = self._held.get((Scheme.ANNOUNCED, named.value_key), {})
            held = [
                rows
                for rows in announced.values()
                if rows and is_labelled(next(iter(rows)), named.issuer_key)
            ]
        return tuple(sorted({item_at(each, at) for each in held}))

    def settle(self) -> None:
        """Find out anew who has the names that were touched, and write it; see `renamed`."""
        touched, self._touched = self._touched, {}
        if touched:
            self._settle(touched)
        unnamed, self._unnamed = self._unnamed, {}
        labels = sorted({name.value_key for name in unnamed if not self._holders(name)})
        if labels:
            self._load_holders([(Scheme.ANNOUNCED, label) for label in labels])
            lists = listed_under(self._work.connection, self._work.site, labels, now=self._work.now)
            self._announce(labels, lists)

    def _holders(self, name: HeldName) -> list[dict[HolderRow, int]]:
        """Return the rows of whom a name may mean: its own holders, else those of any issuer."""
        by_name = self._held.get((name.scheme, name.value_key), {})
        own = by_name.get(name)
        if own:
            return [own]
        if name.issuer_key or name.scheme not in _ANY_ISSUER:
            return []
        return [rows for rows in by_name.values() if rows]

    def _announce(self, labels: Collection[str], lists: Mapping[str, Sequence[Listed]]) -> None:
        """Let there be the packages that lists name by labels, each lot's its own."""
        groups = [(Scheme.ANNOUNCED, label) for label in labels]
        self._load_holders(groups)
        self._load_namings(groups)
        ids = {claim.name: claim.item for group in groups for claim in self._claims[group]}
        said = [
            (HeldName(Scheme.ANNOUNCED, label, str(each.lot)), each)
            for label in labels
            for each in lists.get(label, ())
        ]
        things = [Named([Holder(name)], set()) for name, _ in said if name not in ids]
        given = self._claim(things, {}, {})
        ids |= {thing.holders[0].name: given[place] for place, thing in enumerate(things)}
        self._renew(
            groups,
            [HolderRow(name, ids[name], None, None, each.manufacturer, each.label) for name, each in said],
        )

    def _settle(self, touched: Iterable[HeldName]) -> None:
        family = self._family({(name.scheme, name.value_key) for name in touched})
        told = {said.line: said for group in family for said in self._told[group].values()}
        holders = Holders(told.values(), self._implied(family))
        things = sorted(holders.things, key=lambda each: min(each.lines, default=_BY_BEING_NAMED))
        own, leads_to = items_of(things, [each for group in family for each in self._claims[group]])
        own = self._claim(things, own, told)
        self._renew(
            family,
            [row for place, thing in enumerate(things) for row in self._rows(thing, own[place], holders)],
        )
        self._merge({item: own[place] for item, place in leads_to.items()})

    def _family(self, groups: set[Group]) -> list[Group]:
        """Return names with all that statements connect them with; everything of them is read."""
        found: dict[Group, None] = {}
        wanted = groups
        while wanted:
            self._load_holders(wanted)
            self._load_namings(wanted)
            found |= dict.fromkeys(sorted(wanted))
            wanted = {
                (name.scheme, name.value_key)
                for group in wanted
                for said in self._told[group].values()
                for name in said.together
            }.difference(found)
        return list(found)

    def _implied(self, family: Collection[Group]) -> set[HeldName]:
        """Return the names that are known by being named."""
        named = {name for _, name in self._spelled if name.scheme is Scheme.CONTAINER}
        labels = {group for group in family if group[0] is Scheme.CONTAINER}
        kept = {name for group in labels for name in self._held[group]}
        return kept | {name for name in named if (name.scheme, name.value_key) in labels}

    def _claim(
        self, things: Sequence[Named], own: Mapping[int, int], told: Mapping[Line, Naming]
    ) -> dict[int, int]:
        """Give an id to each thing that has none, and let each id stand with a line that says something."""
        work, known = self._work, {claim[1:3] for claims in self._claims.values() for claim in claims}
        new = [place for place in range(len(things)) if place not in own]
        items = iter(work.allocator.take(work.connection, work.site, "item", len(new)))
        given = {**own, **{place: next(items) for place in new}}
        rows = []
        for place, item in given.items():
            line = min(things[place].lines, default=_BY_BEING_NAMED)
            if any((item, each) in known for each in things[place].lines or {line}):
                continue
            name = told[line].names[0] if line in told else things[place].holders[0].name
            self._claims[name.scheme, name.value_key].add(Claim(work.now, item, line, name))
            rows.append(
                {"site": work.site, "item": item, **keys_of(name), **line._asdict(), "assigned_at": work.now}
            )
        if rows:
            work.connection.execute(insert(tables.item_claim), rows)
        return given

    def _rows(self, thing: Named, item: int, holders: Holders) -> Iterator[HolderRow]:
        for each in thing.holders:
            all_of = holders.holders_of(each.name)
            # Whoever said that a name is given anew may have left its issuer out: the first has it whole.
            written = self._written(each.name, (each.begun_by, all_of[0].begun_by))
            after = all_of[all_of.index(each) + 1 :]
            end_at = None if not after or after[0].begin is None else after[0].begin.happened_at
            yield HolderRow(each.name, item, each.begin, end_at, written.issuer, written.value)

    def _written(self, name: HeldName, said: Iterable[Naming | None]) -> Name:
        for each in said:
            found = self._spelled.get((_BY_BEING_NAMED if each is None else each.line, name))
            if found is not None:
                return found
        held = next(iter(self._held[name.scheme, name.value_key][name]))
        return Name(name.scheme, held.value, held.issuer)

    def _renew(self, family: Collection[Group], wanted: Iterable[HolderRow]) -> None:
        missing = dict.fromkeys(wanted)
        ended: dict[HolderRow, int] = {}
        for group in family:
            for rows in self._held[group].values():
                gone = {row: number for row, number in rows.items() if row not in missing}
                for row in rows:
                    missing.pop(row, None)
                for row in gone:
                    del rows[row]
                ended |= gone
        self._tell(ended, missing)
        self._work.end(tables.holder, list(ended.values()))
        labelled = (row for row in (*ended, *missing) if row.name.scheme in _LABELS)
        self._work.changed.listed.update(row.item for row in labelled)
        numbers = self._write(tables.holder, [holder_row(each) for each in missing])
        for row, number in zip(missing, numbers, strict=True):
            self._held[row.name.scheme, row.name.value_key].setdefault(row.name, {})[row] = number

    def _tell(self, ended: Iterable[HolderRow], begun: Iterable[HolderRow]) -> None:
        """Note what means something else now."""
        now = {(row.name, row.item, row.begin): row for row in begun}
        before = {(row.name, row.item, row.begin): row for row in ended}
        for key, row in before.items():
            after = now.get(key)
            ends = [each.end_at for each in (row, after) if each is not None and each.end_at is not None]
            self.renamed.note(row.item, None if after is None else min(ends, default=None))
        for name in dict.fromkeys(row.name for row in (*before.values(), *now.values())):
            if name.scheme is Scheme.ANNOUNCED:
                continue
            bare = key_of(name.scheme, "", name.value_key)
            self.renamed.keys += dict.fromkeys((key_of(name.scheme, name.issuer_key, name.value_key), bare))
            # Whoever left the issuer out meant another one's, or means one of several now.
            if name.scheme in _ANY_ISSUER and any(row.name == name for row in now.values()):
                groups = [(scheme, name.value_key) for scheme in (name.scheme, *_LABELS[1:])]
                others = (rows for group in groups for rows in self._held.get(group, {}).items())
                for other in (row for each, rows in others if each != name for row in rows):
                    self.renamed.note(other.item, None)

    def _merge(self, leads_to: Mapping[int, int]) -> None:
        """Let ids of what is one with something else lead there."""
        found: dict[int, tuple[int, int]] = {}
        for part in in_chunks(sorted(leads_to)):
            said = (tables.item_merge.c.site == self._work.site) & tables.item_merge.c.item.in_(part)
            query = select(tables.item_merge).where(said, tables.item_merge.c.recorded_to.is_(None))
            found |= {row.item: (row.merged_into, row.id) for row in self._work.connection.execute(query)}
        wanted = {item: into for item, into in leads_to.items() if item != into}
        gone = [number for item, (into, number) in found.items() if wanted.get(item) != into]
        self._work.end(tables.item_merge, gone)
        new = {item: into for item, into in wanted.items() if found.get(item, (None,))[0] != into}
        self._write(tables.item_merge, [{"item": item, "merged_into": into} for item, into in new.items()])

    def _write(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
        work = self._work
        if not rows:
            return ()
        numbers = work.allocator.take(work.connection, work.site, "fact", len(rows))
        head = {"site": work.site, "recorded_from": work.now, "recorded_to": None}
        written = [{**head, "id": number, **row} for number, row in zip(numbers, rows, strict=True)]
        work.connection.execute(insert(table), written)
        work.sums.add(table, written)
        return numbers

    def _load_holders(self, groups: Iterable[Group]) -> None:
        missing = [group for group in groups if group not in self._held]
        self._held.update((group, {}) for group in missing)
        for row in self._among(tables.holder, missing, tables.holder.c.recorded_to.is_(None)):
            begin = None if row["begin_at"] is None else StatementOrder(*(row[each] for each in BEGIN))
            held = HolderRow(name_in(row), row["item"], begin, row["end_at"], row["issuer"], row["value"])
            self._held[held.name.scheme, held.name.value_key].setdefault(held.name, {})[held] = row["id"]

    def _load_namings(self, groups: Iterable[Group]) -> None:
        missing = [group for group in groups if group not in self._read]
        self._read.update(missing)
        for row in self._among(tables.naming, missing, tables.naming.c.recorded_to.is_(None)):
            name, said = name_in(row), naming_of(row)
            self._told[name.scheme, name.value_key][said.line] = said
            self._spelled[said.line, name] = Name(name.scheme, row["value"], row["issuer"])
        for row in self._among(tables.item_claim, missing):
            name = name_in(row)
            claim = Claim(row["assigned_at"], row["item"], Line(row["event"], row["place"], row["nth"]), name)
            self._claims[name.scheme, name.value_key].add(claim)

    def _among(
        self, table: Table, groups: Sequence[Group], *where: ColumnElement[bool]
    ) -> Iterator[RowMapping]:
        by_scheme: defaultdict[Scheme, list[str]] = defaultdict(list)
        for scheme, value_key in groups:
            by_scheme[scheme].append(value_key)
        for scheme, values in by_scheme.items():
            for part in in_chunks(values):
                own = (table.c.site == self._work.site, table.c.scheme == scheme.value)
                query = select(table).where(*own, table.c.value_key.in_(part), *where)
                yield from self._work.connection.execute(query).mappings().all()
