"""Queries about submissions and the stored files they brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Select, insert, select

from aas_registry.domain.identifiers import PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.rows import in_chunks, upsert
from aas_registry.storage.tables.submissions import stored_file, submission

PLANT_HOLDER = 0
UPLOAD_CHANNEL = "upload"
_NOT_STORED = SubmissionId(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Some bytes that a party sent, and what became of them.

    Attributes:
        party: Who sent it; None for the plant itself.
        channel: ``upload``, ``certificate`` or ``api``; after a space, what else was sent with it.
        outcome: Canonical JSON: what was taken, and the findings.
    """

    id: SubmissionId = _NOT_STORED  # given when it is stored
    party: PartyId | None
    channel: str
    sha256: Sha256
    file_name: str
    media_type: str
    size: int
    submitted_by: str
    received_at: datetime
    outcome: bytes = b"{}"

    @property
    def holder(self) -> int:
        """Return the party's id, or 0 for the plant."""
        return holder_of(self.party)

    @property
    def is_upload(self) -> bool:
        """Return whether it stands in the list of uploads."""
        return self.channel.partition(" ")[0] == UPLOAD_CHANNEL


def holder_of(party: PartyId | None) -> int:
    """Return the number under which a party, or the plant, holds what it submitted."""
    return PLANT_HOLDER if party is None else party


def add_file(connection: Connection, site: Site, digest: Sha256, *, size: int, now: datetime) -> None:
    """Make a stored file exist; doing so twice changes nothing."""
    add_files(connection, site, {digest: size}, now=now)


def add_files(connection: Connection, site: Site, sizes: Mapping[Sha256, int], *, now: datetime) -> None:
    """Make stored files exist, given their sizes in bytes; those that do already stay as they are."""
    rows = [
        {"site": site, "sha256": digest, "size": size, "stored_at": now} for digest, size in sizes.items()
    ]
    for part in in_chunks(rows):
        connection.execute(upsert(connection, stored_file).on_conflict_do_nothing(), part)


def known_digests(connection: Connection, digests: Sequence[Sha256]) -> set[Sha256]:
    """Return which of some digests are of files that exist on any site."""
    known: set[Sha256] = set()
    for part in in_chunks(digests):
        known.update(
            connection.execute(select(stored_file.c.sha256).where(stored_file.c.sha256.in_(part))).scalars()
        )
    return known


def add_submission(
    connection: Connection, allocator: IdAllocator, site: Site, added: Submission
) -> Submission:
    """Store a submission; its ``id`` is given here."""
    number = SubmissionId(allocator.one(connection, site, "submission"))
    connection.execute(
        insert(submission).values(
            site=site,
            id=number,
            party=added.party,
            holder=added.holder,
            channel=added.channel,
            sha256=added.sha256,
            file_name=added.file_name,
            media_type=added.media_type,
            size=added.size,
            submitted_by=added.submitted_by,
            received_at=added.received_at,
            outcome=added.outcome,
        )
    )
    return replace(added, id=number)


def set_outcome(connection: Connection, site: Site, number: SubmissionId, outcome: bytes) -> None:
    """Write down what became of a submission, in the transaction that took it."""
    row = (submission.c.site == site) & (submission.c.id == number)
    connection.execute(submission.update().where(row).values(outcome=outcome))


def find_submission(connection: Connection, scope: Scope, number: SubmissionId) -> Submission | None:
    """Return a submission that the scope sees."""
    row = connection.execute(_visible(scope).where(submission.c.id == number)).first()
    return None if row is None else _submission(row)


def find_same_content(
    connection: Connection, site: Site, *, holder: int, channel: str, sha256: Sha256
) -> Submission | None:
    """Return the submission of the same bytes by the same holder."""
    wanted = _visible(Scope(site)).where(
        submission.c.holder == holder, submission.c.channel == channel, submission.c.sha256 == sha256
    )
    row = connection.execute(wanted).first()
    return None if row is None else _submission(row)


def list_submissions(connection: Connection, scope: Scope, page: PageRequest) -> list[Submission]:
    """Return submissions, newest first; one more than asked tells of a next page."""
    channel = submission.c.channel
    is_upload = (channel == UPLOAD_CHANNEL) | channel.startswith(f"{UPLOAD_CHANNEL} ")
    wanted = _visible(scope).where(is_upload)
    ordered = newest_first(wanted, page, at=submission.c.received_at, number=submission.c.id)
    return [_submission(row) for row in connection.execute(ordered)]


def _visible(scope: Scope) -> Select[tuple[object, ...]]:
    wanted = select(
        submission.c.id,
        submission.c.party,
        submission.c.channel,
        submission.c.sha256,
        submission.c.file_name,
        submission.c.media_type,
        submission.c.size,
        submission.c.submitted_by,
        submission.c.received_at,
        submission.c.outcome,
    ).where(submission.c.site == scope.site)
    return wanted if scope.party is None else wanted.where(submission.c.party == scope.party)


def _submission(row: tuple[object, ...]) -> Submission:
    fields = Submission.__dataclass_fields__
    return Submission(**dict(zip(fields, row, strict=True)))  # type: ignore[arg-type]
