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

from aas_registry.domain.asked_as_one import ASKED, AskedAsOne, is_meant, lot_of, meant
from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.explanations import Meant
from aas_registry.domain.fillings import Filling, Source, fold_fillings, new_labels
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.sought import Match, Narrowing, all_of, matching
from aas_registry.storage.genealogy.fillings import first_taken_from, flow_of, merged_unsaid
from aas_registry.storage.genealogy.origins import Origins, dated, read_origins
from aas_registry.storage.genealogy.uses import given_spans, held, held_lot, span_values, spans_later
from aas_registry.storage.genealogy.zones import zone_ends
from aas_registry.storage.moments import recorded
from aas_registry.storage.rows import given_later, given_values, in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import filling, lot_link
from aas_registry.storage.tables.lots import lot

_NONE = -1  # stands for no part type


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
class MaterialHeld:
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


def where_held(connection: Connection, site: Site, sought: Sought, moment: Moment) -> MaterialHeld:
    """Return the packages that held any of a set."""
    dialect, number = connection.dialect.name, sought.only_lot
    if number is not None:
        return MaterialHeld(lot=number, values={}, packages=held_lot(site, number, moment), dialect=dialect)
    items = items_of(connection, site, sought, moment)
    packages = {*_Reader(connection, site, moment).holding(items), *items}
    found = meant_in(connection, site, sought, packages, moment)
    spans = [
        (each.package, each.grade.certainty, each.valid_from, each.valid_to)
        for some in found.held.values()
        for each in some
    ]
    types = given_values(connection, part_type=_types_of(connection, site, found.lots) or [_NONE])
    return MaterialHeld(
        lot=None,
        values=span_values(connection, spans) | types,
        packages=_packages(given_spans(connection, spans)),
        dialect=dialect,
    )


def held_packages(site: Site, number: int | None, moment: Moment, *, dialect: str) -> CTE:
    """Return the packages that held one lot, or else what stands in the values of a `MaterialHeld`."""
    return _packages(spans_later(dialect)) if number is None else held_lot(site, number, moment)


def asked_types(site: Site, number: int | None, *, dialect: str) -> Select[Any]:
    """Return the part types of what is asked about: of a lot, else those of a `MaterialHeld`."""
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


def items_of(connection: Connection, site: Site, sought: Sought, moment: Moment) -> set[int]:
    """Return the lots and packages that a set may mean."""
    lots, packages = dated(connection, site, moment, sought.date_codes)
    return {*sought.lots, *sought.packages, *lots, *packages}


def meant_in(
    connection: Connection, site: Site, sought: Sought, packages: Collection[int], moment: Moment
) -> Meant:
    """Return what of some packages, and of those that they came from, a set means."""
    reader = _Reader(connection, site, moment)
    links = reader.links_into(packages)
    receipts = [row for row in links if row.kind == LinkKind.RECEIPT.value]
    rows = [row for row in links if row.kind != LinkKind.RECEIPT.value]
    taken = first_taken_from(connection, site, merged_unsaid(links), moment)
    every = {*packages, *(row.child for row in links), *(row.parent for row in rows)} - {None}
    lots = {row.parent for row in receipts} - {None}
    told = read_origins(connection, site, moment, packages=every, lots=lots)
    stated, whole = _stated(receipts, sought, told, every)
    ends = reader.zone_ends([row for row in rows if row.kind == LinkKind.SPLICE.value])
    flows = [
        flow_of(row, zone_end=ends.get(row.id)) for row in {row.id: row for row in (*rows, *taken)}.values()
    ]
    for package in whole.keys() - stated.keys() - new_labels(flows, stated).keys():
        stated[package] = meant([None], whole[package])
    folded = fold_fillings(stated, flows, reading=AskedAsOne(whole))
    own = {label: {lot_of(each) for each in held if is_meant(each)} for label, held in stated.items()}
    return Meant(
        held={
            package: [each for each in spans if _counts(each, moment)]
            for package, spans in folded.items()
            if package in every
        },
        own=own,
        whole=whole.keys(),
        lots={*sought.lots, *_lots_meant(own, stated, rows, whole)},
    )


def _lots_meant(
    own: Mapping[int, Collection[int | None]],
    stated: Mapping[int, Collection[Source]],
    flows: Iterable[Row[Any]],
    whole: Collection[int],
) -> set[int]:
    """Return the lots that are meant; of a package meant whole, of which none is said, those of what came."""
    came: defaultdict[int, set[int]] = defaultdict(set)
    for row in flows:
        if row.kind != LinkKind.SPLICE.value and row.parent is not None:
            came[row.child].add(row.parent)
    said = {label: {lot_of(each) for each in held} - {None} for label, held in stated.items()}
    found, seen, new = {each for some in own.values() for each in some}, set[int](), set(whole)
    while new:
        seen |= new
        found.update(each for label in new for each in said.get(label, ()))
        new = {parent for label in new if not said.get(label) for parent in came[label]} - seen
    return {each for each in found if each is not None}


def _counts(span: Filling, moment: Moment) -> bool:
    said_since = span.grade.since
    is_asked = span.source == ASKED and not span.is_package
    return is_asked and (said_since is None or said_since <= moment.as_of)


def _stated(
    receipts: Iterable[Row[Any]], sought: Sought, told: Origins, packages: Collection[int]
) -> tuple[dict[int, dict[Source, Certainty]], dict[int, Match]]:
    """Return the lots in each package, those that are meant told from others; and what is meant whole."""
    lots: defaultdict[int, dict[int | None, Certainty]] = defaultdict(dict)
    for row in receipts:
        sure = Certainty(row.certainty)
        lots[row.child][row.parent] = min(sure, lots[row.child].get(row.parent, Certainty.ASSUMED))
    stated: dict[int, dict[Source, Certainty]] = {}
    whole: dict[int, Match] = {}
    for package in packages:
        said = lots.get(package, {})
        match = _of_package(package, said, sought, told)
        if match is not Match.NO:
            whole[package] = match
        if said and match is not Match.NO:
            stated[package] = meant(said, match)
        elif said:
            stated[package] = {}
            for each, sure in said.items():
                stated[package] |= _of_lot(each, sure, _match(package, each, sought, told))
    return stated, whole


def _of_package(package: int, lots: Collection[int | None], sought: Sought, told: Origins) -> Match:
    own = told.of_package.get(package)
    is_asked = package in sought.packages
    is_dated = own is not None and matching(own.date_codes, sought.is_dated) is Match.YES
    if not (is_asked or is_dated):
        return Match.NO
    return sought.narrowing.of(told.of(package, lots))


def _match(package: int, number: int | None, sought: Sought, told: Origins) -> Match:
    origin = told.of(package, [number])
    is_asked = Match.YES if number in sought.lots else matching(origin.date_codes, sought.is_dated)
    if is_asked is Match.UNKNOWN:
        return Match.NO
    return all_of(is_asked, sought.narrowing.of(origin))


def _of_lot(number: int | None, sure: Certainty, match: Match) -> dict[Source, Certainty]:
    if match is Match.NO:
        return {number: sure}
    return {source: max(sure, each) for source, each in meant([number], match).items()}


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
