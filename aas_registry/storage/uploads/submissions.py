"""Queries about submissions and the stored files they brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, bindparam, insert, select, update

from aas_registry.domain.identifiers import PartyId, Sha256, Site, SubmissionId
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.submitter import Submitter
from aas_registry.storage.holders import holder_of
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.rows import in_chunks, upsert
from aas_registry.storage.tables.submissions import stored_file, submission

UPLOAD_CHANNEL = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubmission:
    """Some bytes that a party sent; not on record yet.

    Attributes:
        party: Who sent it; None for the plant itself.
        channel: ``upload``, ``certificate`` or ``api``; after a space, what else was sent with it.
    """

    party: PartyId | None
    channel: str
    sha256: Sha256
    file_name: str
    media_type: str
    size: int
    submitted_by: str

    @property
    def is_upload(self) -> bool:
        """Return whether it stands in the list of uploads."""
        return self.channel.partition(" ")[0] == UPLOAD_CHANNEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(NewSubmission):
    """Some bytes that a party sent, and what became of them.

    Attributes:
        received_at: Time of recording.
        counts: JSON: how much was taken, and found.
        outcome: Canonical JSON: what was taken, and the findings; not read where many are listed.
        taking: 1 where these bytes were taken for the first time, 2 for the second, …
        standing: How what it brought stood then (`standing`); not read where many are listed.
    """

    id: SubmissionId
    received_at: datetime
    counts: str = "{}"
    outcome: bytes = b"{}"
    taking: int = 1
    standing: str | None = None

    def submitter(self, site: Site) -> Submitter:
        """Return for whom, and under which submission, what it brings is stored."""
        return Submitter(site=site, party=self.party, submission=self.id, at=self.received_at)


_COLUMNS = [submission.c[name] for name in Submission.__dataclass_fields__]
_LISTED = [each for each in _COLUMNS if each.name not in {"outcome", "standing"}]
_SAME_CONTENT = (
    select(*_COLUMNS)
    .where(
        submission.c.site == bindparam("of_site"),
        submission.c.holder == bindparam("of_holder"),
        submission.c.channel == bindparam("of_channel"),
        submission.c.sha256 == bindparam("of_sha256"),
    )
    .order_by(submission.c.taking.desc())
    .limit(1)
)


def add_file(connection: Connection, site: Site, digest: Sha256, *, size: int, now: datetime) -> None:
    """Make a stored file exist; doing so twice changes nothing."""
    add_files(connection, site, {digest: size}, now=now)


def add_files(connection: Connection, site: Site, sizes: Mapping[Sha256, int], *, now: datetime) -> None:
    """Make stored files exist, given their sizes in bytes; those that do already stay as they are."""
    rows = [
        {"site": site, "sha256": digest, "size": size, "stored_at": now} for digest, size in sizes.items()
    ]
    for part in in_chunks(rows):
        connection.execute(upsert(connection.dialect.name, stored_file).on_conflict_do_nothing(), part)


def known_digests(connection: Connection, digests: Sequence[Sha256]) -> set[Sha256]:
    """Return which of some digests are of files that exist on any site."""
    known: set[Sha256] = set()
    for part in in_chunks(digests):
        known.update(
            connection.execute(select(stored_file.c.sha256).where(stored_file.c.sha256.in_(part))).scalars()
        )
    return known


def with_id(
    connection: Connection, allocator: IdAllocator, site: Site, added: NewSubmission, *, now: datetime
) -> Submission:
    """Return a submission with the ``id`` that what it brings refers to; it is not stored yet."""
    values = {name: getattr(added, name) for name in NewSubmission.__dataclass_fields__}
    return Submission(
        id=SubmissionId(allocator.one(connection, site, "submission")), received_at=now, **values
    )


def add_submission(connection: Connection, site: Site, added: Submission) -> None:
    """Store a submission that has its ``id``, and its outcome."""
    row = {name: getattr(added, name) for name in Submission.__dataclass_fields__}
    connection.execute(insert(submission), {"site": site, "holder": holder_of(added.party), **row})


def keep_standing(connection: Connection, site: Site, number: SubmissionId, standing: str | None) -> None:
    """Keep with a submission how what it brought stands: it was found to be on record as it says."""
    row = (submission.c.site == site) & (submission.c.id == number)
    connection.execute(update(submission).where(row).values(standing=standing))


def find_submission(connection: Connection, scope: Scope, number: SubmissionId) -> Submission | None:
    """Return a submission that the scope sees."""
    row = connection.execute(_visible(scope).where(submission.c.id == number)).mappings().first()
    return None if row is None else Submission(**row)


def find_same_content(connection: Connection, site: Site, sent: NewSubmission) -> Submission | None:
    """Return the last submission of the same bytes by the same party, through the same channel."""
    values = {"of_site": site, "of_holder": holder_of(sent.party), "of_channel": sent.channel}
    values["of_sha256"] = sent.sha256
    row = connection.execute(_SAME_CONTENT, values).mappings().first()
    return None if row is None else Submission(**row)


def list_submissions(connection: Connection, scope: Scope, page: PageRequest) -> list[Submission]:
    """Return submissions without their outcomes, newest first; one more than asked tells of a next page."""
    channel = submission.c.channel
    is_upload = (channel == UPLOAD_CHANNEL) | channel.startswith(f"{UPLOAD_CHANNEL} ")
    wanted = _visible(scope, _LISTED).where(is_upload)
    ordered = newest_first(wanted, page, at=submission.c.received_at, number=submission.c.id)
    return [Submission(**row) for row in connection.execute(ordered).mappings()]


def _visible(scope: Scope, columns: Sequence[Column[Any]] = _COLUMNS) -> Select[Any]:
    wanted = select(*columns).where(submission.c.site == scope.site)
    return wanted if scope.party is None else wanted.where(submission.c.party == scope.party)
