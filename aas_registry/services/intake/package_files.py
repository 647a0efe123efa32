"""The files of an AAS package, on their way through the upload service into the store.

Each is streamed from the archive once: written, and its digest and size computed on the
way. What was written is staged; the upload's transaction keeps it, or nobody does. Files
that an object names are on record with the object (`identifiables`); `take` records the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.identifiers import SubmissionId
from aas_registry.domain.package import AasPackage, IdentifiableKind, PackageFile, part_key
from aas_registry.domain.progress import Progress
from aas_registry.domain.submitter import Submitter
from aas_registry.services.intake.identifiables import StoredPart, Taken
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.uploads import submission_files
from aas_registry.storage.uploads.submission_files import FileRole, SubmissionFile
from aas_registry.storage.uploads.submissions import NewSubmission


@dataclass(frozen=True, slots=True)
class PackageParts:
    """The stored files of a package.

    Attributes:
        parts: Supplementary files and the thumbnail, ordered by part name.
        thumbnail: Name of the part that is the package's thumbnail, where it has one.
    """

    parts: Sequence[StoredPart]
    thumbnail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BorneFiles:
    """What goes with the objects of a package beside the files that they name.

    Attributes:
        is_stated: Whether the upload says so at all; bare JSON and XML do not.
        bearing: The submission that brought these files; None where none go with the objects.
        are_new: Whether they were not on record so before.
    """

    is_stated: bool = True
    bearing: SubmissionId | None = None
    are_new: bool = False


def stage(
    staging: Staging,
    original: BinaryIO,
    package: AasPackage,
    *,
    submission: NewSubmission,
    progress: Progress,
) -> PackageParts:
    """Write the original of an upload and the files of its package.

    Args:
        staging: Takes them.
        original: The very bytes that were uploaded, at any position.
        package: What was read of them.
        submission: Names the original and its size.
        progress: Told in bytes, phase ``storing``.

    Raises:
        RefusedError: A file of the archive is damaged.
        UnavailableError: The file store is full or cannot be written.
    """
    files = _distinct_files(package)
    done, total = 0, submission.size + sum(each.size for each in files)

    def advance(written: int) -> None:
        nonlocal done
        done += written
        progress("storing", done, total)

    original.seek(0)
    staging.add(original, advance)
    parts = []
    try:
        for each in files:
            with each.open() as content:
                staged = staging.add(content, advance)
            parts.append(StoredPart(each.part, staged.sha256, each.media_type, staged.size))
    except RefusedError as cause:
        raise RefusedError(*(replace(each, file=submission.file_name) for each in cause.findings)) from cause
    return PackageParts(parts, None if package.thumbnail is None else package.thumbnail.part)


def _distinct_files(package: AasPackage) -> list[PackageFile]:
    found = {part_key(each.part): each for each in package.files}
    if package.thumbnail is not None:
        found.setdefault(part_key(package.thumbnail.part), package.thumbnail)
    return sorted(found.values(), key=lambda each: each.part)


def take(
    connection: Connection,
    submitter: Submitter,
    taken: Taken,
    package: AasPackage,
    parts: PackageParts,
) -> BorneFiles:
    """Put on record the thumbnail of a package and the files of it that no object names.

    They take the place of what earlier packages brought with the same shells; where that is the
    same, it stays. Bare JSON and XML bring no files, and leave those of earlier packages as they are.
    """
    assert submitter.submission is not None
    if package.identifiables[0].part is None:
        return BorneFiles(is_stated=False)
    # The files go with the shells, or with what the package holds instead of any.
    whole = next(found for kind in IdentifiableKind if (found := package.of_kind(kind)))
    bearers = [(each.kind, each.identifier) for each in whole]
    numbers = [taken.documents[each] for each in bearers]
    named = {FileRole.THUMBNAIL: {parts.thumbnail}, FileRole.SUPPLEMENTARY: package.unnamed}
    files = [
        SubmissionFile(role, each.name, each.sha256, each.media_type)
        for each in parts.parts
        for role, names in named.items()
        if each.name in names
    ]
    package_of = submission_files.bearing(connection, submitter.site, numbers)
    borne = submission_files.find_submission_files(connection, submitter.site, numbers)
    if files and len(borne) == 1 and len(package_of) == len(set(numbers)) and [*borne.values()] == [files]:
        return BorneFiles(bearing=next(iter(borne)))
    if not files and not package_of:
        return BorneFiles()
    submission_files.release_bearers(connection, submitter.site, list(package_of))
    if files:
        submission_files.add_submission_files(
            connection, submitter.site, submitter.submission, files, bearers=numbers
        )
    return BorneFiles(bearing=submitter.submission if files else None, are_new=True)
