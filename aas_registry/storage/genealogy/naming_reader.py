"""What is on record of names of packages and units: read as far as a transaction needs it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, or_, select, tuple_

from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import EARLIEST, LATEST, Name, Scheme
from aas_registry.domain.namings import CARRIERS, Claim, HeldName, Line, Naming, StatementOrder
from aas_registry.storage.genealogy.naming_rows import BEGIN, HolderRow, line_of, name_in, naming_of
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import namings as tables

Group = tuple[Scheme, str]
"""All names of one value, whoever issued them."""


class NamingReader:
    """The statements about names, their holders and ids, of one transaction.

    Attributes:
        held: Who has names: the rows in effect, with their ids.
        told: The statements in effect, by the names of a value.
        spelled: Names as statements write them.
        claims: Which ids were given for which lines.
    """

    def __init__(self, connection: Connection, site: Site) -> None:
        """Read what is on record of ``site``."""
        self.held: dict[Group, dict[HeldName, dict[HolderRow, int]]] = {}
        self.told: defaultdict[Group, dict[Line, Naming]] = defaultdict(dict)
        self.spelled: dict[tuple[Line, HeldName], Name] = {}
        self.claims: defaultdict[Group, set[Claim]] = defaultdict(set)
        self._connection = connection
        self._site = site
        self._since: dict[Group, datetime] = {}
        self._read: dict[Group, datetime] = {}

    def load_holders(self, since: Mapping[Group, datetime]) -> None:
        """Look up who has names; of a carrier's place, or a container, who had it at a time or later."""
        missing: defaultdict[datetime, list[Group]] = defaultdict(list)
        for group, at in since.items():
            wanted = at if group[0] in CARRIERS else EARLIEST
            if self._since.get(group, LATEST) > wanted:
                missing[wanted].append(group)
                self._since[group] = wanted
                self.held.setdefault(group, {})
        table = tables.holder
        for at, groups in missing.items():
            later = () if at == EARLIEST else (or_(table.c.end_at.is_(None), table.c.end_at >= at),)
            for row in self._among(table, groups, table.c.recorded_to.is_(None), *later):
                begin = None if row["begin_at"] is None else StatementOrder(*(row[each] for each in BEGIN))
                held = HolderRow(name_in(row), row["item"], begin, row["end_at"], row["issuer"], row["value"])
                group = (held.name.scheme, held.name.value_key)
                self.held[group].setdefault(held.name, {})[held] = row["id"]

    def load_namings(self, since: Mapping[Group, datetime]) -> None:
        """Read what was said of names; of a place or container since a time, and all decisions."""
        missing: defaultdict[datetime, list[Group]] = defaultdict(list)
        for group, at in since.items():
            if self._read.get(group, LATEST) > at:
                missing[at].append(group)
                self._read[group] = at
        table = tables.naming
        current = table.c.recorded_to.is_(None)
        for at, groups in missing.items():
            later = () if at == EARLIEST else (table.c.happened_at >= at,)
            self._hear(self._among(table, groups, current, *later))
            if later:
                self._hear(self._among(table, groups, current, tables.IS_DECISION))
            others = [group for group in groups if group[0] not in CARRIERS]
            self._take_claims(self._among(tables.item_claim, others))

    def _hear(self, rows: Iterable[RowMapping]) -> None:
        for row in rows:
            name, said = name_in(row), naming_of(row)
            self.told[name.scheme, name.value_key][said.line] = said
            self.spelled[said.line, name] = Name(name.scheme, row["value"], row["issuer"])

    def load_claims(self, family: Collection[Group], told: Mapping[Line, Naming]) -> None:
        """Read which ids were given for what is, and was, said of carriers' places, and of containers."""
        places = [group for group in family if group[0] in CARRIERS]
        gone = self._among(tables.naming, places, tables.naming.c.recorded_to.is_not(None))
        lines = {(said.names[0].value_key, line.event) for line, said in told.items()}
        lines |= {(naming_of(row).names[0].value_key, row["event"]) for row in gone}
        lines |= {(value_key, 0) for _, value_key in places}
        table = tables.item_claim
        there = (table.c.site == self._site, table.c.scheme.in_(sorted(CARRIERS)))
        for part in in_chunks(sorted(lines) if places else []):
            query = select(table).where(*there, tuple_(table.c.value_key, table.c.event).in_(part))
            self._take_claims(self._connection.execute(query).mappings())

    def _take_claims(self, rows: Iterable[RowMapping]) -> None:
        for row in rows:
            name, line = name_in(row), line_of(row)
            self.claims[name.scheme, name.value_key].add(Claim(row["assigned_at"], row["item"], line, name))

    def _among(
        self, table: Table, groups: Sequence[Group], *where: ColumnElement[bool]
    ) -> Iterator[RowMapping]:
        by_scheme: defaultdict[Scheme, list[str]] = defaultdict(list)
        for scheme, value_key in groups:
            by_scheme[scheme].append(value_key)
        for scheme, values in by_scheme.items():
            for part in in_chunks(values):
                own = (table.c.site == self._site, table.c.scheme == scheme.value)
                query = select(table).where(*own, table.c.value_key.in_(part), *where)
                yield from self._connection.execute(query).mappings().all()
