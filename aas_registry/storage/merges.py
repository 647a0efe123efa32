"""What fell together when names got one form for comparing.

The migration merged what it could not tell apart any longer: everything that pointed to the
newer one points to the older one since, whose id answers for both. What was merged stays
listed, and `storage.parting` takes it apart again.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, func, insert, or_, select, update

from aas_registry.domain.identifiers import LotId, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.storage.index_keys import spelling
from aas_registry.storage.paging import beyond
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.lots import lot, lot_submission, part_type
from aas_registry.storage.tables.merges import name_merge, projection_debt


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMerge:
    """A thing whose name fell together with an older one's.

    Attributes:
        kind: ``lot``, ``part_type``, ``party``, or the kind of an item that events name.
        merged_into: The older one.
        part_type: Of a lot: the part type that it was of.
        manufacturer: As it was spelled, as are the part number and the name.
        name: Lot code, code of the party, package id, serial number …
        created_at: When it was put on record; None where that is not known.
        parted_at: When it became a thing of its own again, and `parted_by` whom; a party is from the start.
    """

    kind: str
    id: int
    merged_into: int
    part_type: int | None
    manufacturer: str | None
    mpn: str | None
    name: str | None
    created_at: datetime | None
    merged_at: datetime
    parted_at: datetime | None
    parted_by: str | None


_FIELDS = [name_merge.c[name] for name in NameMerge.__dataclass_fields__]


def survivor(connection: Connection, site: Site, kind: str, number: int) -> int:
    """Return what a thing is now: itself, or what it was merged into."""
    found: int | None = _merged_into(site, kind, number).ask(connection).scalar()
    return number if found is None else found


@prepared
def _merged_into(site: Site, kind: str, number: int) -> Select[Any]:
    return (
        select(name_merge.c.merged_into)
        .where(name_merge.c.site == site, name_merge.c.kind == kind, name_merge.c.id == number)
        .where(name_merge.c.merged_into.is_not(None), name_merge.c.parted_at.is_(None))
    )


def list_merges(connection: Connection, site: Site, page: PageRequest) -> list[NameMerge]:
    """Return what fell together, kind by kind, one more than asked where there is a next page."""
    order = (name_merge.c.kind, name_merge.c.id)
    wanted = select(*_FIELDS).where(name_merge.c.site == site, name_merge.c.merged_into.is_not(None))
    if page.after is not None:
        wanted = wanted.where(beyond(order, page.after))
    rows = connection.execute(wanted.order_by(*order).limit(page.limit + 1))
    return [NameMerge(**row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A text by which statements call a lot that is spelled otherwise: the two are compared as equal.

    Attributes:
        lot: The lot.
        manufacturer: Of the lot, as are its part number and its own code.
        code: What the statements say.
        statements: How many say so, ended ones too.
        said_at: When the first of them was recorded.
    """

    lot: LotId
    manufacturer: str
    mpn: str
    own_code: str
    code: str
    statements: int
    said_at: datetime


def list_spellings(
    connection: Connection, site: Site, *, after: tuple[int, str] | None, limit: int
) -> list[Spelling]:
    """Return texts that statements say otherwise than the lot is spelled, lot by lot, blanks and case too."""
    said = lot_submission.c
    order = (said.lot, said.code)
    query = (
        select(
            said.lot,
            part_type.c.manufacturer,
            part_type.c.mpn,
            lot.c.code.label("own_code"),
            said.code,
            func.count().label("statements"),
            func.min(said.recorded_at, type_=said.recorded_at.type).label("said_at"),
        )
        .select_from(lot_submission)
        .join(lot, and_(lot.c.site == said.site, lot.c.id == said.lot))
        .join(part_type, and_(part_type.c.site == lot.c.site, part_type.c.id == lot.c.part_type))
        .where(said.site == site, said.code != lot.c.code, lot.c.kept_apart == "")
        .group_by(said.lot, said.code, part_type.c.manufacturer, part_type.c.mpn, lot.c.code)
        .order_by(*order)
        .limit(limit)
    )
    rows = connection.execute(query if after is None else query.where(beyond(order, after)))
    return [Spelling(**row) for row in rows.mappings()]


def add_merge(connection: Connection, site: Site, merge: NameMerge) -> None:
    """Write down that a spelling fell together with a lot of another."""
    connection.execute(insert(name_merge).values(site=site, **asdict(merge)))


def find_merge(connection: Connection, site: Site, kind: str, number: int) -> NameMerge | None:
    """Return one that is still merged."""
    wanted = select(*_FIELDS).where(
        name_merge.c.site == site,
        name_merge.c.kind == kind,
        name_merge.c.id == number,
        name_merge.c.merged_into.is_not(None),
        name_merge.c.parted_at.is_(None),
    )
    row = connection.execute(wanted).mappings().first()
    return None if row is None else NameMerge(**row)


def find_spelled(connection: Connection, site: Site, into: LotId, code: str) -> NameMerge | None:
    """Return the lot that is still merged into another, and was spelled as a code is seen."""
    wanted = select(*_FIELDS).where(
        name_merge.c.site == site,
        name_merge.c.kind == "lot",
        name_merge.c.merged_into == into,
        name_merge.c.parted_at.is_(None),
    )
    rows = connection.execute(wanted.order_by(name_merge.c.id)).mappings()
    spelled = spelling(code)
    return next((NameMerge(**row) for row in rows if spelling(row["name"] or "") == spelled), None)


def point_merge(connection: Connection, site: Site, number: int, into: int) -> None:
    """Let a lot that is still merged be one with another than before."""
    own = (name_merge.c.site == site, name_merge.c.kind == "lot", name_merge.c.id == number)
    connection.execute(update(name_merge).where(*own).values(merged_into=into))


def still_merged(connection: Connection, site: Site, kind: str, numbers: Collection[int]) -> set[int]:
    """Return those of some things that are still merged into older ones."""
    return {
        number
        for some in in_chunks(sorted(numbers))
        for number in connection.execute(
            select(name_merge.c.id)
            .where(name_merge.c.site == site, name_merge.c.kind == kind, name_merge.c.id.in_(some))
            .where(name_merge.c.merged_into.is_not(None), name_merge.c.parted_at.is_(None))
        ).scalars()
    }


def part_type_labels(connection: Connection, site: Site, numbers: Collection[int]) -> dict[int, str]:
    """Return manufacturer and part number of part types, as they are spelled, in one line."""
    of_them = select(part_type.c.id, part_type.c.manufacturer, part_type.c.mpn)
    return {
        row.id: f"{row.manufacturer} {row.mpn}"
        for some in in_chunks(sorted(set(numbers)))
        for row in connection.execute(of_them.where(part_type.c.site == site, part_type.c.id.in_(some)))
    }


def merged_lots_of(connection: Connection, site: Site, part_type: int) -> list[NameMerge]:
    """Return the lots that were of a part type that was merged, the oldest first.

    Of one that only came to another part type, `merged_into` is its own id.
    """
    of_it = (name_merge.c.site == site, name_merge.c.kind == "lot", name_merge.c.part_type == part_type)
    wanted = select(*_FIELDS).where(*of_it, name_merge.c.parted_at.is_(None)).order_by(name_merge.c.id)
    rows = connection.execute(wanted).mappings()
    return [NameMerge(**{**row, "merged_into": row["merged_into"] or row["id"]}) for row in rows]


def still_merged_into(connection: Connection, site: Site, lots: Collection[int]) -> list[NameMerge]:
    """Return what is still merged into some lots, the oldest first."""
    query = select(*_FIELDS).where(
        name_merge.c.site == site, name_merge.c.kind == "lot", name_merge.c.parted_at.is_(None)
    )
    rows = [
        NameMerge(**row)
        for some in in_chunks(sorted(lots))
        for row in connection.execute(query.where(name_merge.c.merged_into.in_(some))).mappings()
    ]
    return sorted(rows, key=lambda each: each.id)


def note_moved(connection: Connection, site: Site, number: int) -> None:
    """Write down that a lot is none of another any longer, but of a part type that is still merged."""
    own = (name_merge.c.site == site, name_merge.c.kind == "lot", name_merge.c.id == number)
    connection.execute(update(name_merge).where(*own).values(merged_into=None))


def note_parted(
    connection: Connection, site: Site, kind: str, number: int, *, by: str, now: datetime
) -> None:
    """Write down that something is a thing of its own again."""
    own = (name_merge.c.site == site, name_merge.c.kind == kind, name_merge.c.id == number)
    connection.execute(update(name_merge).where(*own).values(parted_at=now, parted_by=by))


def names_changed_after(
    connection: Connection, site: Site, at: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return when names were last merged, and when last parted, after a time of recording; None for never.

    Only what changes answers counts. A party does not: an upgrade keeps it apart as it was. What a person
    parted without an upgrade having merged it was never merged, and is on record with one time for both.
    """
    row = _changed_after(site, at).ask(connection).one()
    return row[0], row[1]


@prepared
def _changed_after(site: Site, at: datetime) -> Select[Any]:
    merged, parted = name_merge.c.merged_at, name_merge.c.parted_at
    was_merged = (merged > at) & or_(parted.is_(None), parted > merged)
    times = (
        func.max(case((was_merged, merged)), type_=merged.type),
        func.max(case((parted > at, parted)), type_=parted.type),
    )
    of_things = (name_merge.c.site == site, name_merge.c.kind != "party")
    return select(*times).where(*of_things, or_(merged > at, parted > at))


def sites_owing(connection: Connection) -> Sequence[str]:
    """Return the sites whose projection is to be built anew before it is true again."""
    return connection.execute(select(projection_debt.c.site)).scalars().all()


def settle(connection: Connection, site: Site) -> bool:
    """Note that a site's projection is built anew in this transaction; return whether that was owed."""
    return connection.execute(delete(projection_debt).where(projection_debt.c.site == site)).rowcount > 0
