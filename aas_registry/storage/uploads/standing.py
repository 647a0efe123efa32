"""What a submission brought, and whether all of it is still on record as it left it.

A stock is a few sums over those rows, and of none of them can a sum come back to what it was: a
document that is changed gets a higher version, one that is deleted counts one more, a claim that
has ended never begins again, files that went with a document never go with it again. So equal
sums say that nothing was changed, in a bounded number of statements for however many rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    select,
)

from aas_registry.domain.identifiers import PartyId, Site, SubmissionId
from aas_registry.storage.holders import holder_of
from aas_registry.storage.rows import given_later, given_values, in_chunks
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
    documents, claims = brought.documents.found, brought.claims
    asked = {"site": site, "holder": holder_of(party), "bearing": brought.bearing or _NOTHING}

    def total(measured: str, spans: Sequence[tuple[int, int]]) -> int:
        found, statement = 0, _measures(connection.dialect.name)[measured]
        for part in in_chunks(spans):
            first, last = zip(*part, strict=True)
            values = asked | given_values(connection, first=first, last=last)
            found += int(connection.execute(statement, values).scalar() or 0)
        return found

    measured = {"versions": documents}
    if claims is not None:
        measured |= {"claims": claims.found, "claims_of_lots": documents}
    if brought.has_files:
        measured |= {"borne": documents, "borne_by_others": documents}
    return _Stock(**{name: total(name, spans) for name, spans in measured.items()})


@lru_cache(maxsize=2)
def _measures(dialect: str) -> dict[str, Select[Any]]:
    """Return what `_Stock` has as a sum over the rows whose numbers lie within some spans each.

    To build these takes longer than what they do.
    """
    site: BindParameter[str] = bindparam("site")
    claim, said, bearer = package_claim.c, lot_submission.c, submission_file_bearer.c
    deleted = case((document.c.deleted_at.is_not(None), 1), else_=0)
    versions = select(func.sum(document.c.version + deleted)).where(document.c.site == site)
    current = (claim.site == site, claim.holder == bindparam("holder"), claim.ended_at.is_(None))
    same = (claim.lot == said.lot, claim.delivery_note.is_not_distinct_from(said.delivery_note))
    of_lots = select(func.count()).select_from(lot_submission).join(package_claim, and_(*current, *same))
    borne = select(func.count()).select_from(submission_file_bearer).where(bearer.site == site)
    by_it = bearer.submission == bindparam("bearing")
    span = given_later(dialect, first=int, last=int)

    def summed(measured: Select[Any], number: ColumnElement[Any]) -> Select[Any]:
        of_span = measured.where(number.between(span.c.first, span.c.last)).correlate(span)
        return select(func.sum(of_span.scalar_subquery())).select_from(span)

    return {
        "versions": summed(versions, document.c.id),
        "claims": summed(select(func.count()).select_from(package_claim).where(*current), claim.id),
        "claims_of_lots": summed(of_lots.where(said.site == site, said.ended_at.is_(None)), said.document),
        "borne": summed(borne.where(by_it), bearer.document),
        "borne_by_others": summed(borne.where(not_(by_it)), bearer.document),
    }
