"""Receipts: what everyone who sends a file is answered, whatever the file was.

What uploads of packages and of spreadsheets share: whom they count for, whether the same was
taken before, and the receipt that stands in the list of uploads.
"""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import orjson

from aas_registry.domain.canonical_json import canonical_bytes
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ForbiddenError, InvalidRequestError, NotFoundError
from aas_registry.domain.file_names import display_name
from aas_registry.domain.identifiers import PartyId, Sha256, Site
from aas_registry.domain.principals import Principal, Role
from aas_registry.domain.progress import Progress
from aas_registry.services import audit
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage import submissions as submission_table
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.submissions import UPLOAD_CHANNEL, Submission

_CHUNK = 1024 * 1024
_WITH_IDS = ("lots", "certificates")


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


def received(
    registry: Registry,
    principal: Principal,
    stream: BinaryIO,
    party: PartyId | None,
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
        party=party,
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
    registry: Registry, site: Site, submission: Submission, party_code: str | None, *, is_new: bool
) -> Receipt:
    """Return the receipt of a stored submission."""
    return Receipt(to_public(registry, site, Noun.UPLOAD, submission.id), submission, is_new, party_code)


def commit(
    registry: Registry,
    principal: Principal,
    submission: Submission,
    staging: Staging,
    take: Callable[[Connection, Submission], dict[str, Any]],
    *,
    sizes: Mapping[Sha256, int],
    dry_run: bool,
) -> tuple[Submission, bool]:
    """Store a submission and what it holds, in one transaction; return it, and whether it is new.

    ``take`` stores what the submission, which has its id by then, holds, and gives the outcome;
    ``sizes`` are the bytes of the files that it does not put on record itself. The staged files
    are kept last. A dry run is rolled back.
    """
    site = principal.site
    with registry.write(site) as connection:
        known = submission_table.find_same_content(
            connection, site, holder=submission.holder, channel=submission.channel, sha256=submission.sha256
        )
        if known is not None:
            return known, False
        submission_table.add_files(connection, site, sizes, now=submission.received_at)
        stored = submission_table.add_submission(connection, registry.allocator, site, submission)
        outcome = take(connection, stored)
        if dry_run:  # rolled back: the ids would name nothing, and later something else
            outcome |= {name: [{**each, "id": None} for each in outcome[name]] for name in _WITH_IDS}
        stored = replace(stored, outcome=canonical_bytes(outcome))
        submission_table.set_outcome(connection, site, stored.id, stored.outcome)
        public = to_public(registry, site, Noun.UPLOAD, stored.id)
        audit.record(registry, connection, principal, "upload taken", public, submission.file_name)
        if dry_run:
            connection.rollback()
        else:
            staging.keep()  # last: whatever refuses it has done so by now
    return stored, True
