"""Queries about what packages held beyond what their objects name: thumbnails, files of nobody.

Nothing tells to which object of a package such a file belongs, so it goes with all of its
*bearers*: of each the package that brought it last counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, select

from aas_registry.domain.identifiers import DocumentId, Sha256, Site, SubmissionId
from aas_registry.storage.rows import in_chunks, insert_rows
from aas_registry.storage.tables.submissions import submission_file, submission_file_bearer


class FileRole(StrEnum):
    """What a part is to its package; one part may be both."""

    THUMBNAIL = "thumbnail"
    SUPPLEMENTARY = "supplementary"


@dataclass(frozen=True, slots=True)
class SubmissionFile:
    """A stored file that came with a package and that belongs to no single object of it.

    Attributes:
        part: Absolute part name, as the package spelled it.
    """

    role: FileRole
    part: str
    sha256: Sha256
    media_type: str


def add_submission_files(
    connection: Connection,
    site: Site,
    submission: SubmissionId,
    files: Sequence[SubmissionFile],
    *,
    bearers: Sequence[DocumentId],
) -> None:
    """Store the files of a package, and with which objects they go; these bear nothing yet."""
    places = {"site": site, "submission": submission}
    insert_rows(
        connection,
        submission_file,
        (
            {
                **places,
                "position": position,
                "role": each.role.value,
                "part": each.part,
                "sha256": each.sha256,
                "media_type": each.media_type,
            }
            for position, each in enumerate(files)
        ),
    )
    insert_rows(connection, submission_file_bearer, ({**places, "document": each} for each in bearers))


def release_bearers(connection: Connection, site: Site, documents: Sequence[DocumentId]) -> None:
    """End what goes with some objects: a later package brought them."""
    bearer = submission_file_bearer
    for part in in_chunks(documents):
        connection.execute(delete(bearer).where(bearer.c.site == site, bearer.c.document.in_(part)))


def find_submission_files(
    connection: Connection, site: Site, documents: Sequence[DocumentId]
) -> Mapping[SubmissionId, Sequence[SubmissionFile]]:
    """Return the files that go with some objects, by package, in the order of the first object of each."""
    package_of = bearing(connection, site, documents)
    found = list(dict.fromkeys(package_of[each] for each in documents if each in package_of))
    files: dict[SubmissionId, list[SubmissionFile]] = {each: [] for each in found}
    table = submission_file
    for part in in_chunks(found):
        query = (
            select(table.c.submission, table.c.role, table.c.part, table.c.sha256, table.c.media_type)
            .where(table.c.site == site, table.c.submission.in_(part))
            .order_by(table.c.submission, table.c.position)
        )
        for number, role, *rest in connection.execute(query):
            files[number].append(SubmissionFile(FileRole(role), *rest))
    return files


def bearing(
    connection: Connection, site: Site, documents: Sequence[DocumentId]
) -> dict[DocumentId, SubmissionId]:
    """Return, of those of some objects with which files go, the package that brought the files."""
    bearer = submission_file_bearer
    package_of: dict[DocumentId, SubmissionId] = {}
    for part in in_chunks(documents):
        query = select(bearer.c.document, bearer.c.submission).where(
            bearer.c.site == site, bearer.c.document.in_(part)
        )
        package_of.update({row.document: row.submission for row in connection.execute(query)})
    return package_of
