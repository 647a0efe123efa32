"""Queries about the files that versions of AAS objects name."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, select

from aas_registry.domain.identifiers import DocumentId, Sha256, Site
from aas_registry.storage.index_keys import index_key
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.documents import document, document_file


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


def list_current_files(
    connection: Connection, site: Site, numbers: Sequence[DocumentId]
) -> dict[DocumentId, dict[str, tuple[Sha256, str]]]:
    """Return (digest, media type) of every file that the current versions of some objects name.

    Returns:
        By object, then by the index key of the name: a long name itself is in the body only.
    """
    files: dict[DocumentId, dict[str, tuple[Sha256, str]]] = {}
    current = and_(
        document.c.site == document_file.c.site,
        document.c.id == document_file.c.document,
        document.c.version == document_file.c.version,
    )
    columns = (
        document_file.c.document,
        document_file.c.name,
        document_file.c.sha256,
        document_file.c.media_type,
    )
    for part in in_chunks(numbers):
        query = (
            select(*columns)
            .join_from(document_file, document, current)
            .where(document_file.c.site == site, document_file.c.document.in_(part))
            .order_by(document_file.c.name)
        )
        for row in connection.execute(query):
            files.setdefault(row.document, {})[row.name] = (row.sha256, row.media_type)
    return files
