"""Names of lots: which lot a manufacturer, a part number and a code stand for.

Names are compared by `domain.identifiers.matching_key`. A part type or lot that a person
parted from another of the same key stands for one spelling alone, and that spelling for it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, literal_column, select

from aas_registry.domain.identifiers import LotId, Site, matching_key
from aas_registry.domain.principals import Scope
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.index_keys import spelling
from aas_registry.storage.lots import find_lots
from aas_registry.storage.rows import given_later, given_values, in_chunks, insert_rows
from aas_registry.storage.tables.lots import lot, part_type

LotTexts = tuple[str, str, str]
"""Manufacturer, part number, lot code."""

_Pair = tuple[str, str]
_EMPTY: ColumnElement[str] = literal_column("''")  # as the index of these rows says it
_SITE = bindparam("asked_site", type_=lot.c.site.type)
_PARTS_APART = select(part_type.c.kept_apart, part_type.c.id).where(
    part_type.c.site == _SITE, part_type.c.kept_apart > _EMPTY
)
_LOTS_APART = select(lot.c.part_type, lot.c.kept_apart, lot.c.id).where(
    lot.c.site == _SITE, lot.c.kept_apart > _EMPTY
)


@dataclass(frozen=True, slots=True)
class _Statements:
    """Part types and lots by their keys; to build these takes longer than what they do."""

    parts: Select[Any]
    lots: Select[Any]


@lru_cache(maxsize=2)
def _statements(dialect: str) -> _Statements:
    pair, named = given_later(dialect, maker=str, mpn=str), given_later(dialect, part=int, code=str)
    same_part = (
        part_type.c.site == _SITE,
        part_type.c.manufacturer_key == pair.c.maker,
        part_type.c.mpn_key == pair.c.mpn,
        part_type.c.kept_apart == "",
    )
    same_lot = (
        lot.c.site == _SITE,
        lot.c.part_type == named.c.part,
        lot.c.code_key == named.c.code,
        lot.c.kept_apart == "",
    )
    part, own = (select(each.c.id).where(*same) for each, same in ((part_type, same_part), (lot, same_lot)))
    return _Statements(
        select(pair.c.maker, pair.c.mpn, part.scalar_subquery()),
        select(named.c.part, named.c.code, own.scalar_subquery()),
    )


@dataclass(frozen=True, slots=True)
class PartedNames:
    """Names that stand for several lots, each by its spelling, since a person parted one.

    Attributes:
        parts: Keys of manufacturer and part number, where the part type was parted.
        lots: Keys of all three texts, where the lot was.
    """

    parts: Collection[_Pair]
    lots: Collection[LotTexts]

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.parts or self.lots)

    def hold(self, name: LotTexts) -> bool:
        """Return whether a name is one of them."""
        maker, mpn, code = map(matching_key, name)
        return (maker, mpn) in self.parts or (maker, mpn, code) in self.lots


def find_parted_names(connection: Connection, site: Site) -> PartedNames:
    """Return the names of which a spelling was parted from another."""
    pair = (part_type.c.manufacturer_key, part_type.c.mpn_key)
    parts = select(*pair).where(part_type.c.site == site, part_type.c.kept_apart > _EMPTY)
    same_part = and_(part_type.c.site == lot.c.site, part_type.c.id == lot.c.part_type)
    lots = select(*pair, lot.c.code_key).join_from(lot, part_type, same_part)
    lots = lots.where(lot.c.site == site, lot.c.kept_apart > _EMPTY)
    return PartedNames(
        {(row[0], row[1]) for row in connection.execute(parts)},
        {(row[0], row[1], row[2]) for row in connection.execute(lots)},
    )


def find_or_create_lots(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    names: Sequence[LotTexts],
    *,
    now: datetime,
) -> list[LotId]:
    """Return the lots with these manufacturers, part numbers and codes, in the same order.

    Lots and part types that are not on record are made, spelled as they are named first.
    The caller holds the site's write lock: nobody else makes them meanwhile.
    """
    parts = _find_parts(connection, site, names)
    parts |= _create_parts(connection, allocator, site, [each for each in names if each not in parts], now)
    found = _find_lots(connection, site, names, parts)
    missing: dict[tuple[int, str], str] = {}
    for name in names:
        if name not in found:
            missing.setdefault((parts[name], matching_key(name[2])), name[2])
    numbers = allocator.take(connection, site, "item", len(missing)) if missing else ()
    made = dict(zip(missing, map(LotId, numbers), strict=True))
    insert_rows(
        connection,
        lot,
        (
            {"site": site, "id": made[key], "part_type": key[0], "code": code, "code_key": key[1]}
            | {"created_at": now}
            for key, code in missing.items()
        ),
    )
    return [found.get(each) or made[parts[each], matching_key(each[2])] for each in names]


def find_lots_named(connection: Connection, scope: Scope, names: Iterable[LotTexts]) -> dict[LotTexts, LotId]:
    """Return the lots with these manufacturers, part numbers and codes, as far as the scope sees them."""
    asked = list(dict.fromkeys(names))
    parts = _find_parts(connection, scope.site, asked)
    found = _find_lots(connection, scope.site, [each for each in asked if each in parts], parts)
    seen = find_lots(connection, scope, list(found.values()))
    return {name: number for name, number in found.items() if number in seen}


def find_part_type(connection: Connection, site: Site, manufacturer: str, mpn: str) -> int | None:
    """Return the part type with this manufacturer and part number; None where there is none."""
    named = (manufacturer, mpn, "")
    return _find_parts(connection, site, [named]).get(named)


def _find_parts(connection: Connection, site: Site, names: Sequence[LotTexts]) -> dict[LotTexts, int]:
    """Return the part types of some lots, as far as there are any."""
    keys = {name: (matching_key(name[0]), matching_key(name[1])) for name in names}
    known: dict[_Pair, int] = {}
    for some in in_chunks(list(dict.fromkeys(keys.values()))):
        makers, mpns = zip(*some, strict=True)
        asked = {"asked_site": site, **given_values(connection, maker=makers, mpn=mpns)}
        rows = connection.execute(_statements(connection.dialect.name).parts, asked)
        known.update(((row[0], row[1]), row[2]) for row in rows if row[2] is not None)
    found = {name: known[key] for name, key in keys.items() if key in known}
    rows = connection.execute(_PARTS_APART, {"asked_site": site})
    if apart := {row.kept_apart: row.id for row in rows}:
        spelled = {name: spelling(*name[:2]) for name in names}
        found |= {name: apart[text] for name, text in spelled.items() if text in apart}
    return found


def _create_parts(
    connection: Connection, allocator: IdAllocator, site: Site, names: Sequence[LotTexts], now: datetime
) -> dict[LotTexts, int]:
    missing: dict[_Pair, LotTexts] = {}
    for name in names:
        missing.setdefault((matching_key(name[0]), matching_key(name[1])), name)
    if not missing:
        return {}
    numbers = dict(zip(missing, allocator.take(connection, site, "part_type", len(missing)), strict=True))
    insert_rows(
        connection,
        part_type,
        (
            {
                "site": site,
                "id": numbers[key],
                "manufacturer": name[0],
                "manufacturer_key": key[0],
                "mpn": name[1],
                "mpn_key": key[1],
                "created_at": now,
            }
            for key, name in missing.items()
        ),
    )
    return {name: numbers[matching_key(name[0]), matching_key(name[1])] for name in names}


def _find_lots(
    connection: Connection, site: Site, names: Sequence[LotTexts], parts: Mapping[LotTexts, int]
) -> dict[LotTexts, LotId]:
    keys = {name: (parts[name], matching_key(name[2])) for name in names}
    known: dict[tuple[int, str], LotId] = {}
    for some in in_chunks(list(dict.fromkeys(keys.values()))):
        part_types, codes = zip(*some, strict=True)
        asked = {"asked_site": site, **given_values(connection, part=part_types, code=codes)}
        rows = connection.execute(_statements(connection.dialect.name).lots, asked)
        known.update(((row[0], row[1]), row[2]) for row in rows if row[2] is not None)
    found = {name: known[key] for name, key in keys.items() if key in known}
    rows = connection.execute(_LOTS_APART, {"asked_site": site})
    if apart := {(row.part_type, row.kept_apart): row.id for row in rows}:
        spelled = {name: (parts[name], spelling(name[2])) for name in names}
        found |= {name: apart[text] for name, text in spelled.items() if text in apart}
    return found
