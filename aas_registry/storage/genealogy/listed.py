"""What parties' lists say that packages hold: where no event says it (docs/semantics.md, 4.5).

Derived: of the lists in effect, of who has which label, and of what events say of the packages.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from aas_registry.domain.events import Basis, Certainty, LinkKind
from aas_registry.domain.identifiers import Site, matching_key
from aas_registry.domain.items import EARLIEST, Scheme, rank_of
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import lot_link
from aas_registry.storage.tables.lots import lot, part_type
from aas_registry.storage.tables.namings import holder
from aas_registry.storage.tables.package_claims import package_claim

if TYPE_CHECKING:
    from aas_registry.storage.genealogy.workspace import Workspace


class Listed(NamedTuple):
    """A lot that lists say is in the package with a label."""

    label: str
    lot: int
    manufacturer: str

    def is_of(self, issuer_key: str) -> bool:
        """Return whether it is meant by the label with an issuer, in the form for comparing, or with none."""
        return issuer_key in {"", matching_key(self.manufacturer)}


def listed_under(
    connection: Connection, site: Site, labels: Collection[str], *, now: datetime
) -> Mapping[str, list[Listed]]:
    """Return what the lists in effect at a time of recording say of labels, by their form for comparing."""
    if not labels:
        return {}
    found: defaultdict[str, dict[int, Listed]] = defaultdict(dict)
    claim = package_claim.c
    of_lot = and_(lot.c.site == site, lot.c.id == claim.lot)
    of_part = and_(part_type.c.site == site, part_type.c.id == lot.c.part_type)
    in_effect = (
        claim.site == site,
        claim.recorded_at <= now,
        or_(claim.ended_at.is_(None), claim.ended_at > now),
    )
    query = select(claim.package_key, claim.package, claim.lot, part_type.c.manufacturer)
    query = (
        query.join(lot, of_lot).join(part_type, of_part).where(*in_effect).order_by(claim.holder, claim.id)
    )
    for part in in_chunks(sorted(labels)):
        for row in connection.execute(query.where(claim.package_key.in_(part))):
            found[row.package_key].setdefault(row.lot, Listed(row.package, row.lot, row.manufacturer))
    return {key: list(said.values()) for key, said in found.items()}


def changes_of_lists(connection: Connection, site: Site) -> Iterator[tuple[datetime, list[str]]]:
    """Yield each time of recording at which lists began or ended to say something of labels, and these."""
    at: defaultdict[datetime, dict[str, None]] = defaultdict(dict)
    claim = package_claim.c
    for row in connection.execute(
        select(claim.package_key, claim.recorded_at, claim.ended_at).where(claim.site == site)
    ):
        for moment in (row.recorded_at, row.ended_at):
            if moment is not None:
                at[moment][row.package_key] = None
    yield from ((moment, list(labels)) for moment, labels in sorted(at.items()))


def fold(work: "Workspace", packages: Collection[int]) -> set[int]:
    """Find out anew what lists say that packages hold; return those of which that changed."""
    changed: set[int] = set()
    for part in in_chunks(sorted(packages)):
        wanted = _wanted(work, part)
        current = (lot_link.c.site == work.site, lot_link.c.child.in_(part), lot_link.c.event == 0)
        ended: list[int] = []
        for row in work.connection.execute(
            select(lot_link).where(*current, lot_link.c.recorded_to.is_(None))
        ):
            if wanted.get((row.child, row.parent)) == Certainty(row.certainty):
                del wanted[row.child, row.parent]
            else:
                ended.append(row.id)
                changed.add(row.child)
        work.end(lot_link, ended)
        for (child, parent), certainty in wanted.items():
            changed.add(child)
            work.rows.add(lot_link, **_link(child, parent, certainty))
    work.rows.flush(work.connection)
    return changed


def _link(child: int, parent: int, certainty: Certainty) -> dict[str, Any]:
    none = dict.fromkeys(("quantity", "grey_zone", "zone_run", "zone_to", "zone_until", "unit_of_measure"))
    said = {"kind": LinkKind.RECEIPT.value, "basis": Basis.DOCUMENT.value, "certainty": int(certainty)}
    return {**none, **said, "parent": parent, "child": child, "valid_from": EARLIEST, "place": 0, "event": 0}


def _wanted(work: "Workspace", packages: Sequence[int]) -> dict[tuple[int, int], Certainty]:
    said = _said(work, packages)
    names = [row for row in _names(work, packages) if row.item not in said]
    plain = {row.value_key for row in names if row.scheme == Scheme.PACKAGE.value}
    lists = listed_under(work.connection, work.site, plain, now=work.now)
    lots: defaultdict[int, set[int]] = defaultdict(set)
    for row in names:
        if row.scheme == Scheme.ANNOUNCED.value:
            lots[row.item].add(int(row.issuer_key))
        else:
            lots[row.item].update(
                each.lot for each in lists.get(row.value_key, ()) if each.is_of(row.issuer_key)
            )
    return {
        (item, each): Certainty.EXACT if len(some) == 1 else Certainty.POSSIBLE
        for item, some in lots.items()
        for each in sorted(some)
    }


def _names(work: "Workspace", packages: Sequence[int]) -> list[Row[Any]]:
    schemes = (Scheme.PACKAGE.value, Scheme.ANNOUNCED.value)
    known = (holder.c.site == work.site, holder.c.item.in_(packages), holder.c.recorded_to.is_(None))
    return list(work.connection.execute(select(holder).where(*known, holder.c.scheme.in_(schemes))))


def _said(work: "Workspace", packages: Sequence[int]) -> set[int]:
    """Return the packages of which events say a lot, or that they began with a split or as a new label."""
    said_by = and_(event.c.site == work.site, event.c.id == lot_link.c.event)
    columns = (lot_link.c.child, lot_link.c.kind, lot_link.c.valid_from, lot_link.c.place, event.c.content)
    query = (
        select(*columns)
        .join(event, said_by)
        .where(
            lot_link.c.site == work.site,
            lot_link.c.child.in_(packages),
            lot_link.c.recorded_to.is_(None),
            or_(lot_link.c.parent.is_(None), lot_link.c.parent != lot_link.c.child),
        )
    )
    said: set[int] = set()
    began: dict[int, tuple[tuple[datetime, int, int], str]] = {}
    for row in work.connection.execute(query):
        if row.kind == LinkKind.RECEIPT.value:
            said.add(row.child)
        else:
            flow = (row.valid_from, rank_of(row.content), row.place), row.kind
            began[row.child] = min(flow, began.get(row.child, flow))
    divided = {LinkKind.SPLIT.value, LinkKind.RELABEL.value}
    return said | {package for package, (_, kind) in began.items() if kind in divided}
