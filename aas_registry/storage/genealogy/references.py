"""Which events speak of a thing: they are applied again when it is no longer known, or known anew."""

from collections.abc import Collection

from sqlalchemy import Column, select

from aas_registry.storage.genealogy.declarations import without_foundation
from aas_registry.storage.genealogy.workspace import Workspace
from aas_registry.storage.rows import in_chunks
from aas_registry.storage.tables import genealogy as tables
from aas_registry.storage.tables import passes
from aas_registry.storage.tables.genealogy import declaration, lot_link, package

_ABOUT: tuple[Column[int], ...] = (
    tables.package_state.c.package,
    tables.lot_link.c.parent,
    tables.lot_link.c.child,
    tables.run_unit.c.unit,
    tables.feed.c.package,
    tables.feed.c.run,
    tables.removal.c.unit,
    tables.movement.c.unit,
    tables.test_result.c.unit,
    tables.quantity_entry.c.item,
    passes.slot_change.c.package,
    passes.completion.c.unit,
)


def unfounded(work: Workspace, items: Collection[int]) -> set[int]:
    """Return what is known no longer, if some things without foundation are not.

    Packages that are known only because material of such a package came into them are not either:
    two that are split into each other do not make each other known.
    """
    found, wanted = set(items), set(items)
    while wanted:
        children: set[int] = set()
        for part in in_chunks(sorted(wanted)):
            into = (lot_link.c.site == work.site) & lot_link.c.parent.in_(part)
            query = select(lot_link.c.child).where(into, lot_link.c.recorded_to.is_(None))
            children.update(work.connection.execute(query).scalars())
        wanted = without_foundation(work, children - found)
        found |= wanted
    return found


def events_about(work: Workspace, items: Collection[int]) -> set[int]:
    """Return the events of which a fact in effect speaks of some packages, units or receipts."""
    found: set[int] = set()
    for part in in_chunks(sorted(items)):
        for column in _ABOUT:
            table = column.table
            said = (table.c.site == work.site) & column.in_(part) & table.c.recorded_to.is_(None)
            found.update(work.connection.execute(select(table.c.event).where(said)).scalars())
        received = select(package.c.id).where(package.c.site == work.site, package.c.receipt.in_(part))
        came = (declaration.c.site == work.site) & declaration.c.item.in_(received)
        found.update(
            work.connection.execute(
                select(declaration.c.event).where(came, declaration.c.recorded_to.is_(None))
            ).scalars()
        )
    return found - {0}
