"""Uploads: AAS packages, JSON and XML, taken whole or not at all.

What costs time (reading, checking signatures, writing files) happens before the
transaction; the transaction alone decides that any of it exists.
"""

from dataclasses import dataclass
from typing import BinaryIO

from aas_registry.domain.identifiers import SubmissionId
from aas_registry.domain.package import AasPackage
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.profile import Profile
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.formats.container.content_kind import LISTS, recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import as_built
from aas_registry.services.intake import (
    identifiables,
    package_certificates,
    package_files,
    papers,
    receipts,
    spreadsheets,
)
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.package_certificates import PreparedCertificates
from aas_registry.services.intake.package_files import PackageParts
from aas_registry.services.intake.receipts import Received, UploadOutcome, UploadReceipt
from aas_registry.services.public_ids import Noun, not_found, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.storage.uploads.standing import Brought, Spans
from aas_registry.storage.uploads.submissions import Submission


@dataclass(frozen=True, slots=True)
class _ReadPackage:
    """What a file turned out to hold, before the transaction."""

    package: AasPackage
    parts: PackageParts
    certificates: PreparedCertificates


def take_upload(
    registry: Registry, principal: Principal, arrival: Arrival, *, progress: Progress = no_progress
) -> UploadReceipt:
    """Read a file and take all of it; a refusal leaves no row and no file.

    The same bytes, sent again, are answered with what became of them as long as all of that is
    so still; what was changed or deleted since is taken again.

    Args:
        registry: The running parts.
        principal: Who uploads.
        arrival: The file, and how it is to be taken.
        progress: Is called with each phase; ``receiving`` and ``storing`` are in bytes.

    Raises:
        RefusedError: The file cannot be taken; its findings name the place.
        ConflictError: It uses an id that another party holds.
        ForbiddenError: A supplier named another party.
    """
    profile, limits = arrival.options.profile, registry.limits
    progress = registry.watching(progress)
    received = receipts.receive(registry, principal, arrival, progress=progress)
    known = receipts.find_standing(registry, principal, received)
    if known is not None and profile is not Profile.STRICT:
        return known
    file = recognise(arrival.stream, arrival.file_name, limits=limits)
    if file.kind in LISTS:
        return known or spreadsheets.take_received(registry, principal, received, file, progress=progress)
    package = read_upload(file, limits=limits, profile=profile, progress=progress)
    if known is not None:  # taken in the profile report, and nothing of it is refused in strict
        return known
    return _store(registry, principal, received, package, progress)


def _store(
    registry: Registry, principal: Principal, received: Received, package: AasPackage, progress: Progress
) -> UploadReceipt:
    with registry.files.staging() as staging:
        parts = package_files.stage(
            staging, received.arrival.stream, package, submission=received.submission, progress=progress
        )
        prepared = package_certificates.prepare(
            registry, principal.site, package, party=received.submission.party, progress=progress
        )
        progress("committing", 0, None)
        read = _ReadPackage(package, parts, prepared)
        return receipts.commit(
            registry,
            principal,
            received,
            staging,
            lambda connection, stored: _take(registry, connection, principal, stored, read),
        )


def list_uploads(registry: Registry, principal: Principal, page: PageRequest) -> list[UploadReceipt]:
    """Return uploads that the principal may see, newest first, one more than asked.

    They are counted: what became of each, `get_upload` says.
    """
    with registry.read() as connection:
        found = submission_table.list_submissions(connection, principal.scope, page)
        parties = [each.party for each in found if each.party is not None]
        known = party_table.parties_by_id(connection, principal.site, parties)
        sent = [(each, None if each.party is None else known[each.party]) for each in found]
        return receipts.receipt_heads(registry, connection, principal, sent)


def get_upload(registry: Registry, principal: Principal, upload: str) -> UploadReceipt:
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
        return receipts.receipt_of(registry, connection, principal, found, party)


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
    read: _ReadPackage,
) -> UploadOutcome:
    submitter = stored.submitter(principal.site)
    package = read.package
    taken = identifiables.take(registry, connection, submitter, package.identifiables, read.parts.parts)
    borne = package_files.take(connection, submitter, taken, package, read.parts)
    put = papers.open_papers(registry, connection, principal, stored)
    certificates = package_certificates.take(put, submitter, taken, read.certificates)
    structures, noticed = as_built.summarise(package, limits=registry.limits)
    brought = Brought(documents=Spans(), has_files=borne.is_stated, bearing=borne.bearing)
    brought.documents.add(taken.documents.values())
    return UploadOutcome(
        brought=brought,
        changes=taken.changes,
        lots=taken.lots,
        certificates=certificates,
        as_built=structures,
        files=read.parts.parts,
        findings=[*package.findings, *read.certificates.findings, *taken.findings, *noticed],
        further={"thumbnail": read.parts.thumbnail, "metamodel": package.metamodel},
        changes_more=borne.are_new,
    )
