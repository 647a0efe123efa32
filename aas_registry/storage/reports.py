"""Queries about signed trace reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from aas_registry.domain.identifiers import PartyId, ReportId, Sha256, Site
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.storage.newest_first import newest_first
from aas_registry.storage.tables.reports import report


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A report that was made: its question, and the digest of its bundle.

    Attributes:
        customer: The customer whose units alone it speaks of; None for all.
        question: Canonical JSON.
        size: Bytes of the bundle.
    """

    id: ReportId
    direction: str
    subject: int
    customer: PartyId | None
    question: bytes
    sha256: Sha256
    size: int
    made_by: str
    made_at: datetime


_FIELDS = tuple(StoredReport.__dataclass_fields__)


def add_report(connection: Connection, site: Site, added: StoredReport) -> None:
    """Store a report under the id that its bundle carries."""
    values = {name: getattr(added, name) for name in _FIELDS}
    connection.execute(insert(report).values(site=site, **values))


def find_report(connection: Connection, scope: Scope, number: ReportId) -> StoredReport | None:
    """Return a report that the scope sees."""
    row = connection.execute(_visible(scope).where(report.c.id == number)).first()
    return None if row is None else _stored(row)


def list_reports(connection: Connection, scope: Scope, page: PageRequest) -> list[StoredReport]:
    """Return reports, newest first; one more than asked tells of a next page."""
    query = newest_first(_visible(scope), page, at=report.c.made_at, number=report.c.id)
    return [_stored(row) for row in connection.execute(query)]


def _visible(scope: Scope) -> Select[Any]:
    query = select(*(report.c[name] for name in _FIELDS)).where(report.c.site == scope.site)
    return query if scope.customer is None else query.where(report.c.customer == scope.customer)


def _stored(row: Sequence[Any]) -> StoredReport:
    return StoredReport(**dict(zip(_FIELDS, row, strict=True)))
