"""Queries behind the search box: from a name on a label to what carries it.

Each is one indexed look-up with a bound. What a supplier or a customer's auditor may see of
the answer is decided by the queries of lots, units and certificates, which take the scope.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, select

from aas_registry.domain.identifiers import DocumentId, LotId, Site, matching_key
from aas_registry.domain.items import ItemKind
from aas_registry.storage.prefixes import fits
from aas_registry.storage.tables.genealogy import filling
from aas_registry.storage.tables.lots import lot, lot_submission
from aas_registry.storage.tables.namings import holder


def packages_called(
    connection: Connection, site: Site, text: str, *, by_prefix: bool, limit: int
) -> list[tuple[int, str]]:
    """Return (package, name as it is spelled) of the packages with a name, or with one that begins so."""
    query = (
        select(holder.c.item, holder.c.value)
        .where(
            holder.c.site == site,
            holder.c.kind == ItemKind.PACKAGE.value,
            fits(holder.c.value_key, matching_key(text), by_prefix=by_prefix),
            holder.c.recorded_to.is_(None),
        )
        .order_by(holder.c.value_key, holder.c.item)
        .limit(limit)
    )
    return [(row.item, row.value) for row in connection.execute(query)]


def lots_in_packages(
    connection: Connection, site: Site, packages: Sequence[int], *, limit: int
) -> list[tuple[int, LotId]]:
    """Return (package, lot) for every lot whose material a package holds, through splits and merges."""
    query = (
        select(filling.c.package, lot.c.id)
        .join(lot, and_(lot.c.site == site, lot.c.id == filling.c.source))
        .where(filling.c.site == site, filling.c.package.in_(packages), filling.c.recorded_to.is_(None))
        .distinct()
        .order_by(filling.c.package, lot.c.id)
        .limit(limit)
    )
    return [(row.package, LotId(row.id)) for row in connection.execute(query)]


def lots_of_shells(
    connection: Connection, site: Site, shells: Sequence[DocumentId], *, limit: int
) -> list[LotId]:
    """Return the lots that some shells speak of now."""
    query = (
        select(lot_submission.c.lot)
        .distinct()
        .where(
            lot_submission.c.site == site,
            lot_submission.c.document.in_(shells),
            lot_submission.c.ended_at.is_(None),
        )
        .order_by(lot_submission.c.lot)
        .limit(limit)
    )
    return [LotId(number) for number in connection.execute(query).scalars()]
