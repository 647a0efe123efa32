"""What became of a lot beside its uses: units that came back, and labels that went on with another reel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.identifiers import LotId
from aas_registry.domain.principals import Principal
from aas_registry.services.genealogy.moments import answered_at
from aas_registry.services.genealogy.units import UnitRow, shown_names, unit_rows
from aas_registry.services.public_ids import Noun, not_found, to_internal
from aas_registry.services.registry import Registry
from aas_registry.storage.genealogy.present import present
from aas_registry.storage.genealogy.returns import ReturnedUnit, returned_units
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.genealogy.zones import LabelSpan, label_spans
from aas_registry.storage.lots import find_lot

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LotHistory:
    """What became of a lot.

    Attributes:
        returned: Products that hold the lot and came back, the last first, each with the shipment
            that it left with since.
        spans: Labels that went on with another reel, each with when the lot was in it; none for a
            customer's auditor, as everybody's units are counted.
        has_more_returned: Whether more came back.
        has_more_spans: Whether there are more labels.
    """

    returned: Sequence[tuple[UnitRow, ReturnedUnit, str | None]]
    spans: Sequence[tuple[str, LabelSpan]]
    has_more_returned: bool
    has_more_spans: bool


def lot_history(
    registry: Registry,
    principal: Principal,
    lot: str,
    *,
    as_of: datetime | None = None,
    recorded_as_of: datetime | None = None,
) -> LotHistory:
    """Return what became of a lot.

    Raises:
        NotFoundError: No such lot, or none that the principal may see.
    """
    site, scope = principal.site, principal.scope
    number = LotId(to_internal(registry, site, Noun.LOT, lot))
    with registry.read() as connection:
        found = find_lot(connection, scope, number)
        if found is None:
            raise not_found(Noun.LOT)
        _, moment = answered_at(registry, connection, site, as_of=as_of, recorded_as_of=recorded_as_of)
        held = where_held(connection, site, Sought(lots=[found.id]), moment)
        there = present(connection, site)
        back = returned_units(connection, scope, held, moment, there, limit=MOST)
        spans: list[LabelSpan] = []
        if scope.customer is None:
            spans = label_spans(connection, site, found.id, moment, limit=MOST)
        units = unit_rows(registry, connection, principal, {each.unit for each in back}, moment)
        named = {each.package for each in spans} | {
            each.shipment for each in back if each.shipment is not None
        }
        shown = shown_names(connection, site, named, moment)
    return LotHistory(
        returned=[
            (units[each.unit], each, None if each.shipment is None else shown[each.shipment])
            for each in back[:MOST]
        ],
        spans=[(shown[each.package], each) for each in spans[:MOST]],
        has_more_returned=len(back) > MOST,
        has_more_spans=len(spans) > MOST,
    )
