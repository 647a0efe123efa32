"""What a submission brought, and whether all of it is still on record as it left it.

A stock is a few sums over those rows, and of none of them can a sum come back to what it was: a
document that is changed gets a higher version, one that is deleted counts one more, a claim that
has ended never begins again, files that went with a document never go with it again. So equal
sums say that nothing was changed, in a bounded number of statements for however many rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, not_, select

from aas_registry.domain.identifiers import PartyId, Site, SubmissionId
from aas_registry.storage.holders import holder_of
from aas_registry.storage.rows import given, in_chunks
from aas_registry.storage.tables.documents import document
from aas_registry.storage.tables.lots import lot_submission
from aas_registry.storage.tables.package_claims import package_claim
from aas_registry.storage.tables.submissions import submission_file_bearer

_NOTHING = 0  # the number of no submission


@dataclass(slots=True)
class Spans:
    """Numbers of rows, from a first to a last each: what is stored together has numbers in a row."""

    found: list[tuple[int, int]] = field(default_factory=list)

    def add(self, numbers: Iterable[int]) -> None:
        """Add some numbers, in any order; those that are there already stay."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted([*self.found, *((each, each) for each in numbers)]):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(last, merged[-1][1])
            else:
                merged.append((first, last))
        self.found = merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a submission says of the record, whether it changed it or found it so.

    Attributes:
        documents: Shells, submodels and concept descriptions.
        claims: What it says of packages; None where it could say nothing of them.
        has_files: Whether it says which files go with its documents beside those that they name.
        bearing: The submission that brought these files; None where none go with the documents.
    """

    documents: Spans
    claims: Spans | None = None
    has_files: bool = False
    bearing: SubmissionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stock:
    versions: int
    claims: int = 0
    claims_of_lots: int = 0
    borne: int = 0
    borne_by_others: int = 0


def standing_of(connection: Connection, site: Site, party: PartyId | None, brought: Brought) -> str | None:
    """Return how what a submission brought stands now, as JSON that is kept with it.

    Returns:
        None where no sum could tell later whether it still stands so.
    """
    stock = _take_stock(connection, site, party, brought)
    if stock.claims != stock.claims_of_lots or stock.borne_by_others:
        return None
    return orjson.dumps({"brought": asdict(brought), "stock": asdict(stock)}).decode()


def still_stands(connection: Connection, site: Site, party: PartyId | None, standing: str | None) -> bool:
    """Return whether all that a submission brought is on record as it left it.

    Args:
        connection: An open connection.
        site: The plant.
        party: Who sent the submission.
        standing: What `standing_of` gave; None is never said to stand.
    """
    if standing is None:
        return False
    kept = orjson.loads(standing)
    said = kept["brought"]
    for name in ("documents", "claims"):
        if said[name] is not None:
            said[name] = Spans(said[name]["found"])
    stock = _take_stock(connection, site, party, Brought(**said))
    return stock == _Stock(**kept["stock"])


def _take_stock(connection: Connection, site: Site, party: PartyId | None, brought: Brought) -> _Stock:
    documents, claims, holder = brought.documents.found, brought.claims, holder_of(party)
    deleted = case((document.c.deleted_at.is_not(None), 1), else_=0)
    versions = select(func.sum(document.c.version + deleted)).where(document.c.site == site)
    said_of_packages, files = {}, {}
    if claims is not None:
        claim = package_claim.c
        current = (claim.site == site, claim.holder == holder, claim.ended_at.is_(None))
        own = select(func.count()).select_from(package_claim).where(*current)
        said = lot_submission.c
        same = (claim.lot == said.lot, claim.delivery_note.is_not_distinct_from(said.delivery_note))
        of_lots = (
            select(func.count())
            .select_from(lot_submission)
            .join(package_claim, and_(*current, *same))
            .where(said.site == site, said.ended_at.is_(None))
        )
        said_of_packages = {
            "claims": _total(connection, claims.found, own, claim.id),
            "claims_of_lots": _total(connection, documents, of_lots, said.document),
        }
    if brought.has_files:
        bearer = submission_file_bearer.c
        borne = select(func.count()).select_from(submission_file_bearer).where(bearer.site == site)
        by_it = bearer.submission == (_NOTHING if brought.bearing is None else brought.bearing)
        files = {
            "borne": _total(connection, documents, borne.where(by_it), bearer.document),
            "borne_by_others": _total(connection, documents, borne.where(not_(by_it)), bearer.document),
        }
    counted = _total(connection, documents, versions, document.c.id)
    return _Stock(versions=counted, **said_of_packages, **files)


def _total(
    connection: Connection,
    spans: Sequence[tuple[int, int]],
    measured: Select[Any],
    number: ColumnElement[Any],
) -> int:
    """Return the sum of what is measured of the rows whose numbers lie within some spans."""
    total = 0
    for part in in_chunks(spans):
        first, last = zip(*part, strict=True)
        span = given(connection, first=first, last=last)
        of_span = measured.where(number.between(span.c.first, span.c.last)).correlate(span)
        found = select(func.sum(of_span.scalar_subquery())).select_from(span)
        total += int(connection.execute(found).scalar() or 0)
    return total
