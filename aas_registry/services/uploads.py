"""Uploads: AAS packages, JSON and XML, taken whole or not at all.

What costs time (reading, checking signatures, writing files) happens before the
transaction; the transaction alone decides that any of it exists.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ForbiddenError, InvalidRequestError, NotFoundError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.identifiers import PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.package import AasPackage, IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role
from aas_registry.formats.upload import read_upload
from aas_registry.services import audit, intake, package_certificates
from aas_registry.services.package_certificates import PreparedCertificates
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage import submissions as submission_table
from aas_registry.storage.database import Connection
from aas_registry.storage.submissions import Submission

_CHUNK = 1024 * 1024
_WITH_IDS = ("lots", "certificates")
_MEMBERS = {
    IdentifiableKind.SHELL: "shells",
    IdentifiableKind.SUBMODEL: "submodels",
    IdentifiableKind.CONCEPT_DESCRIPTION: "conceptDescriptions",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an upload.

    Attributes:
        id: The upload's opaque id; None for a dry run.
        submission: What is stored of it.
        is_new: Whether anything was taken; False where the same bytes were taken before.
        party_code: Code of the party it counts for; None for the plant.
    """

    id: str | None
    submission: Submission
    is_new: bool
    party_code: str | None

    @property
    def key(self) -> tuple[str, int]:
        """Return the place in the list, newest first."""
        return self.submission.received_at.isoformat(), self.submission.id

    @property
    def outcome(self) -> dict[str, Any]:
        """Return what was taken, and the findings, as JSON."""
        loaded: dict[str, Any] = orjson.loads(self.submission.outcome)
        return loaded


def take_upload(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    *,
    file_name: str,
    media_type: str,
    on_behalf_of: str | None = None,
    dry_run: bool = False,
) -> Receipt:
    """Read a file and take all of it.

    Args:
        registry: The running parts.
        principal: Who uploads.
        stream: The file, seekable.
        file_name: As the sender calls it, for display only; so is ``media_type``.
        media_type: As the sender says.
        on_behalf_of: Code or name of the party it counts for; for other roles than suppliers.
        dry_run: Do everything but keep nothing.

    Raises:
        RefusedError: The file cannot be taken; its findings name the place.
        ConflictError: It uses an id that another party holds.
        ForbiddenError: A supplier named another party.
    """
    party, party_code = party_for(registry, principal, on_behalf_of)
    submission = _received(registry, principal, stream, party, file_name, media_type)
    known = _known(registry, principal.site, submission)
    if known is not None:
        return _receipt(registry, principal.site, known, party_code, is_new=False)
    stream.seek(0)
    package = read_upload(stream, file_name=file_name, limits=registry.limits)
    prepared = package_certificates.prepare(registry, principal.site, package, party=party)
    if not dry_run:
        _keep_files(registry, stream, package)
    stored, is_new = _commit(registry, principal, submission, package, prepared, dry_run=dry_run)
    receipt = _receipt(registry, principal.site, stored, party_code, is_new=is_new)
    return replace(receipt, id=None) if dry_run else receipt


def list_uploads(registry: Registry, principal: Principal, page: PageRequest) -> list[Receipt]:
    """Return uploads that the principal may see, newest first, one more than asked."""
    with registry.read() as connection:
        found = submission_table.list_submissions(connection, principal.scope, page)
        parties = [each.party for each in found if each.party is not None]
        known = party_table.parties_by_id(connection, principal.site, parties)
    codes = {number: party.code for number, party in known.items()}
    return [
        _receipt(registry, principal.site, each, codes.get(each.party) if each.party else None, is_new=False)
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
        if found is None or found.channel != "upload":
            raise not_found(Noun.UPLOAD)
        code = None
        if found.party is not None:
            code = party_table.parties_by_id(connection, principal.site, [found.party])[found.party].code
    return _receipt(registry, principal.site, found, code, is_new=False)


def open_original(registry: Registry, principal: Principal, upload: str) -> tuple[Submission, BinaryIO]:
    """Return an upload and its very bytes.

    Raises:
        NotFoundError: No such upload, or not the principal's.
    """
    found = get_upload(registry, principal, upload).submission
    return found, registry.files.open(found.sha256)


def party_for(
    registry: Registry, principal: Principal, on_behalf_of: str | None
) -> tuple[PartyId | None, str | None]:
    """Return the party that a submission counts for, and its code.

    Raises:
        ForbiddenError: A supplier named another party than its own.
        NotFoundError: The named party is not on record.
        InvalidRequestError: A supplier's token or user is tied to no party.
    """
    with registry.read() as connection:
        named = None
        if on_behalf_of is not None:
            named = party_table.find_party(connection, principal.site, on_behalf_of)
        own = None
        if principal.party is not None:
            own = party_table.parties_by_id(connection, principal.site, [principal.party]).get(
                principal.party
            )
    if principal.role is Role.SUPPLIER:
        if own is None:
            raise InvalidRequestError("This login is tied to no party.")
        if on_behalf_of is not None and (named is None or named.id != own.id):
            raise ForbiddenError("A supplier submits for itself only.")
        return own.id, own.code
    if on_behalf_of is not None and named is None:
        raise NotFoundError(Code.PARTY_UNKNOWN.meaning, code=Code.PARTY_UNKNOWN)
    return (None, None) if named is None else (named.id, named.code)


def _received(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    party: PartyId | None,
    file_name: str,
    media_type: str,
) -> Submission:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return Submission(
        party=party,
        channel="upload",
        sha256=Sha256(digest.hexdigest()),
        file_name=display_name(file_name),
        media_type=media_type[:255],
        size=stream.tell(),
        submitted_by=principal.name,
        received_at=registry.clock(),
    )


def _known(registry: Registry, site: Site, submission: Submission) -> Submission | None:
    with registry.read() as connection:
        return submission_table.find_same_content(
            connection, site, holder=submission.holder, channel="upload", sha256=submission.sha256
        )


def _keep_files(registry: Registry, stream: BinaryIO, package: AasPackage) -> None:
    stream.seek(0)
    registry.files.put(stream)
    for each in package.files:
        registry.files.put(each.content)


def _commit(
    registry: Registry,
    principal: Principal,
    submission: Submission,
    package: AasPackage,
    prepared: PreparedCertificates,
    *,
    dry_run: bool,
) -> tuple[Submission, bool]:
    site = principal.site
    with registry.write(site) as connection:
        known = submission_table.find_same_content(
            connection, site, holder=submission.holder, channel="upload", sha256=submission.sha256
        )
        if known is not None:
            return known, False
        submission_table.add_file(
            connection, site, submission.sha256, size=submission.size, now=submission.received_at
        )
        stored = submission_table.add_submission(connection, registry.allocator, site, submission)
        outcome = _take(registry, connection, principal, stored, package, prepared)
        if dry_run:  # rolled back: the ids would name nothing, and later something else
            outcome |= {name: [{**each, "id": None} for each in outcome[name]] for name in _WITH_IDS}
        stored = replace(stored, outcome=canonical_bytes(outcome))
        submission_table.set_outcome(connection, site, stored.id, stored.outcome)
        public = to_public(registry, site, Noun.UPLOAD, stored.id)
        audit.record(registry, connection, principal, "upload taken", public, submission.file_name)
        if dry_run:
            connection.rollback()
    return stored, True


def _take(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    stored: Submission,
    package: AasPackage,
    prepared: PreparedCertificates,
) -> dict[str, Any]:
    submitter = intake.Submitter(
        site=principal.site, holder=stored.holder, submission=stored.id, at=stored.received_at
    )
    parts = [
        intake.StoredPart(each.part, each.digest(), each.media_type, len(each.content))
        for each in package.files
    ]
    taken = intake.take(registry, connection, submitter, package.identifiables, parts)
    certificates = package_certificates.take(registry, connection, principal, submitter, taken, prepared)
    findings = [*package.findings, *prepared.findings, *taken.findings]
    return {
        **{_MEMBERS[kind]: _changes(taken, kind) for kind in IdentifiableKind},
        "lots": [
            {
                "id": to_public(registry, principal.site, Noun.LOT, lot),
                "manufacturer": facts.manufacturer,
                "mpn": facts.mpn,
                "code": facts.lot_code,
            }
            for lot, facts in taken.lots
        ],
        "certificates": certificates,
        "files": [
            {"part": each.part, "mediaType": each.media_type, "sha256": each.digest()}
            for each in package.files
        ],
        "metamodel": package.metamodel,
        "findings": [each.as_json() for each in findings],
    }


def _changes(taken: intake.Taken, kind: IdentifiableKind) -> list[dict[str, str]]:
    return [
        {"id": identifier, "change": change}
        for (of_kind, identifier), change in taken.changes.items()
        if of_kind is kind
    ]


def _receipt(
    registry: Registry, site: Site, submission: Submission, party_code: str | None, *, is_new: bool
) -> Receipt:
    return Receipt(to_public(registry, site, Noun.UPLOAD, submission.id), submission, is_new, party_code)
