"""Submissions: bytes that a party sent, on record once, however often they are sent.

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
    """

    event: str
    subject: str
    counts: str = "{}"
    outcome: bytes = b"{}"


def find_known(registry: Registry, site: Site, submission: NewSubmission) -> Submission | None:
    """Return the submission of the same content by the same party, None where there is none."""
    with registry.read() as connection:
        return submission_table.find_same_content(connection, site, submission)


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
        submission: What was sent. Where the same is on record already, that is the answer.
        staging: Its files, which are kept last.
        take: Stores what the submission brings; gives what the submission is recorded with.
        dry_run: Do everything, then roll it back.
    """
    site = principal.site
    with registry.write(site) as connection:
        known = submission_table.find_same_content(connection, site, submission)
        if known is not None:
            return known, False
        now = recording_time(connection)
        submission_table.add_files(connection, site, staging.sizes, now=now)
        stored = submission_table.with_id(connection, registry.allocator, site, submission, now=now)
        recorded = take(connection, stored)
        stored = replace(stored, outcome=recorded.outcome, counts=recorded.counts)
        submission_table.add_submission(connection, site, stored)
        audit.record(registry, connection, principal, recorded.event, recorded.subject, submission.file_name)
        if dry_run:
            connection.rollback()
        else:
            staging.keep()  # last: whatever refuses it has done so by now
    return stored, True
