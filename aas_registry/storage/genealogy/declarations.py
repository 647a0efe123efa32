"""What things are said to be: gathered as events say it, and folded into one row for each span of time.

A row of `receipt`, `package`, `run`, `unit` or `shipment` is what follows from all declarations in
effect about it; it is never written by an event itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table, select

from aas_registry.domain.declarations import Declaration, fold_declarations
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.items import ItemKind, Name, Scheme
from aas_registry.storage.column_types import Instant, Quantity, as_stored
from aas_registry.storage.genealogy.workspace import Told, Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables.genealogy import declaration

FOLDED: Mapping[ItemKind, Table] = {
    ItemKind.RECEIPT: tables.receipt,
    ItemKind.PACKAGE: tables.package,
    ItemKind.RUN: tables.run,
    ItemKind.UNIT: tables.unit,
    ItemKind.SHIPMENT: tables.shipment,
}
# When a thing was first spoken of; the forms in which texts are found.
_SINCE = {ItemKind.UNIT: "created_at", ItemKind.RECEIPT: "received_at"}
_KEYS = {
    "delivery_note_key": "delivery_note",
    "order_key": "order_number",
    "internal_part_number_key": "internal_part_number",
    "date_code_key": "date_code",
}
_UNTOLD = {ItemKind.UNIT: {"kind": "board"}}
_NOT_TOLD = {"site", "version", "recorded_from", "recorded_to"}


def declare(work: Workspace, told: Told, of: ItemKind, item: int, /, **members: Any) -> None:
    """Gather what an event says that a thing is; a member that is None is left out."""
    given = {name: as_stored(value) for name, value in members.items() if value is not None}
    work.changed.declared[of].add(item)
    work.rows.add(
        declaration,
        item=item,
        kind=of.value,
        members=orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode(),
        happened_at=told.at,
        rank=told.rank,
        place=told.place,
        event=told.number,
    )


def named_unit(work: Workspace, told: Told, name: Name) -> int:
    """Return a unit that an event names; a carton is known by that, and declared to be one."""
    item = work.names.item(name)
    if name.scheme is Scheme.CONTAINER and item not in told.containers:
        told.containers.add(item)
        # As a unit it has no product and no customer of its own.
        declare(work, told, ItemKind.UNIT, item, kind="container")
    return item


def fold(work: Workspace, declared: Mapping[ItemKind, Collection[int]]) -> None:
    """Fold what was said of things anew; rows that no longer hold are ended, new ones written."""
    for kind, items in declared.items():
        for part in in_chunks(sorted(items)):
            _renew(work, kind, part)
    work.rows.flush(work.connection)


def _renew(work: Workspace, kind: ItemKind, items: Sequence[int]) -> None:
    table = FOLDED[kind]
    said = (declaration.c.site == work.site) & declaration.c.item.in_(items)
    stated: defaultdict[int, list[Declaration]] = defaultdict(list)
    for each in work.connection.execute(select(declaration).where(said, declaration.c.recorded_to.is_(None))):
        one = Declaration(
            happened_at=each.happened_at, rank=each.rank, place=each.place, members=orjson.loads(each.members)
        )
        stated[each.item].append(one)
    told = (span for item, about in stated.items() for span in _spans(kind, item, about))
    wanted = {_key(table, row): row for row in told}
    current = (table.c.site == work.site) & table.c.id.in_(items) & table.c.recorded_to.is_(None)
    ended = [
        row
        for row in work.connection.execute(select(table).where(current))
        if wanted.pop(_key(table, row._mapping), None) is None  # noqa: SLF001 the public name of it
    ]
    work.end(table, [row.version for row in ended])
    for row in wanted.values():
        work.rows.add(table, **row)
    if kind is ItemKind.RUN:
        work.changed.restated.update(row.id for row in ended)
        work.changed.restated.update(row["id"] for row in wanted.values())


def _spans(kind: ItemKind, item: int, said: Sequence[Declaration]) -> Iterator[dict[str, Any]]:
    columns = FOLDED[kind].c
    names = [name for name in columns.keys() if name not in _NOT_TOLD]  # noqa: SIM118 - this is no mapping
    since = min(each.happened_at for each in said)
    for span in fold_declarations(said):
        row: dict[str, Any] = dict.fromkeys(names)
        for name, value in {**_UNTOLD.get(kind, {}), **span.members}.items():
            of = columns[name].type
            row[name] = of.read(value) if isinstance(of, Instant | Quantity) else value
        for key, name in _KEYS.items():
            if key in columns and row[name] is not None:
                row[key] = matching_key(row[name])
        if kind in _SINCE:
            row[_SINCE[kind]] = since
        yield {**row, "id": item, "valid_from": span.valid_from, "valid_to": span.valid_to}


def _key(table: Table, row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(as_stored(row[name]) for name in table.c.keys() if name not in _NOT_TOLD)  # noqa: SIM118
