"""Queries about material lots, and what each party says about them.

A lot exists for a supplier where the supplier itself said something about it, or where a
receipt names the supplier as its source; what others said about the same lot does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, func, or_, select, update

from aas_registry.domain.identifiers import DocumentId, LotId, PartyId, Site, SubmissionId, matching_key
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.holders import holder_of, party_of
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.merges import survivor
from aas_registry.storage.prefixes import fits
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks, insert_rows, unindexed
from aas_registry.storage.tables.genealogy import receipt, receipt_lot
from aas_registry.storage.tables.lots import lot, lot_date_code, lot_submission, part_type


@dataclass(frozen=True, slots=True)
class Lot:
    """A manufacturer's lot."""

    id: LotId
    manufacturer: str
    mpn: str
    code: str
    created_at: datetime

    @property
    def label(self) -> str:
        """Return manufacturer, part number and code in one line."""
        return f"{self.manufacturer} {self.mpn} {self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSubmission:
    """What one submission says about a lot."""

    id: int
    lot: LotId
    submission: SubmissionId | None
    party: PartyId | None
    document: DocumentId | None
    quantity: Decimal | None
    unit_of_measure: str | None
    delivery_note: str | None
    internal_part_number: str | None
    country_of_origin: str | None
    manufactured_on: str | None
    recorded_at: datetime
    date_codes: tuple[str, ...] = ()


_BROUGHT = and_(
    receipt.c.site == receipt_lot.c.site,
    receipt.c.id == receipt_lot.c.receipt,
    receipt.c.recorded_to.is_(None),
    receipt.c.valid_to.is_(None),  # what was said last
)
_STATED = [name for name in LotSubmission.__dataclass_fields__ if name not in {"party", "date_codes"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFilter:
    """What a list of lots is narrowed to; None does not narrow.

    Attributes:
        by_prefix: The texts are what the names begin with; the list is in the order of the names.
    """

    code: str | None = None
    manufacturer: str | None = None
    mpn: str | None = None
    date_code: str | None = None
    delivery_note: str | None = None
    by_prefix: bool = False


def add_lot_submissions(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    submissions: Sequence[tuple[LotId, DocumentId | None, LotFacts]],
    *,
    submission: SubmissionId | None,
    party: PartyId | None,
    now: datetime,
) -> None:
    """Store what a submission says about some lots: the lot, the shell that says so, the facts."""
    if not submissions:
        return
    rows, codes, holder = [], [], holder_of(party)
    numbers = allocator.take(connection, site, "lot_submission", len(submissions))
    for number, (lot_id, document, facts) in zip(numbers, submissions, strict=True):
        said = {"submission": submission, "holder": holder, "document": document, "recorded_at": now}
        day = facts.manufactured_on
        stated = {
            "manufacturer": facts.manufacturer,
            "mpn": facts.mpn,
            "code": facts.lot_code,
            "quantity": facts.quantity,
            "unit_of_measure": facts.unit_of_measure,
            "delivery_note": facts.delivery_note,
            "delivery_note_key": None if facts.delivery_note is None else matching_key(facts.delivery_note),
            "internal_part_number": facts.internal_part_number,
            "country_of_origin": facts.country_of_origin,
            "manufactured_on": None if day is None else day.isoformat(),
        }
        rows.append({"site": site, "id": number, "lot": lot_id, **said, **stated})
        codes += [
            {"site": site, "lot_submission": number, "date_code": code, "lot": lot_id}
            for code in dict.fromkeys(facts.date_codes)
        ]
    insert_rows(connection, lot_submission, rows)
    insert_rows(connection, lot_date_code, codes)


def end_lot_submissions(
    connection: Connection, site: Site, documents: Sequence[DocumentId], *, now: datetime
) -> None:
    """End what some shells said about lots: the shells were changed or deleted."""
    for part in in_chunks(documents):
        rows = (
            (lot_submission.c.site == site)
            & lot_submission.c.document.in_(part)
            & lot_submission.c.ended_at.is_(None)
        )
        connection.execute(update(lot_submission).where(rows).values(ended_at=now))


def lots_last_stated(
    connection: Connection, site: Site, documents: Sequence[DocumentId]
) -> dict[DocumentId, LotId]:
    """Return of which lot each of some shells spoke last, whether it does so still."""
    said = lot_submission.c
    return {
        row.document: row.lot
        for part in in_chunks(documents)
        for row in connection.execute(
            select(said.document, said.lot)
            .where(said.site == site, said.document.in_(part))
            .order_by(said.id)
        )
    }


def codes_said(
    connection: Connection, scope: Scope, lots: Sequence[LotId], *, since: datetime
) -> dict[LotId, list[str]]:
    """Return the codes of those lots that are called by several, blanks and case too, the first said first.

    Args:
        connection: An open connection.
        scope: Of whose statements; without a party, the spelling of the lot itself counts, too.
        lots: Which lots.
        since: Statements that ended before are left out.
    """
    said = lot_submission.c
    holds = or_(said.ended_at.is_(None), said.ended_at >= since)
    own = (said.site == scope.site, holds, *(() if scope.party is None else (said.holder == scope.party,)))
    itself = (lot.c.site == scope.site,)
    found: dict[LotId, list[str]] = {}
    for part in in_chunks(list(dict.fromkeys(lots))):
        codes = select(said.lot, said.code, func.min(said.id).label("place")).where(*own, said.lot.in_(part))
        codes = codes.group_by(said.lot, said.code)
        for row in connection.execute(codes.order_by("place")):
            found.setdefault(row.lot, []).append(row.code)
        if scope.party is None:
            first = connection.execute(select(lot.c.id, lot.c.code).where(*itself, lot.c.id.in_(part)))
            for number, code in first:
                found[number] = list(dict.fromkeys([code, *found.get(number, ())]))
    return {number: codes for number, codes in found.items() if len(codes) > 1}


def find_lot(connection: Connection, scope: Scope, number: LotId) -> Lot | None:
    """Return a lot that the scope sees; of one that was merged, the lot that it is now."""
    current = LotId(survivor(connection, scope.site, "lot", number))
    return find_lots(connection, scope, [current]).get(current)


def find_lots(connection: Connection, scope: Scope, numbers: Sequence[LotId]) -> dict[LotId, Lot]:
    """Return those of some lots that the scope sees."""
    parts = in_chunks(list(dict.fromkeys(numbers)))
    rows = (row for part in parts for row in _several(scope, list(part)).ask(connection))
    return {row.id: _lot(row) for row in rows}


@prepared
def _several(scope: Scope, numbers: list[int]) -> Select[Any]:
    return _visible(scope).where(lot.c.id.in_(numbers))


def list_lots(connection: Connection, scope: Scope, wanted: LotFilter, page: PageRequest) -> list[Lot]:
    """Return lots in the order of their ids; one more than asked tells of a next page."""
    query = _visible(scope).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(lot.c.id > page.after[0])
    for column, value in (
        (lot.c.code_key, wanted.code),
        (part_type.c.manufacturer_key, wanted.manufacturer),
        (part_type.c.mpn_key, wanted.mpn),
    ):
        if value is not None:
            query = query.where(fits(column, matching_key(value), by_prefix=wanted.by_prefix))
            query = query.order_by(column) if wanted.by_prefix else query
    if wanted.delivery_note is not None:
        query = query.where(lot.c.id.in_(_on_delivery_note(scope, wanted.delivery_note, wanted.by_prefix)))
    if wanted.date_code is not None:
        fitting = fits(lot_date_code.c.date_code, wanted.date_code, by_prefix=wanted.by_prefix)
        query = query.where(_is_dated(scope, fitting))
    return [_lot(row) for row in connection.execute(query.order_by(lot.c.id))]


def manufacturers(
    connection: Connection, scope: Scope, text: str, *, by_prefix: bool, limit: int
) -> list[str]:
    """Return the names of the makers of lots that are called so, or whose names begin so, each once."""
    of_part = and_(lot.c.site == part_type.c.site, lot.c.part_type == part_type.c.id)
    fitting = fits(part_type.c.manufacturer_key, matching_key(text), by_prefix=by_prefix)
    query = (
        select(part_type.c.manufacturer_key)
        .where(part_type.c.site == scope.site, fitting)
        .group_by(part_type.c.manufacturer_key)
        .order_by(part_type.c.manufacturer_key)
        .limit(limit)
    )
    if scope.party is not None:
        seen = or_(
            select(lot_submission.c.id).where(*_visible_submissions(scope)).exists(), _delivered_by(scope)
        )
        query = query.where(select(lot.c.id).where(of_part, seen).exists())
    first = PageRequest(1)
    names = (
        list_lots(connection, scope, LotFilter(manufacturer=key), first)
        for key in connection.execute(query).scalars()
    )
    return [lots[0].manufacturer for lots in names if lots]


def lots_labelled(
    connection: Connection,
    scope: Scope,
    *,
    codes: Sequence[str] = (),
    mpns: Sequence[str] = (),
    date_codes: Sequence[str] = (),
    most: int,
) -> list[Lot]:
    """Return lots that have one of some codes, of the part numbers and of the date codes, where given."""
    query = _visible(scope).order_by(lot.c.id).limit(most)
    for column, texts in ((lot.c.code_key, codes), (part_type.c.mpn_key, mpns)):
        if texts:
            query = query.where(column.in_([matching_key(text) for text in texts]))
    if date_codes:
        query = query.where(_is_dated(scope, lot_date_code.c.date_code.in_(date_codes)))
    return [_lot(row) for row in connection.execute(query)]


def lot_submissions_about(
    connection: Connection, scope: Scope, lots: Sequence[LotId]
) -> dict[LotId, list[LotSubmission]]:
    """Return what is said about some lots, as far as the scope sees it, oldest first."""
    query = (
        select(lot_submission)
        .where(
            lot_submission.c.site == scope.site,
            lot_submission.c.lot.in_(lots),
            lot_submission.c.ended_at.is_(None),
        )
        .order_by(unindexed(lot_submission.c.id))
    )
    if scope.party is not None:
        query = query.where(lot_submission.c.holder == scope.party)
    rows = connection.execute(query).all()
    codes = _date_codes(connection, scope.site, [row.id for row in rows])
    said: dict[LotId, list[LotSubmission]] = {}
    for row in rows:
        values = {name: getattr(row, name) for name in _STATED}
        stated = LotSubmission(**values, party=party_of(row.holder), date_codes=codes.get(row.id, ()))
        said.setdefault(row.lot, []).append(stated)
    return said


def _lot(row: Sequence[Any]) -> Lot:
    return Lot(*row)


def _visible(scope: Scope) -> Select[Any]:
    query = (
        select(
            lot.c.id,
            _spelled(scope, lot_submission.c.manufacturer, part_type.c.manufacturer),
            _spelled(scope, lot_submission.c.mpn, part_type.c.mpn),
            _spelled(scope, lot_submission.c.code, lot.c.code),
            lot.c.created_at,
        )
        .join_from(lot, part_type, and_(part_type.c.site == lot.c.site, part_type.c.id == lot.c.part_type))
        .where(lot.c.site == scope.site)
    )
    if scope.party is None:
        return query
    said = select(lot_submission.c.id).where(*_visible_submissions(scope)).exists()
    return query.where(or_(said, _delivered_by(scope)))


def _spelled(scope: Scope, own: ColumnElement[str], first: ColumnElement[str]) -> ColumnElement[str]:
    """Return a code as the asker spells it: another's spelling would tell a supplier of the other."""
    if scope.party is None:
        return first
    said = select(own).where(*_visible_submissions(scope)).order_by(lot_submission.c.id).limit(1)
    return func.coalesce(said.scalar_subquery(), first).label(first.name)


def _visible_submissions(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    current = (
        lot_submission.c.site == lot.c.site,
        lot_submission.c.lot == lot.c.id,
        lot_submission.c.ended_at.is_(None),
    )
    return current if scope.party is None else (*current, lot_submission.c.holder == scope.party)


def _delivered_by(scope: Scope) -> ColumnElement[bool]:
    return (
        select(receipt_lot.c.lot)
        .join_from(receipt_lot, receipt, _BROUGHT)
        .where(
            receipt_lot.c.site == lot.c.site,
            receipt_lot.c.lot == lot.c.id,
            receipt_lot.c.recorded_to.is_(None),
            receipt.c.source == scope.party,
        )
        .exists()
    )


def _on_delivery_note(scope: Scope, note: str, by_prefix: bool) -> CompoundSelect[tuple[int]]:  # noqa: FBT001
    """Return the lots that somebody said came on a delivery note, or that a receipt with it brought.

    That another delivered the same lot, and on which note, is nothing that a supplier may learn.
    """
    key = matching_key(note)
    said = select(lot_submission.c.lot).where(
        lot_submission.c.site == scope.site,
        fits(lot_submission.c.delivery_note_key, key, by_prefix=by_prefix),
        lot_submission.c.ended_at.is_(None),
    )
    brought = (
        select(receipt_lot.c.lot)
        .join_from(receipt, receipt_lot, _BROUGHT)
        .where(
            receipt.c.site == scope.site,
            fits(receipt.c.delivery_note_key, key, by_prefix=by_prefix),
            receipt_lot.c.recorded_to.is_(None),
        )
    )
    if scope.party is not None:
        said = said.where(lot_submission.c.holder == scope.party)
        brought = brought.where(receipt.c.source == scope.party)
    return said.union(brought)


def _is_dated(scope: Scope, fitting: ColumnElement[bool]) -> ColumnElement[bool]:
    coded = and_(
        lot_date_code.c.site == lot_submission.c.site,
        lot_date_code.c.lot_submission == lot_submission.c.id,
        fitting,
    )
    said = select(lot_submission.c.id).join(lot_date_code, coded)
    return said.where(*_visible_submissions(scope)).exists()


def _date_codes(connection: Connection, site: Site, submissions: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = connection.execute(
        select(lot_date_code.c.lot_submission, lot_date_code.c.date_code)
        .where(lot_date_code.c.site == site, lot_date_code.c.lot_submission.in_(submissions))
        .order_by(lot_date_code.c.date_code)
    )
    codes: dict[int, tuple[str, ...]] = {}
    for row in rows:
        codes[row.lot_submission] = (*codes.get(row.lot_submission, ()), row.date_code)
    return codes
