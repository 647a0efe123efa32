"""What a set of things is in: the packages that held any of it, how surely, and when.

The set is one question. What packages held is folded (`domain.fillings`) with everything that is
asked for taken as one lot, so that a package which can hold nothing else holds it exactly.

Source:
    docs/semantics.md, sections 6.4 and 9.1.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, Row, Select, and_, select

from aas_registry.domain.asked_as_one import ASKED, AskedAsOne, KnownMaterial
from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.explanations import Meant
from aas_registry.domain.fillings import Filling, Flow, Source, new_labels
from aas_registry.domain.fillings_asked import fold_fillings_asked
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.sought import Match, Narrowing, Origin, all_of, matching
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

    @classmethod
    def of_all(cls, several: Iterable["Sought"]) -> "Sought":
        """Return the set of all that several name; it is narrowed to nothing."""
        every = list(several)
        return cls(
            lots=frozenset(number for each in every for number in each.lots),
            packages=frozenset(number for each in every for number in each.packages),
            date_codes=frozenset(code for each in every for code in each.date_codes),
        )

    def is_dated(self, code: str) -> bool:
        """Return whether a date code, in the form for comparing, is asked for."""
        return code in {matching_key(each) for each in self.date_codes}

    def judge(self, material: KnownMaterial, of_lot: Mapping[int, Origin]) -> Match:
        """Return whether some material is meant: it is asked for, and of what the question is narrowed to.

        What documents say of its lot counts where no package says a date code.
        """
        listed = Origin() if material.lot is None else of_lot.get(material.lot, Origin())
        origin = material.origin.before(listed)
        asked = Match.YES if material.is_named else matching(origin.date_codes, self.is_dated)
        return Match.NO if asked is Match.UNKNOWN else all_of(asked, self.narrowing.of(origin))

    def stated(
        self, package: int, lots: Mapping[int | None, Certainty], told: Origins
    ) -> dict[KnownMaterial, Certainty]:
        """Return what is known of the material that a package is said to hold."""
        is_asked = package in self.packages  # and then, whichever lot it is, it is asked for
        origin = told.of_package.get(package, Origin())
        return {
            KnownMaterial(each, is_asked or each in self.lots, origin): Certainty.EXACT if is_asked else sure
            for each, sure in lots.items()
        }

    def is_of_all(self, package: int, lots: Collection[int | None], told: Origins) -> bool:
        """Return whether all of a package is, or may be, meant, whatever its lots are."""
        own = told.of_package.get(package, Origin())
        is_asked = package in self.packages or matching(own.date_codes, self.is_dated) is Match.YES
        return is_asked and self.narrowing.of(told.of(package, lots)) is not Match.NO

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
    every = {*packages, *(row.child for row in links), *(row.parent for row in rows)} - {None}
    lots = {row.parent for row in receipts} - {None}
    told = read_origins(connection, site, moment, packages=every, lots=lots)
    flows = reader.flows(links)
    said = _said(receipts)
    began_with_others = new_labels(flows, said).keys() - said.keys()
    judge = partial(sought.judge, of_lot=told.of_lot)
    reading = AskedAsOne(judge, named=sought.packages, origins=told.of_package)
    stated = {
        package: sought.stated(package, said.get(package) or _NO_LOT, told)
        for package in every - began_with_others
        if package in said or package in sought.packages or package in told.of_package
    }
    numbered: dict[int, dict[Source, Certainty]] = {
        package: {reading.source(material): sure for material, sure in held.items()}
        for package, held in stated.items()
    }
    folded = fold_fillings_asked(numbered, flows, reading=reading)
    own = {
        label: {each.lot for each in held if judge(each) is not Match.NO} for label, held in stated.items()
    }
    whole = {package for package in every if sought.is_of_all(package, said.get(package, ()), told)}
    return Meant(
        held={
            package: [each for each in spans if _counts(each, moment)]
            for package, spans in folded.items()
            if package in every
        },
        own=own,
        whole=whole,
        lots={*sought.lots, *_lots_meant(own, said, rows, whole)},
    )


def _lots_meant(
    own: Mapping[int, Collection[int | None]],
    said: Mapping[int, Collection[int | None]],
    flows: Iterable[Row[Any]],
    whole: Collection[int],
) -> set[int]:
    """Return the lots that are meant; of a package meant whole, of which none is said, those of what came."""
    came: defaultdict[int, set[int]] = defaultdict(set)
    for row in flows:
        if row.kind != LinkKind.SPLICE.value and row.parent is not None:
            came[row.child].add(row.parent)
    found, seen, new = {each for some in own.values() for each in some}, set[int](), set(whole)
    while new:
        seen |= new
        found.update(each for label in new for each in said.get(label, ()))
        new = {parent for label in new if not said.get(label) for parent in came[label]} - seen
    return {each for each in found if each is not None}


def _counts(span: Filling, moment: Moment) -> bool:
    until = span.asked_until
    is_asked = span.source == ASKED and not span.is_package
    is_told = until is None or until > moment.as_of
    began = all(at is None or at <= moment.as_of for at in (span.grade.since, span.valid_from))
    return is_asked and is_told and began


def _said(receipts: Iterable[Row[Any]]) -> dict[int, dict[int | None, Certainty]]:
    """Return the lots that are said of packages."""
    said: defaultdict[int, dict[int | None, Certainty]] = defaultdict(dict)
    for row in receipts:
        sure = Certainty(row.certainty)
        said[row.child][row.parent] = min(sure, said[row.child].get(row.parent, Certainty.ASSUMED))
    return said


_NO_LOT: Mapping[int | None, Certainty] = {None: Certainty.EXACT}


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

    def flows(self, links: Collection[Row[Any]]) -> list[Flow]:
        """Return the flows among links, with what was first taken from packages that others were merged into.

        What flowed later than is asked for says nothing of a package's origin. The zones of splices end as
        it was folded when they were told.
        """
        connection, site, moment = self._connection, self._site, self._moment
        taken = first_taken_from(connection, site, merged_unsaid(links), moment)
        flowed = (row for row in (*links, *taken) if row.kind != LinkKind.RECEIPT.value)
        rows = {row.id: row for row in flowed if row.valid_from <= moment.as_of}
        splices = [row for row in rows.values() if row.kind == LinkKind.SPLICE.value]
        ends = zone_ends(connection, site, splices, moment)
        return [flow_of(row, zone_end=ends.get(row.id)) for row in rows.values()]

    def _known(self, table: Any) -> tuple[ColumnElement[bool], ...]:
        return (table.c.site == self._site, recorded(table, self._moment))
