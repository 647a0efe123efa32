"""What a set of things is in: the packages that held any of it, how surely, and when.

The set is one question. What packages held is folded (`domain.fillings`) with everything that is
asked for taken as one lot, so that a package which can hold nothing else holds it exactly.

Source:
    docs/semantics.md, sections 6.4 and 9.1.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, and_, select

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Filling, Source, fold_fillings
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.sought import Match, Narrowing, all_of, matching
from aas_registry.storage.genealogy.fillings import flow_of
from aas_registry.storage.genealogy.origins import Origins, dated, read_origins
from aas_registry.storage.genealogy.uses import given_spans, held, held_lot, span_values, spans_later
from aas_registry.storage.genealogy.zones import zone_ends
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import given_later, given_values, in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import filling, lot_link
from aas_registry.storage.tables.lots import lot

_NONE = -1  # stands for no part type
_ASKED = 0  # stands for all that is asked for, as one lot; no lot has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A set of things that one question asks about.

    Attributes:
        lots: Lots, those of a part number among them.
        packages: Packages, those of a receipt or of an internal part number among them.
        date_codes: Date codes, as they are written.
        narrowing: Which of the material is meant.
    """

    lots: Collection[int] = ()
    packages: Collection[int] = ()
    date_codes: Collection[str] = ()
    narrowing: Narrowing = field(default_factory=Narrowing)

    def is_dated(self, code: str) -> bool:
        """Return whether a date code, in the form for comparing, is asked for."""
        return code in {matching_key(each) for each in self.date_codes}

    @property
    def only_lot(self) -> int | None:
        """Return the lot, where the set is one lot and no more is said."""
        is_lot = len(self.lots) == 1 and not (self.packages or self.date_codes or self.narrowing)
        return next(iter(self.lots)) if is_lot else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What held some material, how surely, and when (``valid_from``, ``valid_to``).

    Attributes:
        lot: Where that is all of one lot: the lot; what held it stands in the tables.
        values: Else the spans, as values of `held_packages`, and the part types, as those of `asked_types`.
        packages: The same as a table of its own.
        dialect: The name of the database's dialect.
    """

    lot: int | None
    values: Mapping[str, Any]
    packages: CTE
    dialect: str


def where_held(connection: Connection, site: Site, sought: Sought, moment: Moment) -> Held:
    """Return the packages that held any of a set."""
    dialect, lot = connection.dialect.name, sought.only_lot
    if lot is not None:
        return Held(lot=lot, values={}, packages=held_lot(site, lot, moment), dialect=dialect)
    fillings, lots = _fold(connection, site, sought, moment)
    spans = [
        (each.package, each.grade.certainty, each.valid_from, each.valid_to)
        for each in fillings
        if each.source == _ASKED
        and not each.is_package
        and (each.grade.since is None or each.grade.since <= moment.as_of)
    ]
    packages = _packages(given_spans(connection, spans))
    types = given_values(connection, part_type=_types_of(connection, site, lots) or [_NONE])
    values = span_values(connection, spans) | types
    return Held(lot=None, values=values, packages=packages, dialect=dialect)


def held_packages(site: Site, lot: int | None, moment: Moment, *, dialect: str) -> CTE:
    """Return the packages that held one lot, or else what stands in the values of a `Held`."""
    return _packages(spans_later(dialect)) if lot is None else held_lot(site, lot, moment)


def asked_types(site: Site, number: int | None, *, dialect: str) -> Select[Any]:
    """Return the part types of what is asked about: of a lot, else as a `Held` has them in its values."""
    if number is None:
        return select(given_later(dialect, part_type=int).c.part_type)
    return select(lot.c.part_type).where(lot.c.site == site, lot.c.id == number)


def _packages(spans: Select[Any]) -> CTE:
    every = spans.subquery()
    return select(*(column for column in every.c if column.name != "span")).cte("packages")


def _types_of(connection: Connection, site: Site, lots: Collection[int]) -> list[int]:
    found: set[int] = set()
    for part in in_chunks(sorted(lots)):
        known = (lot.c.site == site, lot.c.id.in_(part))
        found.update(connection.execute(select(lot.c.part_type).where(*known)).scalars())
    return sorted(found)


def _fold(
    connection: Connection, site: Site, sought: Sought, moment: Moment
) -> tuple[list[Filling], set[int]]:
    """Return what packages held, with all that is asked for as one lot; and the lots that are asked for."""
    reader = _Reader(connection, site, moment)
    dated_lots, dated_packages = dated(connection, site, moment, sought.date_codes)
    found = reader.holding({*sought.lots, *sought.packages, *dated_lots, *dated_packages})
    packages = {*found, *sought.packages, *dated_packages}
    links = reader.links_into(packages)
    lots = {row.parent for row in links if row.kind == LinkKind.RECEIPT.value} - {None}
    told = read_origins(connection, site, moment, packages={row.child for row in links} | packages, lots=lots)
    stated, covered = _stated(links, sought, told, packages)
    # All of what is asked for whole is asked for, wherever it came from; not so what was spliced on.
    flows = [row for row in links if row.kind != LinkKind.RECEIPT.value]
    kept = [row for row in flows if row.child not in covered or row.kind == LinkKind.SPLICE.value]
    ends = reader.zone_ends([row for row in kept if row.kind == LinkKind.SPLICE.value])
    told_flows = [flow_of(row, zone_end=ends.get(row.id)) for row in kept]
    fillings = [each for spans in fold_fillings(stated, told_flows).values() for each in spans]
    return fillings, _asked_lots(links, sought, told, covered)


def _asked_lots(
    links: Collection[Row[Any]], sought: Sought, told: Origins, covered: Collection[int]
) -> set[int]:
    """Return the lots that are asked for, those of packages that are asked for among them."""
    own: defaultdict[int, set[int]] = defaultdict(set)
    came: defaultdict[int, set[int]] = defaultdict(set)
    found = set(sought.lots)
    for row in links:
        if row.kind == LinkKind.RECEIPT.value and row.parent is not None:
            own[row.child].add(row.parent)
            if row.child not in covered and _of_lot(row.child, row.parent, sought, told) is not Match.NO:
                found.add(row.parent)
        elif row.kind != LinkKind.SPLICE.value and row.parent is not None:
            came[row.child].add(row.parent)
    seen: set[int] = set()
    new = set(covered)
    while new:
        seen |= new
        found.update(each for package in new for each in own[package])
        # What a label is said to hold is what it holds of what came.
        new = {parent for package in new if not own[package] for parent in came[package]} - seen
    return found


def _stated(
    links: Iterable[Row[Any]], sought: Sought, told: Origins, packages: Collection[int]
) -> tuple[dict[int, dict[Source, Certainty]], set[int]]:
    """Return the lots in each package, all that is asked for as one; and the packages that are asked for."""
    lots: defaultdict[int, dict[int | None, Certainty]] = defaultdict(dict)
    for row in links:
        if row.kind == LinkKind.RECEIPT.value:
            sure = Certainty(row.certainty)
            lots[row.child][row.parent] = min(sure, lots[row.child].get(row.parent, Certainty.ASSUMED))
    stated: dict[int, dict[Source, Certainty]] = {}
    covered: set[int] = set()
    for package in {*lots, *packages}:
        whole = _of_package(package, lots[package], sought, told)
        if whole is Match.NO:
            each = {lot: (sure, _of_lot(package, lot, sought, told)) for lot, sure in lots[package].items()}
            if each:
                stated[package] = _as_one(each)
        else:
            covered.add(package)
            is_sure = whole is Match.YES
            stated[package] = (
                {_ASKED: Certainty.EXACT}
                if is_sure
                else {_ASKED: Certainty.POSSIBLE, None: Certainty.POSSIBLE}
            )
    return stated, covered


def _of_package(package: int, lots: Collection[int | None], sought: Sought, told: Origins) -> Match:
    own = told.of_package.get(package)
    is_asked = package in sought.packages
    is_dated = own is not None and matching(own.date_codes, sought.is_dated) is Match.YES
    if not (is_asked or is_dated):
        return Match.NO
    return sought.narrowing.of(told.of(package, lots))


def _of_lot(package: int, lot: int | None, sought: Sought, told: Origins) -> Match:
    origin = told.of(package, [lot])
    is_asked = Match.YES if lot in sought.lots else matching(origin.date_codes, sought.is_dated)
    if is_asked is Match.UNKNOWN:
        return Match.NO
    return all_of(is_asked, sought.narrowing.of(origin))


def _as_one(lots: Mapping[int | None, tuple[Certainty, Match]]) -> dict[Source, Certainty]:
    asked = [sure for sure, match in lots.values() if match is Match.YES]
    asked += [max(sure, Certainty.POSSIBLE) for sure, match in lots.values() if match is Match.MAYBE]
    others: dict[Source, Certainty] = {
        lot: max(sure, Certainty.POSSIBLE) if match is Match.MAYBE else sure
        for lot, (sure, match) in lots.items()
        if match is not Match.YES
    }
    if not asked:
        return others
    surest = min(asked)
    if not others and len(asked) > 1 and surest is Certainty.POSSIBLE:
        surest = Certainty.EXACT  # whichever of them it is, it is asked for
    return {_ASKED: surest, **others}


class _Reader:
    """What is on record about packages at a moment."""

    def __init__(self, connection: Connection, site: Site, moment: Moment) -> None:
        self._connection = connection
        self._site = site
        self._moment = moment

    def holding(self, sources: Collection[int]) -> set[int]:
        """Return the packages that held, at whatever time, material of some lots or packages."""
        found: set[int] = set()
        for part in in_chunks(sorted(sources)):
            known = (filling.c.site == self._site, filling.c.source.in_(part), held(filling, self._moment))
            found.update(self._connection.execute(select(filling.c.package).where(*known)).scalars())
        return found

    def links_into(self, packages: Collection[int]) -> list[Row[Any]]:
        """Return the links into some packages, and into all that these came from."""
        said_by = and_(event.c.site == self._site, event.c.id == lot_link.c.event)
        query = select(lot_link, event.c.content).join(event, said_by, isouter=True)
        links: list[Row[Any]] = []
        seen, new = set(packages), set(packages)
        while new:
            found: set[int] = set()
            for part in in_chunks(sorted(new)):
                rows = self._connection.execute(
                    query.where(*self._known(lot_link), lot_link.c.child.in_(part))
                )
                for row in rows:
                    links.append(row)
                    if row.kind != LinkKind.RECEIPT.value and row.parent is not None:
                        found.add(row.parent)
            new = found - seen
            seen |= new
        return links

    def zone_ends(self, splices: Collection[Row[Any]]) -> dict[int, datetime | None]:
        """Return where the zones of some splices end, as it was folded when it was told."""
        return zone_ends(self._connection, self._site, splices, self._moment)

    def _known(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        return (table.c.site == self._site, recorded(table, self._moment))
