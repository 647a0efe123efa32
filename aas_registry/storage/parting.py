"""What fell together is taken apart again: each has its rows, and its one spelling for itself.

What was said under the spelling goes with it: by its own words where it has some (what shells
say, what certificates name), by what the migration noted (reels of lists), by the id that was
asked for (reports). The projection is to be built anew from the events afterwards, in the same
transaction. Signed statements stay where they are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, literal, select, update

from aas_registry.domain.identifiers import LotId, Site, matching_key, seen_key
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import spelling
from aas_registry.storage.lot_names import find_or_create_lots
from aas_registry.storage.merges import NameMerge, find_spelled, merged_lots_of, note_parted, point_merge
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.certificates import certificate_scope
from aas_registry.storage.tables.genealogy import lot_link, quantity_entry, receipt_lot
from aas_registry.storage.tables.lots import lot, lot_date_code, lot_submission, part_type
from aas_registry.storage.tables.package_claims import package_claim
from aas_registry.storage.tables.reports import report


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """A person's decision that something is a thing of its own again.

    Attributes:
        merge: What is to be parted: a lot or a part type.
        by: Who decides.
        now: The time of recording.
    """

    merge: NameMerge
    by: str
    now: datetime


def part(connection: Connection, allocator: IdAllocator, site: Site, parting: Parting) -> Sequence[NameMerge]:
    """Give a lot or part type its rows again, and what was said under its spelling.

    Returns:
        The lots that are on record again.
    """
    merge = parting.merge
    if merge.kind == "lot":
        lots, again = [merge.merged_into], [merge]
        of = select(lot.c.part_type).where(lot.c.site == site, lot.c.id == merge.merged_into)
        _add_lot(connection, site, merge, connection.execute(of).scalar_one(), apart=True)
    else:
        of_it = select(lot.c.id).where(lot.c.site == site, lot.c.part_type == merge.merged_into)
        lots = list(connection.execute(of_it).scalars())
        again = _restore_part_type(connection, site, parting, lots)
    _move_said(connection, allocator, site, lots, again, now=parting.now)
    for each in {(each.kind, each.id) for each in (*again, merge)}:
        note_parted(connection, site, *each, by=parting.by, now=parting.now)
    if merge.kind == "lot":
        _take_alike(connection, site, merge)
    return again


def is_spoken_of(connection: Connection, site: Site, number: LotId) -> bool:
    """Return whether anything on record says a lot: what parties say, ended too, or what events tell."""
    term = certificate_scope.c
    said = (
        (lot_submission.c.site == site, lot_submission.c.lot == number),
        (package_claim.c.site == site, package_claim.c.lot == number),
        (term.site == site, term.kind == "lot", term.item == number),
        (receipt_lot.c.site == site, receipt_lot.c.lot == number),
        (lot_link.c.site == site, lot_link.c.parent == number),
        (quantity_entry.c.site == site, quantity_entry.c.item == number),
    )
    return any(connection.execute(select(literal(1)).where(*each).limit(1)).first() for each in said)


def _take_alike(connection: Connection, site: Site, merge: NameMerge) -> None:
    """Let lots that fell together with the older one, and look like the parted one, be one with this."""
    while (alike := find_spelled(connection, site, LotId(merge.merged_into), merge.name or "")) is not None:
        point_merge(connection, site, alike.id, merge.id)
        noted = (package_claim.c.site == site, package_claim.c.merged_lot == alike.id)
        connection.execute(update(package_claim).where(*noted).values(lot=merge.id))


def point_reports(connection: Connection, site: Site, merge: NameMerge) -> None:
    """Let the reports whose question names a lot as it was spelled of old be about it again."""
    about = (report.c.site == site, report.c.subject == merge.merged_into)
    rows = connection.execute(select(report.c.id, report.c.question).where(*about)).all()
    spelled = (merge.manufacturer, merge.mpn, merge.name)
    own = [row.id for row in rows if _lot_asked_about(orjson.loads(row.question)) == spelled]
    for some in in_chunks(own):
        these = (report.c.site == site, report.c.id.in_(some))
        connection.execute(update(report).where(*these).values(subject=merge.id))


def _lot_asked_about(question: dict[str, Any]) -> tuple[str | None, ...]:
    subject = question["subject"]
    return subject["details"].get("Manufacturer"), subject["details"].get("MPN"), subject["name"]


def _restore_part_type(
    connection: Connection, site: Site, parting: Parting, lots: Sequence[int]
) -> list[NameMerge]:
    merge = parting.merge
    manufacturer, mpn = merge.manufacturer or "", merge.mpn or ""
    row = {
        "manufacturer": manufacturer,
        "manufacturer_key": matching_key(manufacturer),
        "mpn": mpn,
        "mpn_key": matching_key(mpn),
        "kept_apart": spelling(manufacturer, mpn),
        "created_at": merge.created_at or merge.merged_at,
    }
    connection.execute(insert(part_type).values(site=site, id=merge.id, **row))
    codes: set[str] = set()
    again = []
    for each in merged_lots_of(connection, site, merge.id):
        if each.merged_into == each.id:
            own = (lot.c.site == site, lot.c.id == each.id)
            connection.execute(update(lot).where(*own).values(part_type=merge.id))
            codes.update(connection.execute(select(lot.c.code_key).where(*own)).scalars())
            note_parted(connection, site, "lot", each.id, by=parting.by, now=parting.now)
        else:
            again.append(each)
    for each in again:
        key = matching_key(each.name or "")
        _add_lot(connection, site, each, merge.id, apart=key in codes)
        codes.add(key)
    _take_along(connection, site, merge, lots, codes)
    return again


def _take_along(
    connection: Connection, site: Site, merge: NameMerge, lots: Sequence[int], codes: Collection[str]
) -> None:
    """Move the lots of which all that is said came since, under the part type's spelling."""
    spelled = spelling(merge.manufacturer or "", merge.mpn or "")
    for some in in_chunks(lots):
        said: dict[int, bool] = {}
        for rows in _submissions(connection, site, some):
            for row in rows:
                is_its_own = spelling(row.manufacturer, row.mpn) == spelled
                said[row.lot] = said.get(row.lot, True) and is_its_own
        own = [number for number, is_whole in said.items() if is_whole]
        rows = (lot.c.site == site, lot.c.id.in_(own), lot.c.code_key.not_in(codes))
        connection.execute(update(lot).where(*rows).values(part_type=merge.id))


def _add_lot(connection: Connection, site: Site, merge: NameMerge, of: int, *, apart: bool) -> None:
    code = merge.name or ""
    row = {
        "part_type": of,
        "code": code,
        "code_key": matching_key(code),
        "kept_apart": spelling(code) if apart else "",
        "created_at": merge.created_at or merge.merged_at,
    }
    connection.execute(insert(lot).values(site=site, id=merge.id, **row))


def _move_said(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    lots: Sequence[int],
    again: Sequence[NameMerge],
    *,
    now: datetime,
) -> None:
    labels = {_label(each.manufacturer, each.mpn, each.name): each.id for each in again}
    for some in in_chunks(lots):
        moved: dict[tuple[Any, ...], int] = {}
        stayed: set[tuple[Any, ...]] = set()
        delivered: defaultdict[tuple[Any, ...], set[int]] = defaultdict(set)
        for rows in _submissions(connection, site, some):
            names = [(row.manufacturer, row.mpn, row.code) for row in rows]
            targets = find_or_create_lots(connection, allocator, site, names, now=now)
            for row, name, target in zip(rows, names, targets, strict=True):
                source = (row.holder, row.submission, row.lot)
                if row.ended_at is None:
                    delivered[row.holder, row.lot, row.delivery_note_key].add(target)
                if target == row.lot:
                    stayed.add(source)
                else:
                    moved[source] = target
                    labels[_label(*name)] = target
                    _point_submission(connection, site, row.id, target)
        said_now = {each: targets.pop() for each, targets in delivered.items() if len(targets) == 1}
        claims = _claims_by_target(connection, site, some, said_now, {**moved, **dict.fromkeys(stayed)})
        _move_claims(connection, site, claims)
        _move_certificates(connection, site, some, labels)
    for each in again:
        noted = (package_claim.c.site == site, package_claim.c.merged_lot == each.id)
        connection.execute(update(package_claim).where(*noted).values(lot=each.id, merged_lot=None))


def _submissions(connection: Connection, site: Site, lots: Collection[int]) -> Iterator[Sequence[Any]]:
    said = lot_submission.c
    columns = (said.id, said.lot, said.holder, said.submission, said.manufacturer, said.mpn, said.code)
    wanted = (
        select(*columns, said.delivery_note_key, said.ended_at)
        .where(said.site == site, said.lot.in_(lots))
        .order_by(said.id)
    )
    rows = connection.execute(wanted).all()
    return iter(in_chunks(rows))


def _point_submission(connection: Connection, site: Site, number: int, to: LotId) -> None:
    own = (lot_submission.c.site == site, lot_submission.c.id == number)
    connection.execute(update(lot_submission).where(*own).values(lot=to))
    dated = (lot_date_code.c.site == site, lot_date_code.c.lot_submission == number)
    connection.execute(update(lot_date_code).where(*dated).values(lot=to))


def _claims_by_target(
    connection: Connection,
    site: Site,
    lots: Collection[int],
    said_now: Mapping[tuple[Any, ...], int],
    by_submission: Mapping[tuple[Any, ...], int | None],
) -> dict[int, list[tuple[int, int]]]:
    """Return by the lots to which they go the claims about packages, each by holder and number.

    A claim that a later list repeated has the submission of the earlier: of those that hold, the lot
    is that of the holder's one statement on the delivery note, where it makes one.
    """
    claim = package_claim.c
    columns = (claim.holder, claim.id, claim.lot, claim.submission, claim.delivery_note, claim.ended_at)
    of_them = (claim.site == site, claim.lot.in_(lots), claim.merged_lot.is_(None))
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(*of_them)).all():
        note = None if row.delivery_note is None else matching_key(row.delivery_note)
        to = by_submission.get((row.holder, row.submission, row.lot))
        if row.ended_at is None:
            to = said_now.get((row.holder, row.lot, note), to)
        if to is not None and to != row.lot:
            found[to].append((row.holder, row.id))
    return found


def _move_claims(connection: Connection, site: Site, claims: Mapping[int, Sequence[tuple[int, int]]]) -> None:
    for to, numbers in claims.items():
        for holder in {holder for holder, _ in numbers}:
            for some in in_chunks([number for each, number in numbers if each == holder]):
                own = (package_claim.c.site == site, package_claim.c.holder == holder)
                these = update(package_claim).where(*own, package_claim.c.id.in_(some))
                connection.execute(these.values(lot=to))


def _move_certificates(
    connection: Connection, site: Site, lots: Collection[int], labels: Mapping[str, int]
) -> None:
    term = certificate_scope.c
    about = (term.site == site, term.item.in_(lots), term.kind == "lot")
    for row in connection.execute(select(term.certificate, term.value, term.item).where(*about)).all():
        to = labels.get(seen_key(row.value))
        if to is not None and to != row.item:
            own = (term.site == site, term.certificate == row.certificate, term.value == row.value)
            connection.execute(update(certificate_scope).where(*own, term.kind == "lot").values(item=to))


def _label(*texts: str | None) -> str:
    return seen_key(" ".join(text or "" for text in texts))
