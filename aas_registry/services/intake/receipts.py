"""Receipts: what everyone who sends a file is answered, whatever the file was.

What uploads of packages and of spreadsheets share: whether the same was taken before, and the
receipt that stands in the list of uploads.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import orjson

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.file_names import display_name
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.identifiers import LotId, Sha256, Site
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import Progress
from aas_registry.services import audit
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.parties import Party
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.storage.uploads.submissions import UPLOAD_CHANNEL, Submission

_CHUNK = 1024 * 1024
_MEMBERS = {
    IdentifiableKind.SHELL: "shells",
    IdentifiableKind.SUBMODEL: "submodels",
    IdentifiableKind.CONCEPT_DESCRIPTION: "conceptDescriptions",
}
_WORST_FIRST = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that became of a file: a receipt lists the first of each kind, and counts them all.

    Attributes:
        changes: The objects by kind and identifier: ``added``, ``changed`` or ``unchanged``.
        lots: The lots, each with what the file says of it.
        certificates: As they stand in the receipt; so are all that follow.
        counts: Of what is more than is given here.
        further: What the receipt says besides.
    """

    changes: Mapping[tuple[IdentifiableKind, str], str] = field(default_factory=dict)
    lots: Sequence[tuple[LotId, LotFacts]] = ()
    certificates: Sequence[Mapping[str, Any]] = ()
    as_built: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Finding] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    further: Mapping[str, Any] = field(default_factory=dict)


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
    def counts(self) -> dict[str, Any]:
        """Return how much of each kind was taken, and the number of findings of each severity."""
        loaded: dict[str, Any] = orjson.loads(self.submission.counts)
        return loaded

    @property
    def outcome(self) -> dict[str, Any]:
        """Return what was taken, and the findings, as JSON; nothing where many receipts are listed."""
        loaded: dict[str, Any] = orjson.loads(self.submission.outcome)
        return loaded


def receive(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    party: Party | None,
    *,
    file_name: str,
    media_type: str,
    progress: Progress,
    channel: str = UPLOAD_CHANNEL,
) -> Submission:
    """Return a submission of the stream's content, which is read once and not stored yet.

    Args:
        registry: The running parts.
        principal: Who sends it.
        stream: Seekable; read from its beginning.
        party: Whom it counts for.
        file_name: As the sender calls it; so is ``media_type``.
        media_type: As the sender says.
        progress: Told ``receiving`` in bytes.
        channel: Tells apart submissions of equal bytes that mean different things.
    """
    digest = hashlib.sha256()
    total = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        progress("receiving", stream.tell(), total)
    return Submission(
        party=None if party is None else party.id,
        channel=channel,
        sha256=Sha256(digest.hexdigest()),
        file_name=display_name(file_name),
        media_type=media_type[:255],
        size=stream.tell(),
        submitted_by=principal.name,
        received_at=registry.clock(),
    )


def find_known(registry: Registry, site: Site, submission: Submission) -> Submission | None:
    """Return the submission of the same content by the same holder, None where there is none."""
    with registry.read() as connection:
        return submission_table.find_same_content(
            connection, site, holder=submission.holder, channel=submission.channel, sha256=submission.sha256
        )


def receipt_of(
    registry: Registry, site: Site, submission: Submission, party: Party | None, *, is_new: bool
) -> Receipt:
    """Return the receipt of a stored submission and the party that it counts for."""
    public = to_public(registry, site, Noun.UPLOAD, submission.id)
    return Receipt(public, submission, is_new, None if party is None else party.code)


def commit(
    registry: Registry,
    principal: Principal,
    submission: Submission,
    staging: Staging,
    take: Callable[[Connection, Submission], Outcome],
    *,
    sizes: Mapping[Sha256, int],
    dry_run: bool,
) -> tuple[Submission, bool]:
    """Store a submission and what it holds, in one transaction; return it, and whether it is new.

    ``take`` stores what the submission, which has its id by then, holds, and gives the outcome;
    ``sizes`` are the bytes of the staged files, which are kept last. A dry run is rolled back.
    """
    site = principal.site
    with registry.write(site) as connection:
        known = submission_table.find_same_content(
            connection, site, holder=submission.holder, channel=submission.channel, sha256=submission.sha256
        )
        if known is not None:
            return known, False
        submission_table.add_files(connection, site, sizes, now=submission.received_at)
        stored = submission_table.with_id(connection, registry.allocator, site, submission)
        outcome = take(connection, stored)
        listed = _listed(registry, site, outcome, is_kept=not dry_run)
        stored = replace(stored, outcome=canonical_bytes(listed), counts=_counted(outcome))
        submission_table.add_submission(connection, site, stored)
        public = to_public(registry, site, Noun.UPLOAD, stored.id)
        audit.record(registry, connection, principal, "upload taken", public, submission.file_name)
        if dry_run:
            connection.rollback()
        else:
            staging.keep()  # last: whatever refuses it has done so by now
    return stored, True


def _listed(registry: Registry, site: Site, outcome: Outcome, *, is_kept: bool) -> dict[str, Any]:
    most = registry.limits.receipt_entries

    def id_of(public: str) -> str | None:  # of a dry run it would name nothing, and later something else
        return public if is_kept else None

    findings = sorted(outcome.findings, key=lambda each: _WORST_FIRST.index(each.severity))
    return {
        **{name: _changes(outcome, kind)[:most] for kind, name in _MEMBERS.items()},
        "lots": [
            {
                "id": id_of(to_public(registry, site, Noun.LOT, lot)),
                "manufacturer": facts.manufacturer,
                "mpn": facts.mpn,
                "code": facts.lot_code,
            }
            for lot, facts in outcome.lots[:most]
        ],
        "certificates": [{**each, "id": id_of(each["id"])} for each in outcome.certificates[:most]],
        "asBuilt": outcome.as_built[:most],
        "files": outcome.files[:most],
        "findings": [each.as_json() for each in findings[:most]],
        **outcome.further,
    }


def _changes(outcome: Outcome, kind: IdentifiableKind) -> list[dict[str, str]]:
    return [
        {"id": identifier, "change": change}
        for (of_kind, identifier), change in outcome.changes.items()
        if of_kind is kind
    ]


def _counted(outcome: Outcome) -> str:
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
