"""Whether what is stored is whole: rows against files, bytes against the digests beside them.

Reads only. Every query is set-based or streams; nothing is mended here.
"""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Connection, Select, and_, select

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.identifiers import Sha256
from aas_registry.storage.tables import metadata
from aas_registry.storage.tables.certificates import certificate
from aas_registry.storage.tables.documents import document, document_file, document_version
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.reports import report
from aas_registry.storage.tables.submissions import stored_file, submission, submission_file

_ROWS = 500
# Made by opening a registry, so there before anything was recorded.
_ALWAYS = {"secret", "site_lock", "id_block", "site_clock", "machine_clock"}


def damage_of_database(connection: Connection) -> Iterator[Finding]:
    """Yield what SQLite's own check says; PostgreSQL checks its pages itself."""
    if connection.dialect.name == "sqlite":
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                yield error(Code.DATABASE_DAMAGED, str(said))


def read_a_little(connection: Connection) -> None:
    """Read a row of every table, so that damage to one of them, or to its disk, shows.

    Raises:
        DamagedError: One cannot be read.
    """
    for table in metadata.sorted_tables:
        connection.execute(select(table).limit(1)).first()


def is_blank(connection: Connection) -> bool:
    """Return whether nothing was recorded yet."""
    return not connection.exec_driver_sql(_any_row()).scalar()


@lru_cache(maxsize=1)
def _any_row() -> str:
    names = sorted(set(metadata.tables) - _ALWAYS)
    return "SELECT " + " OR ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)  # noqa: S608 - our names


def clear_blank(connection: Connection) -> None:
    """Remove the rows that even a blank registry has."""
    for name in sorted(_ALWAYS):
        connection.execute(metadata.tables[name].delete())


def stored_files(connection: Connection) -> dict[Sha256, int]:
    """Return digest and size in bytes of every file that exists on any site."""
    found = connection.execute(select(stored_file.c.sha256, stored_file.c.size).distinct())
    return {Sha256(row.sha256): row.size for row in found}


def files_without_row(connection: Connection) -> Iterator[Finding]:
    """Yield each digest that a submission, document, certificate or report names, but no stored file."""
    for table in (submission, submission_file, document_file, certificate, report):
        same = and_(stored_file.c.site == table.c.site, stored_file.c.sha256 == table.c.sha256)
        wanted = (
            select(table.c.site, table.c.sha256)
            .select_from(table.outerjoin(stored_file, same))
            .where(stored_file.c.sha256.is_(None))
            .distinct()
        )
        for row in connection.execute(wanted):
            yield error(
                Code.FILE_MISSING,
                f"The table {table.name} names a file of site {row.site} that is not on record.",
                file=row.sha256,
            )


def damaged_rows(connection: Connection) -> Iterator[Finding]:
    """Yield documents and events whose bytes do not have the digest beside them."""
    version = document_version.c
    documents: Select[tuple[str, str, str, bytes]] = select(
        version.site, document.c.identifier, version.digest, version.body
    ).join_from(
        document_version,
        document,
        and_(document.c.site == version.site, document.c.id == version.document),
    )
    events = select(event.c.site, event.c.event_id, event.c.digest, event.c.body)
    for what, wanted in (("document", documents), ("event", events)):
        streamed = connection.execute(wanted, execution_options={"yield_per": _ROWS})
        for site, name, digest, body in streamed:
            # SQLite keeps a text in a column of bytes, where somebody wrote one.
            if not isinstance(body, bytes) or digest_of(body) != digest:
                yield error(Code.ROW_DAMAGED, f"The {what} {name!r} of site {site} was changed.", path=name)


def documents_without_body(connection: Connection) -> Iterator[Finding]:
    """Yield documents whose current version is not there, or has another digest."""
    current = and_(
        document_version.c.site == document.c.site,
        document_version.c.document == document.c.id,
        document_version.c.version == document.c.version,
        document_version.c.digest == document.c.digest,
    )
    wanted = (
        select(document.c.site, document.c.identifier)
        .select_from(document.outerjoin(document_version, current))
        .where(document_version.c.version.is_(None))
    )
    for row in connection.execute(wanted):
        yield error(
            Code.ROW_DAMAGED,
            f"The document {row.identifier!r} of site {row.site} has no body of its version.",
            path=row.identifier,
        )
