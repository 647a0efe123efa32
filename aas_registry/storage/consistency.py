"""Whether stored rows fit each other: values their columns, events their state, names their keys.

Reads only, and costs nothing while rows are written. It finds what one change behind the program's
back leaves behind; a change of all that belongs together shows where sums are kept of it, or where
the genealogy is built anew.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    TypeDecorator,
    and_,
    case,
    func,
    or_,
    select,
)

from aas_registry.domain.codes import Code
from aas_registry.domain.events import EventState
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.items import Name, Scheme, name_shown
from aas_registry.storage.genealogy.effects import told_wrongly
from aas_registry.storage.genealogy.projection import STATED
from aas_registry.storage.tables import metadata
from aas_registry.storage.tables.events import event, event_wait
from aas_registry.storage.tables.genealogy import lot_link, package, receipt, run, shipment, unit
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.lots import lot, lot_submission, part_type
from aas_registry.storage.tables.namings import holder, naming
from aas_registry.storage.tables.parties import party
from aas_registry.storage.tables.passes import slot_change, waiting_line

_ROWS = 1000
# Rows that an event may have while all of it waits: names that it gives, what it waits with, that something
# is in a slot, or came into a package.
_STATED_WAITING = frozenset({lot_link, naming, slot_change, waiting_line})
# What refers to what of the same site, where a row is not kept without the other.
_REFERENCES = (
    (lot, "part_type", part_type, "id"),
    (lot_submission, "lot", lot, "id"),
    *((table, "id", alias, "item") for table in (receipt, run, shipment)),
    *((table, "id", holder, "item") for table in (package, unit)),
)


def values_of_another_type(connection: Connection) -> Iterator[Finding]:
    """Yield the columns that hold values of a type that is not theirs: SQLite lets them in."""
    if connection.dialect.name != "sqlite":
        return
    for table in metadata.sorted_tables:
        counts = [
            func.coalesce(func.sum(case((func.typeof(column).in_([_typeof(column), "null"]), 0), else_=1)), 0)
            for column in table.c
        ]
        for column, count in zip(table.c, connection.execute(select(*counts)).one(), strict=True):
            if count:
                message = f"{count} rows of {table.name} hold a value of another type in {column.name}."
                yield error(Code.DATABASE_DAMAGED, message, path=table.name)


def rows_that_do_not_fit(connection: Connection) -> Iterator[Finding]:
    """Yield events in another state than is told, waits and names of another key, references to nothing."""
    yield from _events_of_another_state(connection)
    yield from _events_told_wrongly(connection)
    yield from _names_of_another_key(connection)
    yield from _names_of_another_party(connection)
    for table, column, other, key in _REFERENCES:
        same = and_(other.c.site == table.c.site, other.c[key] == table.c[column])
        wanted = select(table.c.site, table.c.id).where(~select(other.c.site).where(same).exists())
        for row in connection.execute(wanted):
            yield _damaged(table, row.site, f"{row.id} refers to no {other.name}")


def _typeof(column: Column[Any]) -> str:
    if isinstance(column.type, LargeBinary):
        return "blob"
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return "integer" if isinstance(kind, Integer | Boolean) else "text"


def _events_of_another_state(connection: Connection) -> Iterator[Finding]:
    waits = select(event_wait.c.event).where(
        event_wait.c.site == event.c.site, event_wait.c.event == event.c.id
    )
    is_pending = event.c.state == EventState.PENDING.value
    wrong = (
        is_pending & event.c.counts & ~waits.exists(),
        ~event.c.counts & waits.exists(),
        event.c.counts & event.c.state.not_in([EventState.ACCEPTED.value, EventState.PENDING.value]),
        ~event.c.counts & event.c.state.not_in([EventState.CORRECTED.value, EventState.DUPLICATE.value]),
    )
    columns = (event.c.site, event.c.event_id)
    found = set(connection.execute(select(*columns).where(or_(*wrong))).all())
    for table in (each for each in STATED if each not in _STATED_WAITING):
        same = and_(event.c.site == table.c.site, event.c.id == table.c.event)
        stated = select(*columns).join_from(event, table, same).where(table.c.recorded_to.is_(None))
        found |= set(connection.execute(stated.where(event.c.state != EventState.ACCEPTED.value)).all())
    for site, name in sorted(found):
        yield _damaged(event, site, f"{name!r} is not in the state that follows from its facts")


def _events_told_wrongly(connection: Connection) -> Iterator[Finding]:
    for site in connection.execute(select(event.c.site).distinct()).scalars().all():
        for name in sorted(told_wrongly(connection, Site(site))):
            yield _damaged(event, site, f"{name!r} counts, or does not, against corrections and equal events")
    same = and_(event.c.site == event_wait.c.site, event.c.id == event_wait.c.event)
    columns = (event_wait.c.site, event.c.event_id, event_wait.c.name_key, event_wait.c.shown)
    wanted = select(*columns).join_from(event_wait, event, same).where(event_wait.c.shown.is_not(None))
    for row in connection.execute(wanted, execution_options={"yield_per": _ROWS}):
        if name_shown(row.shown, row.name_key).key != row.name_key:
            yield _damaged(event_wait, row.site, f"{row.event_id!r} waits for another name than it says")


def _names_of_another_party(connection: Connection) -> Iterator[Finding]:
    """Yield names of parties on record by which another party is called."""
    same = and_(party.c.site == alias.c.site, party.c.id == alias.c.item)
    wanted = select(alias.c.site, alias.c.value).join_from(alias, party, same)
    for row in connection.execute(
        wanted.where(alias.c.value_key.not_in([party.c.code_key, party.c.name_key]))
    ):
        yield _damaged(alias, row.site, f"{row.value!r} leads to a party that is not called so")


def _names_of_another_key(connection: Connection) -> Iterator[Finding]:
    for table, fits in _FITS.items():
        for row in connection.execute(select(table), execution_options={"yield_per": _ROWS}):
            if not fits(row):
                yield _damaged(table, row.site, f"{row[2]!r} is not found under its name")


def _fits_alias(row: Row[Any]) -> bool:
    return Name(Scheme(row.scheme), row.value, row.issuer).kind == row.kind and _fits_naming(row)


def _fits_holder(row: Row[Any]) -> bool:
    if row.scheme == Scheme.ANNOUNCED.value:  # under a lot, not under an issuer's name
        return bool(matching_key(row.value) == row.value_key)
    return _fits_alias(row)


def _fits_naming(row: Row[Any]) -> bool:
    name = Name(Scheme(row.scheme), row.value, row.issuer)
    return (name.value_key, name.issuer_key) == (row.value_key, row.issuer_key)


def _fits_lot(row: Row[Any]) -> bool:
    return bool(matching_key(row.code) == row.code_key)


def _fits_part_type(row: Row[Any]) -> bool:
    return (matching_key(row.manufacturer), matching_key(row.mpn)) == (row.manufacturer_key, row.mpn_key)


def _damaged(table: Table, site: str, what: str) -> Finding:
    return error(
        Code.ROW_DAMAGED, f"A row of {table.name} of site {site} was changed: {what}.", path=table.name
    )


_FITS: Mapping[Table, Callable[[Row[Any]], bool]] = {
    alias: _fits_alias,
    naming: _fits_naming,
    holder: _fits_holder,
    lot: _fits_lot,
    part_type: _fits_part_type,
}
