"""Receipts: what everyone who sends a file is answered, whatever the file was.

What uploads of packages and of spreadsheets share: whether the same was taken before, and the
receipt that stands in the list of uploads.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import orjson

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.certificates import Notice
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.identifiers import CertificateId, LotId, Sha256, Site
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress
from aas_registry.services import submissions
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.identifiables import StoredPart
from aas_registry.services.intake.receipt_standing import certificate_standing, lot_ids_now
from aas_registry.services.parties import party_for
from aas_registry.services.public_ids import Noun, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.services.submissions import Recorded
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage.certificates import Certificate
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.parties import Party
from aas_registry.storage.uploads import standing, submission_certificates
from aas_registry.storage.uploads.standing import Brought
from aas_registry.storage.uploads.submissions import UPLOAD_CHANNEL, NewSubmission, Submission

_CHUNK = 1024 * 1024
_MEMBERS = {
    IdentifiableKind.SHELL: "shells",
    IdentifiableKind.SUBMODEL: "submodels",
    IdentifiableKind.CONCEPT_DESCRIPTION: "conceptDescriptions",
}
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True)
class TakenCertificate:
    """A certificate that came with a file.

    Attributes:
        part: Which part of the file, or which attachment, it was.
        certificate: Where it stands.
        lots: How many lots of a list it covers; None where the file is no list.
        is_new: Whether it was submitted now; False where the same bytes had brought it before.
    """

    part: str
    certificate: Certificate
    lots: int | None = None
    is_new: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOutcome:
    """All that became of a file: a receipt lists the first of each kind, and counts them all.

    Attributes:
        changes: The objects by kind and identifier: ``added``, ``changed`` or ``unchanged``.
        lots: The lots, each with what the file says of it.
        certificates: Those that came with it.
        as_built: The structures, as they stand in the receipt.
        files: What it holds beside its objects.
        findings: What was noticed.
        counts: Of what is more than is given here.
        further: What the receipt says besides, as it stands there.
        changes_more: Whether it changed more of the record than ``changes`` and ``certificates`` say.
        brought: The rows that it speaks of; None where these are not known.
    """

    changes: Mapping[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    lots: Sequence[tuple[LotId, LotFacts]] = ()
    certificates: Sequence[TakenCertificate] = ()
    as_built: Sequence[Mapping[str, Any]] = ()
    files: Sequence[StoredPart] = ()
    findings: Sequence[Finding] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    further: Mapping[str, Any] = field(default_factory=dict)
    changes_more: bool = False
    brought: Brought | None = None

    @property
    def is_unchanged(self) -> bool:
        """Return whether all that the file says was on record before."""
        return not (
            self.changes_more
            or any(change != "unchanged" for change in self.changes.values())
            or any(each.is_new for each in self.certificates)
        )


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived: who sent it, and by what it is known.

    Attributes:
        party: The party it counts for; None for the plant.
    """

    arrival: Arrival
    party: Party | None
    submission: NewSubmission


@dataclass(frozen=True, slots=True)
class UploadReceipt:
    """The answer to an upload.

    Attributes:
        id: The upload's opaque id; None for a dry run.
        submission: What is stored of it.
        is_new: Whether anything was taken; False where the same bytes were taken before.
        party_code: Code of the party it counts for; None for the plant.
        is_unchanged: Whether this very file was sent again and all that it brought is so still.
        is_trial: Whether a dry run found that, which says what would become of it now: nothing.
        notices: How many of its certificates somebody should see, by why, as they stand now.
        certificates: Its certificates that are listed, by their opaque ids, as they stand now.
        lots: Opaque ids of its lots that are listed, as they are now, in the order of the list.
    """

    id: str | None
    submission: Submission
    is_new: bool
    party_code: str | None
    is_unchanged: bool = False
    is_trial: bool = False
    notices: Mapping[Notice, int] = field(default_factory=dict)
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    lots: Sequence[str] = ()

    @property
    def to_see(self) -> list[tuple[Notice, int, str | None]]:
        """Return why certificates are to be seen, the worst first, of how many, and one that is listed."""
        first: dict[Notice | None, str] = {}
        for public, each in self.certificates.items():
            first.setdefault(submission_certificates.notice_about(each), public)
        return [(each, self.notices[each], first.get(each)) for each in Notice if self.notices.get(each)]

    @property
    def key(self) -> tuple[str, int]:
        """Return the place in the list, newest first."""
        return self.submission.received_at.isoformat(), self.submission.id

    @property
    def counts(self) -> dict[str, Any]:
        """Return how much of each kind was taken, and the number of findings of each severity."""
        loaded: dict[str, Any] = orjson.loads(self.submission.counts)
        return loaded

    @property
    def outcome(self) -> dict[str, Any]:
        """Return what was taken, and the findings, as JSON; nothing where many receipts are listed.

        Certificates are shown as they stand now, and lots by the ids that they have now.
        """
        loaded: dict[str, Any] = orjson.loads(self.submission.outcome)
        for each in loaded.get("certificates", ()):
            found = self.certificates.get(each["id"])
            if found is not None:
                each.update(certificate_standing(found))
        for each, lot in zip(loaded.get("lots", ()), self.lots, strict=False):
            each["id"] = lot
        return _without_changes(loaded) if self.is_trial else loaded


def receive(
    registry: Registry,
    principal: Principal,
    arrival: Arrival,
    *,
    progress: Progress,
    channel: str = UPLOAD_CHANNEL,
) -> Received:
    """Read what arrives once, for its digest, and find whom it counts for; nothing is stored yet.

    Args:
        registry: The running parts.
        principal: Who sends it.
        arrival: The file; read from its beginning.
        progress: Is called with the bytes read, phase ``receiving``.
        channel: Tells apart submissions of equal bytes that mean different things.

    Raises:
        ForbiddenError: A supplier named another party than its own.
        NotFoundError: The named party is not on record.
        InvalidRequestError: A supplier's token or user is tied to no party.
    """
    party = party_for(registry, principal, arrival.options.on_behalf_of)
    stream, digest = arrival.stream, hashlib.sha256()
    total = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        progress("receiving", stream.tell(), total)
    submission = NewSubmission(
        party=None if party is None else party.id,
        channel=channel,
        sha256=Sha256(digest.hexdigest()),
        file_name=display_name(arrival.file_name),
        media_type=arrival.media_type[:255],
        size=stream.tell(),
        submitted_by=principal.label,
    )
    return Received(arrival, party, submission)


def find_standing(registry: Registry, principal: Principal, received: Received) -> UploadReceipt | None:
    """Return the receipt of the same content from the same party, if all that it brought is so still."""
    known = submissions.find_standing(registry, principal.site, received.submission)
    return None if known is None else _unchanged(registry, principal, known, received)


def _unchanged(
    registry: Registry, principal: Principal, known: Submission, received: Received
) -> UploadReceipt:
    with registry.read() as connection:
        receipt = receipt_of(registry, connection, principal, known, received.party)
    return replace(receipt, is_unchanged=True, is_trial=received.arrival.options.dry_run)


def receipt_of(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    submission: Submission,
    party: Party | None,
) -> UploadReceipt:
    """Return the receipt of a stored submission and the party that it counts for."""
    head = receipt_heads(registry, connection, principal, [(submission, party)])[0]
    site, listed = principal.site, [each["id"] for each in head.outcome.get("certificates", ())]
    numbers = {CertificateId(to_internal(registry, site, Noun.CERTIFICATE, each)): each for each in listed}
    found = certificate_table.find_certificates(connection, principal.scope, list(numbers))
    lots = lot_ids_now(registry, connection, site, head.outcome.get("lots", ()))
    return replace(head, certificates={numbers[number]: each for number, each in found.items()}, lots=lots)


def receipt_heads(
    registry: Registry,
    connection: Connection,
    principal: Principal,
    found: Sequence[tuple[Submission, Party | None]],
) -> list[UploadReceipt]:
    """Return receipts of stored submissions, and what is to be seen of all their certificates."""
    numbers = [each.id for each, _ in found]
    notices = submission_certificates.count_notices(connection, principal.scope, numbers)
    return [
        UploadReceipt(
            id=to_public(registry, principal.site, Noun.UPLOAD, each.id),
            submission=each,
            is_new=False,
            party_code=None if party is None else party.code,
            notices=notices[each.id],
        )
        for each, party in found
    ]


def commit(
    registry: Registry,
    principal: Principal,
    received: Received,
    staging: Staging,
    take: Callable[[Connection, Submission], UploadOutcome],
) -> UploadReceipt:
    """Put what arrived on record, in one transaction; ``take`` stores what it holds.

    A dry run is rolled back.
    """
    site, dry_run = principal.site, received.arrival.options.dry_run
    taking = _IncomingUpload(registry, site, take, is_kept=not dry_run)
    stored, is_new = submissions.commit(
        registry, principal, received.submission, staging, taking.record, dry_run=dry_run
    )
    if not is_new:
        return _unchanged(registry, principal, stored, received)
    found = [each.certificate for each in taking.outcome.certificates]
    shown = [] if dry_run else found[: registry.limits.receipt_entries]
    noticed = Counter(submission_certificates.notice_about(each) for each in found)
    return UploadReceipt(
        id=None if dry_run else to_public(registry, site, Noun.UPLOAD, stored.id),
        submission=stored,
        is_new=True,
        party_code=None if received.party is None else received.party.code,
        notices={notice: count for notice, count in noticed.items() if notice is not None},
        certificates={to_public(registry, site, Noun.CERTIFICATE, each.id): each for each in shown},
    )


@dataclass(slots=True)
class _IncomingUpload:
    """What an upload brings on its way into the database, and what became of it."""

    registry: Registry
    site: Site
    take: Callable[[Connection, Submission], UploadOutcome]
    is_kept: bool = field(kw_only=True)
    outcome: UploadOutcome = field(default_factory=UploadOutcome)

    def record(self, connection: Connection, stored: Submission) -> Recorded:
        registry, site = self.registry, self.site
        self.outcome = outcome = self.take(connection, stored)
        known = [each.certificate.id for each in outcome.certificates if not each.is_new]
        submission_certificates.add_known(connection, site, stored.id, known)
        stands, brought = None, outcome.brought
        if brought is not None:
            stands = standing.standing_of(connection, site, stored.party, brought)
        return Recorded(
            event="upload taken",
            subject=to_public(registry, site, Noun.UPLOAD, stored.id),
            counts=_counted(outcome),
            outcome=canonical_bytes(_listed(registry, site, outcome, is_kept=self.is_kept)),
            is_unchanged=outcome.is_unchanged,
            standing=stands,
        )


def _without_changes(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return what a receipt lists where all of it is on record as it stands."""
    for each in chain(*(outcome.get(name, ()) for name in (*_MEMBERS.values(), "certificates"))):
        each["change"] = "unchanged"
    if "spreadsheet" in outcome:
        counts = outcome["spreadsheet"]
        counts |= dict.fromkeys(("addedLots", "changedLots", "newPackages", "endedPackages"), 0)
        counts["unchangedLots"] = counts["lots"]
    return outcome


def _listed(registry: Registry, site: Site, outcome: UploadOutcome, *, is_kept: bool) -> dict[str, Any]:
    """Return what a receipt lists; of a dry run an id would name nothing, and later something else."""
    most = registry.limits.receipt_entries
    findings = sorted(outcome.findings, key=lambda each: _WORST_FIRST.index(each.severity))
    changes: dict[str, list[dict[str, str]]] = {name: [] for name in _MEMBERS.values()}
    for (kind, identifier), change in outcome.changes.items():
        changes[_MEMBERS[kind]].append({"id": identifier, "change": change})
    return {
        **{name: each[:most] for name, each in changes.items()},
        "lots": [
            {
                "id": to_public(registry, site, Noun.LOT, lot) if is_kept else None,
                "manufacturer": facts.manufacturer,
                "mpn": facts.mpn,
                "code": facts.lot_code,
            }
            for lot, facts in outcome.lots[:most]
        ],
        "certificates": [
            {
                "id": to_public(registry, site, Noun.CERTIFICATE, each.certificate.id) if is_kept else None,
                "part": each.part,
                "sha256": each.certificate.sha256,
                "change": "added" if each.is_new else "unchanged",
                **certificate_standing(each.certificate),
                **({} if each.lots is None else {"lots": each.lots}),
            }
            for each in outcome.certificates[:most]
        ],
        "asBuilt": outcome.as_built[:most],
        "files": [
            {"part": each.name, "mediaType": each.media_type, "sha256": each.sha256, "size": each.size}
            for each in outcome.files[:most]
        ],
        "findings": [each.as_json() for each in findings[:most]],
        **outcome.further,
    }


def _counted(outcome: UploadOutcome) -> str:
    kinds = Counter(kind for kind, _ in outcome.changes)
    severities = Counter(each.severity for each in outcome.findings)
    counts: dict[str, Any] = {
        **{name: kinds[kind] for kind, name in _MEMBERS.items()},
        "lots": len(outcome.lots),
        "certificates": len(outcome.certificates),
        "asBuilt": len(outcome.as_built),
        "files": len(outcome.files),
        **outcome.counts,
    }
    return canonical_bytes(
        counts | {"findings": {each.value: severities[each] for each in Severity}}
    ).decode()
