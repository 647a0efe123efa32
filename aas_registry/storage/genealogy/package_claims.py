"""Queries about what parties say of packages.

A claim belongs to the party that made it: the plant's own roles see all, a supplier its
own. A list replaces what the same party said of the same lot on the same delivery note, and
nothing else: reels of an earlier delivery stay.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Select, select, update

from aas_registry.domain.identifiers import LotId, PartyId, matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.domain.submitter import Submitter
from aas_registry.storage.holders import holder_of, party_of
from aas_registry.storage.ids import IdAllocator
from aas_registry.storage.paging import beyond
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import in_chunks, insert_rows
from aas_registry.storage.tables.package_claims import package_claim

_ROWS = 5000
_table = package_claim.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackageClaim:
    """What a party says of one package; not on record yet.

    Attributes:
        package: Id as printed on it.
        quantity: In ``unit_of_measure``; None where nothing is said.
        delivery_note: On which it came.
    """

    lot: LotId
    package: str
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    delivery_note: str | None = None

    @property
    def same(self) -> tuple[Any, ...]:
        """Return what tells two claims apart that are not merely repeated."""
        key, note = matching_key(self.package), _note_key(self.delivery_note)
        return self.lot, key, self.package, self.quantity, self.unit_of_measure, note


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageClaim(NewPackageClaim):
    """What a party says of one package.

    Attributes:
        party: Who says it; None for the plant.
        recorded_at: When it was said.
    """

    id: int
    party: PartyId | None
    recorded_at: datetime

    @property
    def key(self) -> tuple[int, int]:
        """Return the place in a list: by who said it, then in the order said."""
        return holder_of(self.party), self.id


@dataclass(frozen=True, slots=True)
class ReplacedClaims:
    """What became of the claims about the packages of a list.

    Attributes:
        added: Ids of those that are new.
        kept: Ids of those that were on record and are said again.
        ended: How many are not said any more.
        labels: Of packages of which anything else is said now, in the form for comparing.
    """

    added: Sequence[int]
    kept: Sequence[int]
    ended: int
    labels: frozenset[str]


_STATED = [name for name in PackageClaim.__dataclass_fields__ if name != "party"]


def replace_claims(
    connection: Connection,
    allocator: IdAllocator,
    submitter: Submitter,
    stated: Sequence[NewPackageClaim],
    *,
    notes: Collection[tuple[LotId, str | None]],
) -> ReplacedClaims:
    """Store what a list says of packages, in place of what was said before.

    Args:
        connection: The writing transaction.
        allocator: Gives the ids.
        submitter: Who says it, and when.
        stated: Everything that the list says.
        notes: Lots, each with the delivery note on which the list says it came, that were on
            record before; of these, claims that are not said again end.
    """
    held: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for same, number in _held(connection, submitter, notes):
        held[same].append(number)
    kept = {each.same: held[each.same].pop(0) for each in stated if held.get(each.same)}
    ended = sorted(chain.from_iterable(held.values()))
    added = [each for each in stated if each.same not in kept]
    own = (_table.site == submitter.site) & (_table.holder == holder_of(submitter.party))
    labels = {matching_key(each.package) for each in added}
    for part in in_chunks(ended):
        row = own & _table.id.in_(part)
        gone = update(package_claim).where(row).values(ended_at=submitter.at)
        labels.update(connection.execute(gone.returning(_table.package_key)).scalars())
    numbers: list[int] = []
    for rows in in_chunks(added, _ROWS):
        numbers += _insert(connection, allocator, submitter, rows)
    return ReplacedClaims(numbers, list(kept.values()), len(ended), frozenset(labels))


def list_claims(connection: Connection, scope: Scope, lot: LotId, page: PageRequest) -> list[PackageClaim]:
    """Return what the scope sees of a lot's packages, in the order said, one more than asked."""
    query = _visible(scope).where(_table.lot == lot).order_by(_table.holder, _table.id)
    if page.after is not None:
        query = query.where(beyond((_table.holder, _table.id), page.after))
    return _claims(connection.execute(query.limit(page.limit + 1)))


def claims_about_package(
    connection: Connection, scope: Scope, package: str, *, by_prefix: bool = False, limit: int
) -> list[PackageClaim]:
    """Return what the scope sees of the packages with an id, or with one that begins so.

    One id may be given by several parties.
    """
    query = _visible(scope).where(fits(_table.package_key, matching_key(package), by_prefix=by_prefix))
    return _claims(
        connection.execute(query.order_by(_table.package_key, _table.holder, _table.id).limit(limit))
    )


def _note_key(note: str | None) -> str | None:
    return None if note is None else matching_key(note)


def _visible(scope: Scope) -> Select[Any]:
    query = select(
        _table.id,
        _table.holder,
        _table.lot,
        _table.package,
        _table.quantity,
        _table.unit_of_measure,
        _table.delivery_note,
        _table.recorded_at,
    ).where(_table.site == scope.site, _table.ended_at.is_(None))
    return query if scope.party is None else query.where(_table.holder == scope.party)


def _claims(rows: Iterable[Any]) -> list[PackageClaim]:
    return [
        PackageClaim(**{name: getattr(row, name) for name in _STATED}, party=party_of(row.holder))
        for row in rows
    ]


def _held(
    connection: Connection, submitter: Submitter, notes: Collection[tuple[LotId, str | None]]
) -> Iterable[tuple[tuple[Any, ...], int]]:
    on_note = {(lot, _note_key(note)) for lot, note in notes}
    query = _visible(Scope(submitter.site)).where(_table.holder == holder_of(submitter.party))
    for part in in_chunks(sorted({lot for lot, _ in on_note})):
        for each in _claims(connection.execute(query.where(_table.lot.in_(part)))):
            if (each.lot, _note_key(each.delivery_note)) in on_note:
                yield each.same, each.id


def _insert(
    connection: Connection, allocator: IdAllocator, submitter: Submitter, rows: Sequence[NewPackageClaim]
) -> Sequence[int]:
    numbers = allocator.take(connection, submitter.site, "package_statement", len(rows))
    insert_rows(
        connection,
        package_claim,
        (
            {
                "site": submitter.site,
                "holder": holder_of(submitter.party),
                "id": number,
                "lot": each.lot,
                "package": each.package,
                "package_key": matching_key(each.package),
                "quantity": each.quantity,
                "unit_of_measure": each.unit_of_measure,
                "delivery_note": each.delivery_note,
                "submission": submitter.submission,
                "recorded_at": submitter.at,
            }
            for number, each in zip(numbers, rows, strict=True)
        ),
    )
    return numbers
