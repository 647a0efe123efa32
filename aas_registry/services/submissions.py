"""Submissions: bytes that a party sent, on record once, as long as what they brought is so still.

Where some of that was changed or deleted since, the same bytes are taken again, as another
submission; where none was, the earlier one is the answer, and nothing is stored.

Every kind of submission (package, list, certificate) is put on record by `commit`: one
transaction holds its row, what it brought, its files and the entry of the audit trail.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aas_registry.domain.identifiers import Site
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.registry import Registry
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.files import Staging
from aas_registry.storage.uploads import standing
from aas_registry.storage.uploads import submissions as submission_table
from aas_registry.storage.uploads.submissions import NewSubmission, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a submission goes on record with, once what it brought is stored.

    Attributes:
        event: What the audit trail says was done.
        subject: Opaque id of what it was done to.
        counts: JSON: how much was taken, and found.
        outcome: Canonical JSON: what was taken, and the findings.
        is_unchanged: Whether all that the submission brings was on record before.
        standing: How what it brings stands now; None where that cannot be told later.
    """

    event: str
    subject: str
    counts: str = "{}"
    outcome: bytes = b"{}"
    is_unchanged: bool = False
    standing: str | None = None


def find_standing(registry: Registry, site: Site, submission: NewSubmission) -> Submission | None:
    """Return the submission of the same content by the same party, if all that it brought still stands."""
    with registry.read() as connection:
        known = submission_table.find_same_content(connection, site, submission)
        return known if known is not None and _stands(connection, site, known) else None


def commit(
    registry: Registry,
    principal: Principal,
    submission: NewSubmission,
    staging: Staging,
    take: Callable[[Connection, Submission], Recorded],
    *,
    dry_run: bool = False,
) -> tuple[Submission, bool]:
    """Store a submission, what it brings and its files; return it, and whether it is new.

    Args:
        registry: The running parts.
        principal: Who sends it.
        submission: What was sent. Where the same is on record, and still stands, that is the answer.
        staging: Its files, which are kept last; ``take`` stores what else it brings.
        take: Gives what the submission is recorded with.
        dry_run: Do everything, then roll it back.
    """
    site = principal.site
    with registry.write(site) as connection:
        known = submission_table.find_same_content(connection, site, submission)
        if known is not None and _stands(connection, site, known):
            return known, False
        now = recording_time(connection)
        before = connection.begin_nested()
        submission_table.add_files(connection, site, staging.sizes, now=now)
        stored = submission_table.with_id(connection, registry.allocator, site, submission, now=now)
        recorded = take(connection, stored := _counted(stored, known))
        if known is not None and recorded.is_unchanged:
            before.rollback()
            submission_table.keep_standing(connection, site, known.id, recorded.standing)
            return known, False
        before.commit()
        stored = _put_on_record(registry, connection, principal, stored, recorded)
        if dry_run:
            connection.rollback()
        else:
            staging.keep()  # last: whatever refuses it has done so by now
    return stored, True


def _counted(stored: Submission, known: Submission | None) -> Submission:
    return stored if known is None else replace(stored, taking=known.taking + 1)


def _put_on_record(
    registry: Registry, connection: Connection, principal: Principal, stored: Submission, recorded: Recorded
) -> Submission:
    whole = replace(stored, outcome=recorded.outcome, counts=recorded.counts, standing=recorded.standing)
    submission_table.add_submission(connection, principal.site, whole)
    audit.record(registry, connection, principal, recorded.event, recorded.subject, stored.file_name)
    return whole


def _stands(connection: Connection, site: Site, known: Submission) -> bool:
    # A certificate that was submitted by itself is never taken off the record.
    return not known.is_upload or standing.still_stands(connection, site, known.party, known.standing)
