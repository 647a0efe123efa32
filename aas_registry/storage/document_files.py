"""Queries about the files that versions of AAS objects name."""

from sqlalchemy import Connection, select

from aas_registry.domain.identifiers import DocumentId, Sha256, Site
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.tables.documents import document_file


def find_file(
    connection: Connection, site: Site, number: DocumentId, version: int, name: str
) -> tuple[Sha256, str] | None:
    """Return (digest, media type) of a file that a version names."""
    row = connection.execute(
        select(document_file.c.sha256, document_file.c.media_type).where(
            document_file.c.site == site,
            document_file.c.document == number,
            document_file.c.version == version,
            document_file.c.name == index_key(name),
        )
    ).first()
    return None if row is None else (row.sha256, row.media_type)


def list_files(
    connection: Connection, site: Site, number: DocumentId, version: int
) -> list[tuple[str, Sha256, str]]:
    """Return (name, digest, media type) of every file that a version names."""
    rows = connection.execute(
        select(document_file.c.name, document_file.c.sha256, document_file.c.media_type)
        .where(
            document_file.c.site == site,
            document_file.c.document == number,
            document_file.c.version == version,
        )
        .order_by(document_file.c.name)
    )
    return [(row.name, row.sha256, row.media_type) for row in rows]
