"""The files of an AAS package, on their way through the upload service into the store.

Each is streamed from the archive once: written, and its digest and size computed on the
way. What was written is staged; the upload's transaction keeps it, or nobody does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.package import AasPackage, PackageFile, part_key
from aas_registry.domain.progress import Progress
from aas_registry.services.intake import StoredPart
from aas_registry.storage.files import Staging
from aas_registry.storage.submissions import Submission


@dataclass(frozen=True, slots=True)
class PackageParts:
    """The stored files of a package.

    Attributes:
        parts: Supplementary files and the thumbnail, ordered by part name.
        thumbnail: Name of the part that is the package's thumbnail, where it has one.
    """

    parts: tuple[StoredPart, ...]
    thumbnail: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what the upload's answer says of the files."""
        return {
            "files": [
                {"part": each.name, "mediaType": each.media_type, "sha256": each.sha256, "size": each.size}
                for each in self.parts
            ],
            "thumbnail": self.thumbnail,
        }


def stage(
    staging: Staging, original: BinaryIO, package: AasPackage, *, submission: Submission, progress: Progress
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
    files = _files(package)
    done, total = 0, submission.size + sum(each.size for each in files)

    def advance(written: int) -> None:
        nonlocal done
        done += written
        progress("storing", done, total)

    original.seek(0)
    staging.add(original, advance)
    try:
        parts = tuple(_staged(staging, each, advance) for each in files)
    except RefusedError as cause:
        raise RefusedError(*(replace(each, file=submission.file_name) for each in cause.findings)) from cause
    return PackageParts(parts, None if package.thumbnail is None else package.thumbnail.part)


def _staged(staging: Staging, file: PackageFile, advance: Callable[[int], None]) -> StoredPart:
    with file.open() as content:
        staged = staging.add(content, advance)
    return StoredPart(file.part, staged.sha256, file.media_type, staged.size)


def _files(package: AasPackage) -> list[PackageFile]:
    found = {part_key(each.part): each for each in package.files}
    if package.thumbnail is not None:
        found.setdefault(part_key(package.thumbnail.part), package.thumbnail)
    return sorted(found.values(), key=lambda each: each.part)
