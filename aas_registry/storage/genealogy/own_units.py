"""The units of one customer: what an auditor's lists begin with, so that they read nothing of others.

What others have would be read otherwise, and be told by the time that an answer takes.

Source:
    docs/semantics.md, section 11.
"""

from sqlalchemy import CTE, Connection, and_, func, select

from aas_registry.domain.events import Relation
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.units import Unit, customer_items, customer_of, units_by_id
from aas_registry.storage.moments import in_effect
from aas_registry.storage.prefixes import fits
from aas_registry.storage.rows import in_order
from aas_registry.storage.tables.genealogy import containment, unit
from aas_registry.storage.tables.namings import holder


def own_units(scope: Scope, moment: Moment) -> CTE:
    """Return the units that a customer's auditor sees, in the column ``unit``.

    They are what is built for the customer, and what is part of that and built for nobody by itself.
    """
    whose = customer_items(scope).cte("customers")
    built = and_(unit.c.site == scope.site, unit.c.customer == whose.c[0], in_effect(unit, moment))
    begun = select(unit.c.id.label("unit")).select_from(in_order(whose, unit, built))
    down = begun.cte("own_units", recursive=True)
    part = and_(
        containment.c.site == scope.site,
        containment.c.parent == down.c.unit,
        containment.c.relation == Relation.PART_OF.value,
        in_effect(containment, moment),
        customer_of(scope.site, containment.c.child, moment).is_(None),
    )
    return down.union(select(containment.c.child).select_from(in_order(down, containment, part)))


def own_units_beginning(
    connection: Connection, scope: Scope, beginning: str, moment: Moment, *, limit: int
) -> list[Unit]:
    """Return units of a customer of which a name begins so, in the order of these names."""
    own = own_units(scope, moment)
    named = and_(holder.c.site == scope.site, holder.c.item == own.c.unit, holder.c.recorded_to.is_(None))
    query = (
        select(holder.c.item)
        .select_from(in_order(own, holder, named))
        .where(fits(holder.c.value_key, matching_key(beginning), by_prefix=True))
        .group_by(holder.c.item)
        .order_by(func.min(holder.c.value_key), holder.c.item)
        .limit(limit)
    )
    numbers = connection.execute(query).scalars().all()
    seen = units_by_id(connection, scope, numbers, moment)
    return [seen[number] for number in numbers if number in seen]
