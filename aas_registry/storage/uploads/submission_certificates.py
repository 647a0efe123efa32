"""Queries about the certificates of uploads: those that one brought, and brought again.

A certificate names the submission that brought it first. Where the same bytes are taken again, it
is not submitted again: the later submission names it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select

from aas_registry.domain.certificates import Notice, notice_of
from aas_registry.domain.identifiers import CertificateId, Site, SubmissionId
from aas_registry.domain.principals import Scope
from aas_registry.storage import certificates as certificate_table
from aas_registry.storage.certificates import Certificate
from aas_registry.storage.holders import holder_of
from aas_registry.storage.rows import in_chunks, insert_rows
from aas_registry.storage.tables.certificates import certificate, certificate_scope
from aas_registry.storage.tables.submissions import submission, submission_certificate
from aas_registry.storage.uploads.submissions import NewSubmission


def certificates_of_content(
    connection: Connection, site: Site, sent: NewSubmission
) -> list[tuple[Certificate, frozenset[int | None]]]:
    """Return the certificates that earlier submissions of the same bytes brought, oldest first.

    Each comes with the lots that it speaks of; None stands for whatever else it speaks of.
    """
    same = (
        submission.c.site == site,
        submission.c.holder == holder_of(sent.party),
        submission.c.channel == sent.channel,
        submission.c.sha256 == sent.sha256,
    )
    earlier = certificate.c.submission.in_(select(submission.c.id).where(*same))
    query = select(certificate.c.id).where(certificate.c.site == site, earlier).order_by(certificate.c.id)
    numbers = connection.execute(query).scalars().all()
    found = certificate_table.find_certificates(connection, Scope(site), numbers)
    lots: dict[int, set[int | None]] = {each: set() for each in numbers}
    scope = certificate_scope.c
    for part in in_chunks(list(lots)):
        rows = select(scope.certificate, scope.item).where(scope.site == site, scope.certificate.in_(part))
        for number, item in connection.execute(rows):
            lots[number].add(item)
    return [(found[each], frozenset(lots[each])) for each in numbers]


def add_known(
    connection: Connection, site: Site, brought_by: SubmissionId, certificates: Sequence[CertificateId]
) -> None:
    """Store that a submission brought certificates again that were on record."""
    keys = ({"site": site, "submission": brought_by, "certificate": each} for each in certificates)
    insert_rows(connection, submission_certificate, keys)


def count_notices(
    connection: Connection, scope: Scope, submissions: Sequence[SubmissionId]
) -> dict[SubmissionId, dict[Notice, int]]:
    """Return, of some submissions, how many certificates each brought of which somebody should know."""
    known = submission_certificate.c
    columns = (certificate.c.state, certificate.c.accepted, certificate.c.signer.is_not(None))
    own = select(certificate.c.submission, *columns).where(
        certificate.c.site == scope.site, certificate.c.submission.in_(submissions)
    )
    again = (
        select(known.submission, *columns)
        .join(certificate, and_(certificate.c.site == known.site, certificate.c.id == known.certificate))
        .where(known.site == scope.site, known.submission.in_(submissions))
    )
    notices: dict[SubmissionId, dict[Notice, int]] = {each: {} for each in submissions}
    for query in (own, again):
        named = query.subquery()
        grouped = select(func.count().label("count"), *named.c).group_by(*named.c)
        for count, number, state, accepted, signed in map(tuple, connection.execute(grouped)):
            notice = notice_of(state, accepted, signed=bool(signed))
            if notice is not None:
                notices[number][notice] = notices[number].get(notice, 0) + count
    return notices


def notice_about(found: Certificate) -> Notice | None:
    """Return what should be seen of a certificate at once."""
    return notice_of(found.state, found.accepted, signed=found.signer is not None)
