"""Uploads: AAS packages, JSON and XML, taken whole or not at all.

What costs time (reading, checking signatures, writing files) happens before the
transaction; the transaction alone decides that any of it exists.
"""

from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from aas_registry.domain.identifiers import SubmissionId
from aas_registry.domain.package import AasPackage
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.profile import Profile
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.formats.lists.spreadsheet import is_spreadsheet
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import as_built
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake import package_certificates, package_files, receipts, spreadsheets
from aas_registry.services.intake.package_certificates import PreparedCertificates
from aas_registry.services.intake.package_files import PackageParts
from aas_registry.services.intake.receipts import Outcome, Receipt, receipt_of
from aas_registry.services.parties import party_for
from aas_registry.services.public_ids import Noun, not_found, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.storage.uploads.submissions import Submission

_IN_MEMORY_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Read:
    """What a file turned out to hold, before the transaction."""

    package: AasPackage
    parts: PackageParts
    certificates: PreparedCertificates


def take_upload(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    *,
    file_name: str,
    media_type: str,
    on_behalf_of: str | None = None,
    dry_run: bool = False,
    profile: Profile = Profile.REPORT,
    progress: Progress = no_progress,
) -> Receipt:
    """Read a file and take all of it; a refusal leaves no row and no file.

    The same bytes are taken once: sent again, they are answered with what became of them.

    Args:
        registry: The running parts.
        principal: Who uploads.
        stream: The file, seekable.
        file_name: As the sender calls it; so is ``media_type``. It tells a CSV list.
        media_type: As the sender says.
        on_behalf_of: Code or name of the party it counts for; for other roles than suppliers.
        dry_run: Do everything but keep nothing.
        profile: Whether a violated rule of the metamodel refuses the file.
        progress: Told of the phases; ``receiving`` and ``storing`` are in bytes.

    Raises:
        RefusedError: The file cannot be taken; its findings name the place.
        ConflictError: It uses an id that another party holds.
        ForbiddenError: A supplier named another party.
    """
    told: dict[str, Any] = {"file_name": file_name, "media_type": media_type, "progress": progress}
    told |= {"on_behalf_of": on_behalf_of, "dry_run": dry_run}
    if is_spreadsheet(stream, file_name, limits=registry.limits):
        return spreadsheets.take_spreadsheet(registry, principal, stream, **told)
    return _take_package(registry, principal, stream, profile=profile, **told)


def _take_package(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    *,
    file_name: str,
    media_type: str,
    on_behalf_of: str | None,
    dry_run: bool,
    profile: Profile,
    progress: Progress,
) -> Receipt:
    party = party_for(registry, principal, on_behalf_of)
    submission = receipts.receive(
        registry, principal, stream, party, file_name=file_name, media_type=media_type, progress=progress
    )
    known = receipts.find_known(registry, principal.site, submission)
    if known is not None and profile is not Profile.STRICT:
        return receipt_of(registry, principal.site, known, party, is_new=False)
    package = read_upload(
        stream, file_name=file_name, limits=registry.limits, profile=profile, progress=progress
    )
    if known is not None:  # taken in the profile report, and nothing of it is refused in strict
        return receipt_of(registry, principal.site, known, party, is_new=False)
    stored, is_new = _store(
        registry, principal, stream, package, submission, dry_run=dry_run, progress=progress
    )
    receipt = receipt_of(registry, principal.site, stored, party, is_new=is_new)
    return replace(receipt, id=None) if dry_run and is_new else receipt


def _store(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    package: AasPackage,
    submission: Submission,
    *,
    dry_run: bool,
    progress: Progress,
) -> tuple[Submission, bool]:
    site = principal.site
    with registry.files.staging() as staging:
        parts = package_files.stage(staging, stream, package, submission=submission, progress=progress)
        prepared = package_certificates.prepare(
            registry, site, package, party=submission.party, progress=progress
        )
        progress("committing", 0, None)
        read = _Read(package, parts, prepared)
        return receipts.commit(
            registry,
            principal,
            submission,
            staging,
            lambda connection, stored: _take(registry, connection, principal, stored, read),
            sizes={submission.sha256: submission.size, **{each.sha256: each.size for each in parts.parts}},
            dry_run=dry_run,
        )


def open_scratch(registry: Registry) -> BinaryIO:
    """Return an empty file for what is being received; it has no name, and is gone when closed."""
    return registry.files.scratch(in_memory_bytes=_IN_MEMORY_BYTES)


def list_uploads(registry: Registry, principal: Principal, page: PageRequest) -> list[Receipt]:
    """Return uploads that the principal may see, newest first, one more than asked.

    They are counted: what became of each, `get_upload` says.
    """
    with registry.read() as connection:
        found = submission_table.list_submissions(connection, principal.scope, page)
        parties = [each.party for each in found if each.party is not None]
        known = party_table.parties_by_id(connection, principal.site, parties)
    return [
        receipt_of(
            registry, principal.site, each, None if each.party is None else known[each.party], is_new=False
        )
        for each in found
    ]


def get_upload(registry: Registry, principal: Principal, upload: str) -> Receipt:
    """Return one upload.

    Raises:
        NotFoundError: No such upload, or not the principal's.
    """
    number = SubmissionId(to_internal(registry, principal.site, Noun.UPLOAD, upload))
    with registry.read() as connection:
        found = submission_table.find_submission(connection, principal.scope, number)
        if found is None or not found.is_upload:
            raise not_found(Noun.UPLOAD)
        party = None
        if found.party is not None:
            party = party_table.parties_by_id(connection, principal.site, [found.party])[found.party]
    return receipt_of(registry, principal.site, found, party, is_new=False)


def open_original(registry: Registry, principal: Principal, upload: str) -> tuple[Submission, BinaryIO]:
    """Return an upload and its very bytes.

    Raises:
        NotFoundError: No such upload, or not the principal's.
    """
    found = get_upload(registry, principal, upload).submission
    return found, registry.files.open(found.sha256)


def _take(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    stored: Submission,
    read: _Read,
) -> Outcome:
    submitter = intake.Submitter(
        site=principal.site, holder=stored.holder, submission=stored.id, at=stored.received_at
    )
    package = read.package
    taken = intake.take(registry, connection, submitter, package.identifiables, read.parts.parts)
    package_files.take(connection, submitter, taken, package, read.parts)
    certificates = package_certificates.take(
        registry, connection, principal, submitter, taken, read.certificates
    )
    structures, noticed = as_built.summarise(package, limits=registry.limits)
    findings = [*package.findings, *read.certificates.findings, *taken.findings, *noticed]
    files = read.parts.as_json()
    return Outcome(
        changes=taken.changes,
        lots=taken.lots,
        certificates=certificates,
        as_built=structures,
        files=files.pop("files"),
        findings=findings,
        further={**files, "metamodel": package.metamodel},
    )
