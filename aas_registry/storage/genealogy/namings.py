"""Names of packages and units: gathered as events say them, resolved at a time, and folded into holders."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import RowMapping, Table, select

from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import EARLIEST, Name, Scheme, key_of
from aas_registry.domain.namings import (
    CARRIERS,
    Claim,
    HeldName,
    Holder,
    Holders,
    Line,
    Named,
    Naming,
    NamingKind,
    StatementOrder,
    by_the_end_of,
    items_of,
)
from aas_registry.storage.genealogy.listed import Listed, listed_under
from aas_registry.storage.genealogy.naming_reader import Group, NamingReader
from aas_registry.storage.genealogy.naming_rows import (
    HolderRow,
    held_name,
    holder_row,
    is_labelled,
    items_at,
    keys_of,
    name_in,
    naming_of,
    naming_row,
    until_another,
)
from aas_registry.storage.rows import in_chunks, insert_rows
from aas_registry.storage.tables import namings as tables

if TYPE_CHECKING:
    from aas_registry.storage.genealogy.workspace import Workspace

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


class Namings(NamingReader):
    """The names of one transaction."""

    def __init__(self, work: "Workspace") -> None:
        """Look names up, and write them, in the transaction of ``work``."""
        super().__init__(work.connection, work.site)
        self._work = work
        self.renamed = Renamed()
        self._touched: dict[HeldName, StatementOrder] = {}
        self._unnamed: dict[HeldName, None] = {}

    def load(self, names: Iterable[Name], since: datetime) -> None:
        """Look up who has some names since a time, and make those known that are known by being named."""
        held = {held_name(name): name for name in names}
        self.load_holders({(name.scheme, name.value_key): since for name in held})
        # What a list announces under a label is another thing once an event names the label.
        labels = {
            name.value_key for name in held if name.scheme is Scheme.PACKAGE and not self._holders(name)
        }
        self.load_holders({(Scheme.ANNOUNCED, label): EARLIEST for label in sorted(labels)})
        for name, spelled in held.items():
            if name.scheme is Scheme.CONTAINER and not self.held[name.scheme, name.value_key]:
                self.spelled.setdefault((_BY_BEING_NAMED, name), spelled)
                self._touch(name, by_the_end_of(since))
            if name.scheme is Scheme.PACKAGE and not self._holders(name):
                self._unnamed[name] = None

    def relist(self, labels: Collection[str]) -> None:
        """Let labels, in the form for comparing, mean what the lists say of them now."""
        self._work.touched.listed.update(labels)
        self.load_holders({(scheme, label): EARLIEST for scheme in _LABELS for label in labels})
        lists = listed_under(self._work.connection, self._work.site, labels, now=self._work.now)
        for label in labels:
            issuers = {"", *(matching_key(each.manufacturer) for each in lists.get(label, ()))}
            self.renamed.keys += [key_of(Scheme.PACKAGE, issuer, label) for issuer in sorted(issuers)]
            named = [row for rows in self.held[Scheme.PACKAGE, label].values() for row in rows]
            self._work.changed.listed.update(row.item for row in named)
        self._announce([label for label in labels if any(self.held[Scheme.ANNOUNCED, label].values())], lists)

    def add(self, said: Naming, spelled: Sequence[Name]) -> None:
        """Gather a statement about names, given as they are written."""
        for name, written in zip(said.names, spelled, strict=True):
            self.spelled[said.line, name] = written
            self.told[name.scheme, name.value_key][said.line] = said
            self._touch(name, _meant(said))
            self._work.rows.add(tables.naming, **naming_row(said, name, written))

    def remove(self, rows: Iterable[RowMapping]) -> None:
        """Forget statements that are in effect no longer."""
        for row in rows:
            name, said = name_in(row), naming_of(row)
            self.told[name.scheme, name.value_key].pop(said.line, None)
            self._touch(name, _meant(said))
            self._work.touched.naming.add(row["event"])

    def _touch(self, name: HeldName, at: StatementOrder) -> None:
        self._touched[name] = min(at, self._touched.get(name, at))

    def meant(self, name: Name, at: StatementOrder) -> tuple[int, ...]:
        """Return what a name means at a time: one thing, nothing, or several candidates."""
        named = held_name(name)
        held = self._holders(named)
        if not held and named.scheme is Scheme.PACKAGE:
            announced = self.held.get((Scheme.ANNOUNCED, named.value_key), {})
            held = [
                rows
                for rows in announced.values()
                if rows and is_labelled(next(iter(rows)), named.issuer_key)
            ]
        return tuple(sorted({item for each in held for item in items_at(each, at)}))

    def settle(self) -> None:
        """Find out anew who has the names that were touched, and write it; see `renamed`."""
        touched, self._touched = self._touched, {}
        if touched:
            self._settle(touched)
        unnamed, self._unnamed = self._unnamed, {}
        labels = sorted({name.value_key for name in unnamed if not self._holders(name)})
        if labels:
            self.load_holders({(Scheme.ANNOUNCED, label): EARLIEST for label in labels})
            lists = listed_under(self._work.connection, self._work.site, labels, now=self._work.now)
            self._announce(labels, lists)

    def _holders(self, name: HeldName) -> list[dict[HolderRow, int]]:
        """Return the rows of whom a name may mean: its own holders, else those of any issuer."""
        by_name = self.held.get((name.scheme, name.value_key), {})
        own = by_name.get(name)
        if own:
            return [own]
        if name.issuer_key or name.scheme not in _ANY_ISSUER:
            return []
        return [rows for rows in by_name.values() if rows]

    def _announce(self, labels: Collection[str], lists: Mapping[str, Sequence[Listed]]) -> None:
        """Let there be the packages that lists name by labels, each lot's its own."""
        groups = [(Scheme.ANNOUNCED, label) for label in labels]
        self.load_holders(dict.fromkeys(groups, EARLIEST))
        self.load_namings(dict.fromkeys(groups, EARLIEST))
        ids = {claim.name: claim.item for group in groups for claim in self.claims[group]}
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
            {},
        )

    def _settle(self, touched: Mapping[HeldName, StatementOrder]) -> None:
        family, begins = self._family(touched)
        told = {
            said.line: said
            for group in family
            for said in self.told[group].values()
            if all(_is_within(said, begins.get(name)) for name in said.names)
        }
        holders = Holders(told.values(), self._implied(family), begins)
        things = sorted(holders.things, key=lambda each: min(each.lines, default=_BY_BEING_NAMED))
        self.load_claims(family, told)
        # While a projection is rebuilt, ids that were given later are not there yet.
        ids = [each for group in family for each in self.claims[group] if each.assigned_at <= self._work.now]
        own, leads_to = items_of(things, ids)
        own = self._claim(things, own, told)
        self._renew(
            family,
            [row for place, thing in enumerate(things) for row in self._rows(thing, own[place], holders)],
            begins,
        )
        self._merge({item: own[place] for item, place in leads_to.items()})
        items = {holder: own[place] for place, thing in enumerate(things) for holder in thing.holders}
        self._work.touched.note_names(touched, holders, items, told.values())

    def _family(
        self, touched: Mapping[HeldName, StatementOrder]
    ) -> tuple[list[Group], dict[HeldName, StatementOrder | None]]:
        """Return names with all that statements connect them with; what concerns them is read.

        A carrier's place, or a tray, is another board's every minute: of it those holders concern us who have
        it when something is said, or later; they come with when the first of them begins. Of others all do.
        """
        begins: dict[HeldName, StatementOrder | None] = {}
        found: dict[Group, None] = {}
        todo = [(name, at, True) for name, at in touched.items()]
        while todo:
            since: dict[Group, datetime] = {}
            for name, at, _ in todo:
                group = (name.scheme, name.value_key)
                since[group] = min(at.happened_at, since.get(group, at.happened_at))
            self.load_holders(since)
            new: dict[HeldName, None] = {}
            for name, at, is_cut in todo:
                if name.scheme not in CARRIERS:
                    is_new = (name.scheme, name.value_key) not in found
                else:
                    is_new = self._begins_earlier(name, at, begins, is_cut=is_cut)
                new |= {name: None} if is_new else {}
            found |= dict.fromkeys((name.scheme, name.value_key) for name in new)
            self.load_namings({(name.scheme, name.value_key): _time(begins.get(name)) for name in new})
            todo = [each for name in new for each in self._beside(name, touched, begins.get(name))]
        return list(found), begins

    def _begins_earlier(
        self,
        name: HeldName,
        at: StatementOrder,
        begins: dict[HeldName, StatementOrder | None],
        *,
        is_cut: bool,
    ) -> bool:
        """Note from which holder on a place concerns us; return whether that was not known."""
        rows = self.held[name.scheme, name.value_key].get(name, {})
        # What is cut anew at a time may join who had the name until then.
        told = [row.begin for row in rows if row.begin is not None and row.begin <= at]
        begin = max((each for each in told if not (is_cut and each[0] == at.happened_at)), default=None)
        known = begins.get(name)
        if name in begins and (known is None or (begin is not None and known <= begin)):
            return False
        begins[name] = begin
        return True

    def _beside(
        self, name: HeldName, touched: Collection[HeldName], begin: StatementOrder | None
    ) -> Iterator[tuple[HeldName, StatementOrder, bool]]:
        """Yield the names that stand together with a name, when each is meant, and whether it is cut anew."""
        is_cut = name.scheme is Scheme.SERIAL and name in touched
        for said in self.told[name.scheme, name.value_key].values():
            if _is_within(said, begin):
                yield from ((other, at or said.order, is_cut) for other, at in said.together)

    def _implied(self, family: Collection[Group]) -> set[HeldName]:
        """Return the names that are known by being named."""
        named = {name for _, name in self.spelled if name.scheme is Scheme.CONTAINER}
        labels = {group for group in family if group[0] is Scheme.CONTAINER}
        kept = {name for group in labels for name in self.held[group]}
        return kept | {name for name in named if (name.scheme, name.value_key) in labels}

    def _claim(
        self, things: Sequence[Named], own: Mapping[int, int], told: Mapping[Line, Naming]
    ) -> dict[int, int]:
        """Give an id to each thing that has none, and let each id stand with a line that says something."""
        work, known = self._work, {claim[1:3] for claims in self.claims.values() for claim in claims}
        new = [place for place in range(len(things)) if place not in own]
        items = iter(work.allocator.take(work.connection, work.site, "item", len(new)))
        given = {**own, **{place: next(items) for place in new}}
        rows = []
        for place, item in given.items():
            line = min(things[place].lines, default=_BY_BEING_NAMED)
            if any((item, each) in known for each in things[place].lines or {line}):
                continue
            name = told[line].names[0] if line in told else things[place].holders[0].name
            self.claims[name.scheme, name.value_key].add(Claim(work.now, item, line, name))
            rows.append(
                {"site": work.site, "item": item, **keys_of(name), **line._asdict(), "assigned_at": work.now}
            )
        if rows:
            insert_rows(work.connection, tables.item_claim, rows)
        return given

    def _rows(self, thing: Named, item: int, holders: Holders) -> Iterator[HolderRow]:
        for each in thing.holders:
            all_of = holders.holders_of(each.name)
            # Whoever said that a name is given anew may have left its issuer out: the first has it whole.
            written = self._written(each.name, (each.begun_by, all_of[0].begun_by))
            after = (one.begin for one in all_of[all_of.index(each) + 1 :] if one.begin != each.begin)
            end_at = next((begin.happened_at for begin in after if begin is not None), None)
            yield HolderRow(each.name, item, each.begin, end_at, written.issuer, written.value)

    def _written(self, name: HeldName, said: Iterable[Naming | None]) -> Name:
        for each in said:
            found = self.spelled.get((_BY_BEING_NAMED if each is None else each.line, name))
            if found is not None:
                return found
        held = next(iter(self.held[name.scheme, name.value_key].get(name, ())), None)
        if held is not None:
            return Name(name.scheme, held.value, held.issuer)
        # The first statement of it gave it anew, without its issuer.
        return min((line, found) for (line, each), found in self.spelled.items() if each == name)[1]

    def _renew(
        self,
        family: Collection[Group],
        wanted: Iterable[HolderRow],
        begins: Mapping[HeldName, StatementOrder | None],
    ) -> None:
        missing = dict.fromkeys(wanted)
        ended: dict[HolderRow, int] = {}
        for group in family:
            for name, rows in self.held[group].items():
                begin = begins.get(name)
                later = [row for row in rows if begin is None or (row.begin and row.begin >= begin)]
                gone = {row: rows[row] for row in later if row not in missing}
                for row in later:
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
            self.held[row.name.scheme, row.name.value_key].setdefault(row.name, {})[row] = number

    def _tell(self, ended: Iterable[HolderRow], begun: Iterable[HolderRow]) -> None:
        """Note what means something else now."""
        now = {(row.name, row.item, row.begin): row for row in begun}
        before = {(row.name, row.item, row.begin): row for row in ended}
        begun_names = {row.name for row in begun}
        for key, row in before.items():
            after = now.get(key)
            ends = [each.end_at for each in (row, after) if each is not None and each.end_at is not None]
            self.renamed.note(row.item, None if after is None else min(ends, default=None))
        for item, since in until_another(self.held, (*ended, *begun)):
            self.renamed.note(item, since)
        for name in dict.fromkeys(row.name for row in (*before.values(), *now.values())):
            if name.scheme is Scheme.ANNOUNCED:
                # One more lot makes candidates of those that were announced before.
                for row in (row for rows in self.held[name.scheme, name.value_key].values() for row in rows):
                    self.renamed.note(row.item, None)
                continue
            bare = key_of(name.scheme, "", name.value_key)
            self.renamed.keys += dict.fromkeys((key_of(name.scheme, name.issuer_key, name.value_key), bare))
            # Whoever left the issuer out meant another one's, or means one of several now.
            if name.scheme in _ANY_ISSUER and name in begun_names:
                groups = [(scheme, name.value_key) for scheme in (name.scheme, *_LABELS[1:])]
                others = (rows for group in groups for rows in self.held.get(group, {}).items())
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
        numbers = work.facts.take(work.connection, len(rows))
        head = {"site": work.site, "recorded_from": work.now, "recorded_to": None}
        written = [{**head, "id": number, **row} for number, row in zip(numbers, rows, strict=True)]
        insert_rows(work.connection, table, written)
        work.sums.add(table, written)
        return numbers


def _meant(said: Naming) -> StatementOrder:
    """Return when a statement says who has a name."""
    return said.meant_at if said.kind is NamingKind.SAME else said.order


def _is_within(said: Naming, begin: StatementOrder | None) -> bool:
    return begin is None or _meant(said) >= begin


def _time(begin: StatementOrder | None) -> datetime:
    return EARLIEST if begin is None else begin.happened_at
