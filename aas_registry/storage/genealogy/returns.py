"""Returns: which of the units that hold some material came back, and where they are now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from aas_registry.domain.events import Action
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.genealogy.present import Present
from aas_registry.storage.genealogy.reach import Form, reach_of
from aas_registry.storage.genealogy.sought import MaterialHeld
from aas_registry.storage.moments import begun, in_effect, recorded
from aas_registry.storage.prepared import prepared
from aas_registry.storage.rows import in_order
from aas_registry.storage.tables.genealogy import movement, shipped


@dataclass(frozen=True, slots=True)
class ReturnedUnit:
    """A unit that came back; ``shipment`` is with what it left since, None while it is here."""

    unit: int
    returned_at: datetime
    reason: str | None
    shipment: int | None


def returned_units(
    connection: Connection, scope: Scope, held: MaterialHeld, moment: Moment, there: Present, *, limit: int
) -> list[ReturnedUnit]:
    """Return products that hold some material and came back, the last first, each once as of its last return.

    One more than asked tells that there are more.
    """
    form = Form(level=Level.PRODUCT, ever=False, there=there, dialect=held.dialect)
    asked = _returned(scope, held.lot, moment, limit + 1, form=form)
    return [ReturnedUnit(*row) for row in asked.ask(connection, **held.values)]


@prepared
def _returned(scope: Scope, lot: int | None, moment: Moment, most: int, *, form: Form) -> Select[Any]:
    site = scope.site
    asked = reach_of(scope, lot, moment, form).units().cte("asked")
    unit = asked.c[0]
    back = and_(
        movement.c.site == site,
        movement.c.unit == unit,
        movement.c.action == Action.RETURN.value,
        recorded(movement, moment),
        begun(movement, moment, "happened_at"),
    )
    gone = and_(shipped.c.site == site, shipped.c.unit == unit, in_effect(shipped, moment))
    last = func.max(movement.c.happened_at).over(partition_by=unit)
    every = (
        select(
            unit.label("unit"),
            movement.c.happened_at,
            movement.c.reason,
            shipped.c.shipment,
            last.label("last"),
        )
        .select_from(in_order(in_order(asked, movement, back), shipped, gone, isouter=True))
        .subquery()
    )
    return (
        select(every.c.unit, every.c.happened_at, func.min(every.c.reason), func.min(every.c.shipment))
        .where(every.c.happened_at == every.c.last)
        .group_by(every.c.unit, every.c.happened_at)
        .order_by(every.c.happened_at.desc(), every.c.unit)
        .limit(most)
    )
