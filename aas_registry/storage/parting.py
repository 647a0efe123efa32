"""What fell together is taken apart again: each has its rows, and its one spelling for itself.

What was said under the spelling goes with it: by its own words where it has some (what shells
say, what certificates name), by what the migration noted (reels of lists), by the id that was
asked for (reports). The projection is to be built anew from the events afterwards, in the same
transaction. Signed statements stay where they are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from aas_registry.domain.identifiers import LotId, Site, matching_key, seen_key
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import spelling
from aas_registry.storage.lot_names import LotTexts, find_or_create_lots
from aas_registry.storage.merges import (
    NameMerge,
    find_spelled,
    merged_lots_of,
    note_moved,
    note_parted,
    point_merge,
    still_merged,
    still_merged_into,
)
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.certificates import certificate_scope, statement_lot
from aas_registry.storage.tables.genealogy import lot_link, quantity_entry, receipt_lot
from aas_registry.storage.tables.lots import lot, lot_date_code, lot_submission, part_type
from aas_registry.storage.tables.merges import name_merge
from aas_registry.storage.tables.package_claims import package_claim
from aas_registry.storage.tables.reports import report


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """A person's decision that something is a thing of its own again.

    Attributes:
        merge: What is to be parted: a lot or a part type.
        by: Who decides.
        now: The time of recording.
        named: Of a part type: the names of lots in events, and the lots for which they stand until now.
    """

    merge: NameMerge
    by: str
    now: datetime
    named: Mapping[LotTexts, LotId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergedLot:
    """A lot that has what was its own again, or is one with another than before.

    Attributes:
        merge: What was merged.
        to: The lot that it is now: itself, or that other.
    """

    merge: NameMerge
    to: int


def lots_beside(connection: Connection, site: Site, merge: NameMerge) -> list[int]:
    """Return the lots whose rows a parting may concern: the older lot, or those of the older part type."""
    if merge.kind == "lot":
        return [merge.merged_into]
    of_it = select(lot.c.id).where(lot.c.site == site, lot.c.part_type == merge.merged_into)
    return list(connection.execute(of_it).scalars())


def part(connection: Connection, allocator: IdAllocator, site: Site, parting: Parting) -> Sequence[MergedLot]:
    """Give a lot or part type its rows again, and what was said under its spelling.

    Returns:
        The lots that are on record again, or one with another.
    """
    merge = parting.merge
    lots = lots_beside(connection, site, merge)
    if merge.kind == "lot":
        of = select(lot.c.part_type).where(lot.c.site == site, lot.c.id == merge.merged_into)
        _add_lot(connection, site, merge, connection.execute(of).scalar_one(), apart=True)
        again = [MergedLot(merge, merge.id)]
    else:
        again = _restore_part_type(connection, allocator, site, parting, lots)
    _move_said(connection, allocator, site, lots, again, now=parting.now)
    note_parted(connection, site, merge.kind, merge.id, by=parting.by, now=parting.now)
    if merge.kind == "lot":
        _take_alike(connection, site, merge)
    return again


def spoken_of(connection: Connection, site: Site, lots: Collection[int]) -> set[int]:
    """Return the lots of which anything on record tells: what parties say, ended too, or what events do."""
    term = certificate_scope.c
    said = (
        (lot_submission.c.lot, lot_submission.c.site == site),
        (package_claim.c.lot, package_claim.c.site == site),
        (term.item, (term.site == site) & (term.kind == "lot")),
        (receipt_lot.c.lot, receipt_lot.c.site == site),
        (lot_link.c.parent, lot_link.c.site == site),
        (quantity_entry.c.item, quantity_entry.c.site == site),
    )
    return {
        number
        for some in in_chunks(sorted(lots))
        for column, own in said
        for number in connection.execute(select(column).where(own, column.in_(some)).distinct()).scalars()
    }


def drop_silent(connection: Connection, site: Site, lots: Collection[int]) -> None:
    """Remove those of some lots of which nothing tells any longer, nor any report, statement or merge."""
    silent = set(lots) - spoken_of(connection, site, lots)
    kept = (
        (report.c.subject, report.c.site),
        (statement_lot.c.lot, statement_lot.c.site),
        (name_merge.c.merged_into, name_merge.c.site),
    )
    for some in in_chunks(sorted(silent)):
        wanted = {
            number
            for column, of in kept
            for number in connection.execute(select(column).where(of == site, column.in_(some))).scalars()
        }
        these = (lot.c.site == site, lot.c.id.in_([each for each in some if each not in wanted]))
        connection.execute(delete(lot).where(*these))


def _take_alike(connection: Connection, site: Site, merge: NameMerge) -> None:
    """Let lots that fell together with the older one, and look like the parted one, be one with this."""
    while (alike := find_spelled(connection, site, LotId(merge.merged_into), merge.name or "")) is not None:
        point_merge(connection, site, alike.id, merge.id)
        noted = (package_claim.c.site == site, package_claim.c.merged_lot == alike.id)
        connection.execute(update(package_claim).where(*noted).values(lot=merge.id))


def point_reports(connection: Connection, site: Site, returned: MergedLot) -> None:
    """Let the reports whose question names a lot as it was spelled of old be about it again."""
    merge = returned.merge
    about = (report.c.site == site, report.c.subject == merge.merged_into)
    rows = connection.execute(select(report.c.id, report.c.question).where(*about)).all()
    spelled = (merge.manufacturer, merge.mpn, merge.name)
    own = [row.id for row in rows if _lot_asked_about(orjson.loads(row.question)) == spelled]
    for some in in_chunks(own):
        these = (report.c.site == site, report.c.id.in_(some))
        connection.execute(update(report).where(*these).values(subject=returned.to))


def _lot_asked_about(question: dict[str, Any]) -> tuple[str | None, ...]:
    subject = question["subject"]
    return subject["details"].get("Manufacturer"), subject["details"].get("MPN"), subject["name"]


def _restore_part_type(
    connection: Connection, allocator: IdAllocator, site: Site, parting: Parting, lots: Sequence[int]
) -> list[MergedLot]:
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
    own = merged_lots_of(connection, site, merge.id)
    moved = [each.id for each in own if each.merged_into == each.id]
    for some in in_chunks(moved):
        these = (lot.c.site == site, lot.c.id.in_(some))
        connection.execute(update(lot).where(*these).values(part_type=merge.id))
    for number in moved:
        note_parted(connection, site, "lot", number, by=parting.by, now=parting.now)
    left = _restore_left_behind(connection, site, parting, moved)
    others = [each for each in own if each.merged_into != each.id]
    again = _restore_others(connection, site, parting, others)
    _take_along(connection, allocator, site, parting, lots)
    return [*left, *again]


def _restore_left_behind(
    connection: Connection, site: Site, parting: Parting, moved: Sequence[int]
) -> list[MergedLot]:
    """Give the older part type what fell together with the lots that left it; that stays one lot."""
    first_of: dict[int, int] = {}
    found = []
    rest = [each for each in still_merged_into(connection, site, moved) if each.part_type != parting.merge.id]
    types = still_merged(connection, site, "part_type", {each.part_type or 0 for each in rest})
    for each in rest:
        first = first_of.setdefault(each.merged_into, each.id)
        found.append(MergedLot(each, first))
        if first != each.id:
            point_merge(connection, site, each.id, first)
            continue
        _add_lot(connection, site, each, parting.merge.merged_into, apart=False)
        if each.part_type in types:
            note_moved(connection, site, each.id)
        else:
            note_parted(connection, site, "lot", each.id, by=parting.by, now=parting.now)
    return found


def _restore_others(
    connection: Connection, site: Site, parting: Parting, others: Sequence[NameMerge]
) -> list[MergedLot]:
    """Give the part type its lots that fell together with others; what looks alike stays one lot."""
    of_it = (lot.c.site == site, lot.c.part_type == parting.merge.id)
    rows = connection.execute(select(lot.c.id, lot.c.code, lot.c.code_key).where(*of_it)).all()
    codes, by_look = {row.code_key for row in rows}, {seen_key(row.code): row.id for row in rows}
    found = []
    for each in others:
        key = matching_key(each.name or "")
        alike = by_look.setdefault(seen_key(each.name or ""), each.id)
        found.append(MergedLot(each, alike))
        if alike == each.id:
            _add_lot(connection, site, each, parting.merge.id, apart=key in codes)
            codes.add(key)
            note_parted(connection, site, "lot", each.id, by=parting.by, now=parting.now)
        else:
            point_merge(connection, site, each.id, alike)
    return found


def _take_along(
    connection: Connection, allocator: IdAllocator, site: Site, parting: Parting, lots: Sequence[int]
) -> None:
    """Move the lots of which all that is said is under the part type's spelling; parted ones stay parted.

    What a person parted, and is said under other spellings, too, is parted in both part types.
    """
    merge = parting.merge
    of_it = (lot.c.site == site, lot.c.part_type == merge.id)
    taken: set[tuple[str, ...]] = set()
    for each in connection.execute(select(lot.c.code, lot.c.code_key, lot.c.kept_apart).where(*of_it)):
        taken |= {(each.code_key, each.kept_apart), (seen_key(each.code),)}
    said = _said_as(connection, site, parting, lots)
    for some in in_chunks([number for number, ways in said.items() if True in ways]):
        older = (lot.c.site == site, lot.c.part_type == merge.merged_into, lot.c.id.in_(some))
        for row in connection.execute(select(lot).where(*older).order_by(lot.c.id)).mappings().all():
            names = {(row["code_key"], row["kept_apart"]), (seen_key(row["code"]),)}
            if names & taken:
                continue
            if False not in said[row["id"]]:
                own = (lot.c.site == site, lot.c.id == row["id"])
                connection.execute(update(lot).where(*own).values(part_type=merge.id))
                taken |= names
            elif row["kept_apart"]:
                number = allocator.one(connection, site, "item")
                connection.execute(insert(lot).values(**{**row, "id": number, "part_type": merge.id}))
                taken |= names


def _said_as(
    connection: Connection, site: Site, parting: Parting, lots: Sequence[int]
) -> dict[int, set[bool]]:
    """Return whether some lots are said under the part type's spelling, and whether otherwise."""
    spelled = spelling(parting.merge.manufacturer or "", parting.merge.mpn or "")
    said: defaultdict[int, set[bool]] = defaultdict(set)
    for (manufacturer, mpn, _), number in parting.named.items():
        said[number].add(spelling(manufacturer, mpn) == spelled)
    for some in in_chunks(lots):
        for rows in _submissions(connection, site, some):
            for row in rows:
                said[row.lot].add(spelling(row.manufacturer, row.mpn) == spelled)
    return said


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
    again: Sequence[MergedLot],
    *,
    now: datetime,
) -> None:
    labels = {_label(each.merge.manufacturer, each.merge.mpn, each.merge.name): each.to for each in again}
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
        noted = (package_claim.c.site == site, package_claim.c.merged_lot == each.merge.id)
        still = None if each.to == each.merge.id else each.merge.id
        connection.execute(update(package_claim).where(*noted).values(lot=each.to, merged_lot=still))


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
