"""Queries about what the registry countersigned: statements, and their rows, one for each lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from aas_registry.domain.identifiers import CertificateId, LotId, Site, StatementId
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.rows import given, in_chunks
from aas_registry.storage.tables.certificates import statement, statement_lot


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStatement:
    """What the registry countersigned about a certificate: a DSSE envelope, and its digest."""

    certificate: CertificateId
    digest: str
    envelope: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStatement(NewStatement):
    """The same on record."""

    id: StatementId


_FIELDS = tuple(StoredStatement.__dataclass_fields__)


def add_statement(
    connection: Connection,
    allocator: IdAllocator,
    site: Site,
    added: NewStatement,
    *,
    lots: Sequence[tuple[LotId, int]],
) -> None:
    """Append a countersigned statement (its ``id`` is given here) to the rows of its lots.

    Args:
        connection: A writing transaction.
        allocator: Gives the id.
        site: The plant.
        added: The statement.
        lots: Each lot with the statement's number among those about this lot.
    """
    number = StatementId(allocator.one(connection, site, "statement"))
    values = {name: getattr(added, name) for name in NewStatement.__dataclass_fields__}
    connection.execute(insert(statement).values(site=site, id=number, **values))
    rows = [
        {"site": site, "lot": lot, "sequence": sequence, "statement": number, "digest": added.digest}
        for lot, sequence in lots
    ]
    if rows:
        connection.execute(insert(statement_lot), rows)


def last_statements(
    connection: Connection, site: Site, lots: Sequence[LotId]
) -> dict[LotId, tuple[int, str | None]]:
    """Return (sequence, digest) of each lot's newest statement; (0, None) before the first."""
    found: dict[LotId, tuple[int, str | None]] = dict.fromkeys(lots, (0, None))
    for part in in_chunks(list(found)):
        wanted = given(connection, lot=part)
        newest = (
            select(statement_lot.c.sequence)
            .where(statement_lot.c.site == site, statement_lot.c.lot == wanted.c.lot)
            .order_by(statement_lot.c.sequence.desc())
            .limit(1)
            .scalar_subquery()
        )
        known = select(wanted.c.lot, newest.label("sequence")).subquery()
        rows = connection.execute(
            select(known.c.lot, known.c.sequence, statement_lot.c.digest).where(
                statement_lot.c.site == site,
                statement_lot.c.lot == known.c.lot,
                statement_lot.c.sequence == known.c.sequence,
            )
        )
        found.update((row.lot, (row.sequence, row.digest)) for row in rows)
    return found


def statements_of(
    connection: Connection, site: Site, certificates: Sequence[CertificateId]
) -> list[StoredStatement]:
    """Return the statements about some certificates, oldest first."""
    rows = connection.execute(
        select(*(statement.c[name] for name in _FIELDS))
        .where(statement.c.site == site, statement.c.certificate.in_(certificates))
        .order_by(statement.c.id)
    )
    return [StoredStatement(**dict(zip(_FIELDS, row, strict=True))) for row in rows]


def lots_of_statements(
    connection: Connection, site: Site, statements: Sequence[StatementId]
) -> dict[StatementId, list[tuple[LotId, int]]]:
    """Return of which lots some statements speak, each with the statement's number among those about it."""
    found: dict[StatementId, list[tuple[LotId, int]]] = {}
    for part in in_chunks(statements):
        rows = connection.execute(
            select(statement_lot.c.statement, statement_lot.c.lot, statement_lot.c.sequence)
            .where(statement_lot.c.site == site, statement_lot.c.statement.in_(part))
            .order_by(statement_lot.c.lot, statement_lot.c.sequence)
        )
        for row in rows:
            found.setdefault(row.statement, []).append((row.lot, row.sequence))
    return found
