"""What fell together is taken apart again: each has its rows, and its one spelling for itself.

What was said under the spelling goes with it: by its own words where it has some (what shells
say, what certificates name), by what the migration noted (reels of lists), by the id that was
asked for (reports). The projection is to be built anew from the events afterwards, in the same
transaction. Signed statements stay where they are.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from aas_registry.domain.identifiers import LotId, Site, matching_key, written_key
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import spelling
from aas_registry.storage.lot_names import find_or_create_lots
from aas_registry.storage.merges import NameMerge, merged_lots_of, note_parted
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.certificates import certificate_scope
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
    return again


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
        for rows in _submissions(connection, site, some):
            names = [(row.manufacturer, row.mpn, row.code) for row in rows]
            targets = find_or_create_lots(connection, allocator, site, names, now=now)
            for row, name, target in zip(rows, names, targets, strict=True):
                source = (row.holder, row.submission, row.lot)
                if target == row.lot:
                    stayed.add(source)
                else:
                    moved[source] = target
                    labels[_label(*name)] = target
                    _point_submission(connection, site, row.id, target)
        _move_claims(connection, site, {source: to for source, to in moved.items() if source not in stayed})
        _move_certificates(connection, site, some, labels)
    for each in again:
        noted = (package_claim.c.site == site, package_claim.c.merged_lot == each.id)
        connection.execute(update(package_claim).where(*noted).values(lot=each.id, merged_lot=None))


def _submissions(connection: Connection, site: Site, lots: Collection[int]) -> Iterator[Sequence[Any]]:
    said = lot_submission.c
    columns = (said.id, said.lot, said.holder, said.submission, said.manufacturer, said.mpn, said.code)
    wanted = select(*columns).where(said.site == site, said.lot.in_(lots)).order_by(said.id)
    rows = connection.execute(wanted).all()
    return iter(in_chunks(rows))


def _point_submission(connection: Connection, site: Site, number: int, to: LotId) -> None:
    own = (lot_submission.c.site == site, lot_submission.c.id == number)
    connection.execute(update(lot_submission).where(*own).values(lot=to))
    dated = (lot_date_code.c.site == site, lot_date_code.c.lot_submission == number)
    connection.execute(update(lot_date_code).where(*dated).values(lot=to))


def _move_claims(connection: Connection, site: Site, moved: Mapping[tuple[Any, ...], int]) -> None:
    claim = package_claim.c
    for (holder, submission, source), to in moved.items():
        said = (claim.site == site, claim.holder == holder, claim.lot == source, claim.merged_lot.is_(None))
        same = (*said, claim.submission.is_not_distinct_from(submission))
        connection.execute(update(package_claim).where(*same).values(lot=to))


def _move_certificates(
    connection: Connection, site: Site, lots: Collection[int], labels: Mapping[str, int]
) -> None:
    term = certificate_scope.c
    about = (term.site == site, term.item.in_(lots), term.kind == "lot")
    for row in connection.execute(select(term.certificate, term.value, term.item).where(*about)).all():
        to = labels.get(written_key(row.value))
        if to is not None and to != row.item:
            own = (term.site == site, term.certificate == row.certificate, term.value == row.value)
            connection.execute(update(certificate_scope).where(*own, term.kind == "lot").values(item=to))


def _label(*texts: str | None) -> str:
    return written_key(" ".join(text or "" for text in texts))
