"""Queries about uploads that arrive in pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from aas_registry.domain.identifiers import PartialUploadId, Site, SubmissionId
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.partial_uploads import partial_upload


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialUpload:
    """What was announced of an upload.

    Attributes:
        id: Random; also the name of its file.
        owner: Who alone may go on with it.
        metadata: The header ``Upload-Metadata`` as it was sent.
        length: Bytes of the whole file.
        expires_at: When it is removed, unless a further piece arrives.
        submission: What it became.
    """

    id: PartialUploadId
    owner: str
    file_name: str
    media_type: str
    metadata: str
    length: int
    created_at: datetime
    expires_at: datetime
    submission: SubmissionId | None = None


_FIELDS = tuple(PartialUpload.__dataclass_fields__)


def add_partial_upload(connection: Connection, site: Site, added: PartialUpload) -> None:
    """Store what was announced."""
    values = {name: getattr(added, name) for name in _FIELDS}
    connection.execute(insert(partial_upload).values(site=site, **values))


def find_partial_upload(
    connection: Connection, site: Site, upload: PartialUploadId, *, owner: str, now: datetime
) -> PartialUpload | None:
    """Return an owner's upload that has not expired."""
    columns = [partial_upload.c[name] for name in _FIELDS]
    wanted = select(*columns).where(
        partial_upload.c.site == site,
        partial_upload.c.id == upload,
        partial_upload.c.owner == owner,
        partial_upload.c.expires_at > now,
    )
    row = connection.execute(wanted).first()
    return None if row is None else PartialUpload(**dict(zip(_FIELDS, row, strict=True)))


def open_uploads(connection: Connection, site: Site, *, owner: str) -> tuple[int, int]:
    """Return how many uploads an owner has not finished, and how many bytes they announced."""
    wanted = select(func.count(), func.coalesce(func.sum(partial_upload.c.length), 0)).where(
        partial_upload.c.site == site,
        partial_upload.c.owner == owner,
        partial_upload.c.submission.is_(None),
    )
    count, length = connection.execute(wanted).one()
    return int(count), int(length)


def put_off(connection: Connection, site: Site, upload: PartialUploadId, *, expires_at: datetime) -> None:
    """Let an upload live on until ``expires_at``."""
    row = (partial_upload.c.site == site) & (partial_upload.c.id == upload)
    connection.execute(update(partial_upload).where(row).values(expires_at=expires_at))


def settle(connection: Connection, site: Site, upload: PartialUploadId, submission: SubmissionId) -> None:
    """Write down what an upload became."""
    row = (partial_upload.c.site == site) & (partial_upload.c.id == upload)
    connection.execute(update(partial_upload).where(row).values(submission=submission))


def remove_partial_upload(connection: Connection, site: Site, upload: PartialUploadId) -> None:
    """Forget an upload."""
    row = (partial_upload.c.site == site) & (partial_upload.c.id == upload)
    connection.execute(delete(partial_upload).where(row))


def any_expired(connection: Connection, *, now: datetime) -> bool:
    """Return whether an upload of any site has expired."""
    wanted = select(partial_upload.c.id).where(partial_upload.c.expires_at <= now).limit(1)
    return connection.execute(wanted).first() is not None


def remove_expired(connection: Connection, *, now: datetime) -> list[PartialUploadId]:
    """Forget the uploads of every site that have expired; return their ids."""
    expired = partial_upload.c.expires_at <= now
    return list(
        connection.execute(delete(partial_upload).where(expired).returning(partial_upload.c.id)).scalars()
    )


def known_partial_uploads(connection: Connection, uploads: Sequence[PartialUploadId]) -> set[PartialUploadId]:
    """Return which of some ids are of uploads on any site."""
    known: set[PartialUploadId] = set()
    for part in in_chunks(sorted(uploads)):
        wanted = select(partial_upload.c.id).where(partial_upload.c.id.in_(part))
        known.update(connection.execute(wanted).scalars())
    return known
