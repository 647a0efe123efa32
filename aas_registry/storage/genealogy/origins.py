"""Where material came from: date codes and delivery notes of packages.

Of what no event says of a package, lists and documents are asked: which date codes its lots have, and on
which delivery note this very package came. That a lot came on a note says nothing of one of its packages:
others of it may have come on another.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select

from aas_registry.domain.events import LinkKind
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.items import ItemKind, Scheme
from aas_registry.domain.sought import Origin
from aas_registry.storage.genealogy.items import names_of
from aas_registry.storage.moments import in_effect, recorded
from aas_registry.storage.rows import in_chunks, in_order
from aas_registry.storage.tables.genealogy import lot_link, package, receipt
from aas_registry.storage.tables.lots import lot, lot_date_code, lot_submission, part_type
from aas_registry.storage.tables.namings import holder
from aas_registry.storage.tables.package_claims import package_claim
from aas_registry.storage.tables.parties import party


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """What was said of packages themselves, and what documents say of lots."""

    of_package: Mapping[int, Origin]
    of_lot: Mapping[int, Origin]

    def of(self, number: int, lots: Iterable[int | None]) -> Origin:
        """Return the origin of a package's material: its own, where that was said, else that of its lots."""
        inside = Origin()
        for each in lots:
            inside |= Origin() if each is None else self.of_lot.get(each, Origin())
        return self.of_package.get(number, Origin()).before(inside)


def read_origins(
    connection: Connection, site: Site, moment: Moment, *, packages: Collection[int], lots: Collection[int]
) -> Origins:
    """Return what was said of some packages and lots, at a moment."""
    of_package = _listed_on(connection, site, moment, packages)
    came = and_(receipt.c.site == site, receipt.c.id == package.c.receipt, in_effect(receipt, moment))
    query = select(package.c.id, package.c.date_code, receipt.c.delivery_note_key).join(
        receipt, came, isouter=True
    )
    for part in in_chunks(sorted(packages)):
        mine = (package.c.site == site, package.c.id.in_(part), in_effect(package, moment))
        for row in connection.execute(query.where(*mine)):
            said_of_it = _origin(row.date_code, row.delivery_note_key)
            of_package[row.id] = said_of_it.before(of_package.get(row.id, Origin()))
    of_lot: defaultdict[int, Origin] = defaultdict(Origin)
    for part in in_chunks(sorted(lots)):
        for said in _said_of_lots(connection, site, moment, part):
            of_lot[said.lot] |= _origin(said.date_code, None)
    return Origins(of_package=of_package, of_lot=of_lot)


def dated(
    connection: Connection, site: Site, moment: Moment, codes: Collection[str], *, at_any_time: bool = False
) -> tuple[set[int], set[int]]:
    """Return the lots, and the packages, of which one of some date codes is said; if only of another time."""
    holds = recorded if at_any_time else in_effect
    lots: set[int] = set()
    packages: set[int] = set()
    for part in in_chunks(sorted({*codes, *map(matching_key, codes)})):
        mine = (package.c.site == site, package.c.date_code_key.in_(part), holds(package, moment))
        packages.update(connection.execute(select(package.c.id).where(*mine)).scalars())
        said = and_(
            lot_submission.c.site == site,
            lot_submission.c.id == lot_date_code.c.lot_submission,
            _on_record(moment),
        )
        written = (lot_date_code.c.site == site, lot_date_code.c.date_code.in_(part))
        query = select(lot_date_code.c.lot).join(lot_submission, said).where(*written)
        lots.update(connection.execute(query).scalars())
    return lots, packages


def _said_of_lots(
    connection: Connection, site: Site, moment: Moment, lots: Sequence[int]
) -> Iterable[Row[Any]]:
    coded = and_(lot_date_code.c.site == site, lot_date_code.c.lot_submission == lot_submission.c.id)
    return connection.execute(
        select(lot_submission.c.lot, lot_date_code.c.date_code)
        .join(lot_date_code, coded, isouter=True)
        .where(lot_submission.c.site == site, lot_submission.c.lot.in_(lots), _on_record(moment))
    )


def _listed_on(
    connection: Connection, site: Site, moment: Moment, packages: Collection[int]
) -> dict[int, Origin]:
    """Return on which delivery notes lists say that packages came, by label and lot."""
    named = and_(
        package_claim.c.site == site,
        package_claim.c.package_key == holder.c.value_key,
        package_claim.c.delivery_note.is_not(None),
        _on_record(moment, package_claim),
    )
    held = and_(
        lot_link.c.site == site,
        lot_link.c.child == holder.c.item,
        lot_link.c.parent == package_claim.c.lot,
        lot_link.c.kind == LinkKind.RECEIPT.value,
        recorded(lot_link, moment),
    )
    # [4.5] Whose label it is, a list says by the manufacturer.
    of_lot = and_(lot.c.site == site, lot.c.id == package_claim.c.lot)
    made_by = and_(
        part_type.c.site == site,
        part_type.c.id == lot.c.part_type,
        or_(
            holder.c.scheme == Scheme.ANNOUNCED.value,
            holder.c.issuer_key == "",
            holder.c.issuer_key == part_type.c.manufacturer_key,
        ),
    )
    claimed = in_order(in_order(holder, package_claim, named), lot_link, held)
    ways = in_order(in_order(claimed, lot, of_lot), part_type, made_by)
    query = select(holder.c.item, package_claim.c.delivery_note).select_from(ways)
    notes: defaultdict[int, set[str]] = defaultdict(set)
    for part in in_chunks(sorted(packages)):
        mine = (holder.c.site == site, holder.c.item.in_(part), recorded(holder, moment))
        for item, note in connection.execute(query.where(*mine)):
            notes[item].add(matching_key(note))
    return {item: Origin(delivery_notes=frozenset(some)) for item, some in notes.items()}


def said_of(
    connection: Connection, site: Site, packages: Collection[int], moment: Moment
) -> dict[int, dict[str, set[str]]]:
    """Return the lots that packages are said to hold, each with the parties whose lists say so."""
    claimed = and_(
        package_claim.c.site == site,
        package_claim.c.package_key == holder.c.value_key,
        package_claim.c.lot == lot_link.c.parent,
        _on_record(moment, package_claim),
    )
    called = and_(holder.c.site == site, holder.c.item == lot_link.c.child, recorded(holder, moment))
    of_lot = and_(lot.c.site == site, lot.c.id == lot_link.c.parent)
    of_part = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    by_party = and_(party.c.site == site, party.c.id == package_claim.c.holder)
    ways = in_order(in_order(in_order(lot_link, lot, of_lot), part_type, of_part), holder, called)
    ways = in_order(in_order(ways, package_claim, claimed, isouter=True), party, by_party, isouter=True)
    columns = (lot_link.c.child, part_type.c.manufacturer, part_type.c.mpn, lot.c.code, party.c.name)
    query = select(*columns).select_from(ways).where(lot_link.c.site == site, recorded(lot_link, moment))
    query = query.where(lot_link.c.kind == LinkKind.RECEIPT.value)
    found: defaultdict[int, dict[str, set[str]]] = defaultdict(dict)
    for part in in_chunks(sorted(packages)):
        for item, manufacturer, mpn, code, name in connection.execute(
            query.where(lot_link.c.child.in_(part))
        ):
            by = found[item].setdefault(f"{manufacturer} {mpn} {code}", set())
            by.update(() if name is None else (name,))
    return found


def _on_record(moment: Moment, table: Table = lot_submission) -> ColumnElement[bool]:
    said = table.c
    if moment.recorded_as_of is None:
        return said.ended_at.is_(None)
    at = moment.recorded_as_of
    return and_(said.recorded_at <= at, or_(said.ended_at.is_(None), said.ended_at > at))


def _origin(date_code: str | None, delivery_note_key: str | None) -> Origin:
    return Origin(
        date_codes=frozenset() if date_code is None else frozenset({matching_key(date_code)}),
        delivery_notes=frozenset() if delivery_note_key is None else frozenset({delivery_note_key}),
    )


def packages_labelled(connection: Connection, site: Site, key: str, moment: Moment) -> list[int]:
    """Return the packages with a label, in the form for comparing, whosever it is, as it was on record.

    One that only a list announces is none where an event names the label, without issuer or as its maker's.
    """
    called = (holder.c.site == site, holder.c.kind == ItemKind.PACKAGE.value, holder.c.value_key == key)
    query = select(holder.c.item, holder.c.scheme, holder.c.issuer_key).where(*called)
    rows = connection.execute(query.where(recorded(holder, moment)).order_by(holder.c.item)).all()
    issuers = {row.issuer_key for row in rows if row.scheme == Scheme.PACKAGE.value}
    listed = {row.item: int(row.issuer_key) for row in rows if row.scheme == Scheme.ANNOUNCED.value}
    if not (issuers and listed):
        return list(dict.fromkeys(row.item for row in rows))
    typed = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    made = select(lot.c.id, part_type.c.manufacturer_key).select_from(in_order(lot, part_type, typed))
    of_lots = (lot.c.site == site, lot.c.id.in_(sorted(set(listed.values()))))
    makers = {row.id: row.manufacturer_key for row in connection.execute(made.where(*of_lots))}
    known = {item for item, number in listed.items() if not issuers.isdisjoint({"", makers.get(number)})}
    return [item for item in dict.fromkeys(row.item for row in rows) if item not in known]


def packages_received(
    connection: Connection, site: Site, moment: Moment, note: str, sender: str | None
) -> Mapping[str | None, list[int]]:
    """Return the packages that came on a delivery note, in the form for comparing, by its sender's name.

    Of a note of which no package is told there is none.

    Args:
        connection: An open connection.
        site: Whose.
        moment: The two times.
        note: The delivery note.
        sender: Whose alone counts, by a name that events use; None: all.
    """
    came = and_(package.c.site == site, package.c.receipt == receipt.c.id, in_effect(package, moment))
    noted = (receipt.c.site == site, receipt.c.delivery_note_key == note, in_effect(receipt, moment))
    query = select(receipt.c.source, package.c.id).select_from(in_order(receipt, package, came, isouter=True))
    by_sender: defaultdict[int | None, list[int]] = defaultdict(list)
    for source, number in connection.execute(query.where(*noted)):
        by_sender[source] += [] if number is None else [number]
    names = names_of(connection, site, [each for each in by_sender if each is not None])
    called = {source: [name.value for name in names.get(source or 0, ())] for source in by_sender}
    wanted = None if sender is None else matching_key(sender)
    return {
        next(iter(called[source]), None): packages
        for source, packages in by_sender.items()
        if wanted is None or wanted in map(matching_key, called[source])
    }


def of_part(
    connection: Connection, site: Site, moment: Moment, key: str, *, at_any_time: bool = False
) -> tuple[set[int], set[int]]:
    """Return the lots of a manufacturer's part number, and the packages of one of the plant's own.

    Args:
        connection: An open connection.
        site: Whose.
        moment: The two times.
        key: The part number, in the form for comparing.
        at_any_time: Whether what is said as of another time counts, too.
    """
    holds = recorded if at_any_time else in_effect
    typed = and_(lot.c.site == site, lot.c.part_type == part_type.c.id)
    numbered = (part_type.c.site == site, part_type.c.mpn_key == key)
    lots = select(lot.c.id).select_from(in_order(part_type, lot, typed)).where(*numbered)
    mine = (package.c.site == site, package.c.internal_part_number_key == key, holds(package, moment))
    packages = select(package.c.id).where(*mine)
    return set(connection.execute(lots).scalars()), set(connection.execute(packages).scalars())
