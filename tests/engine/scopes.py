"""Section 11: what is told to whom."""

from engine.names import Anomaly, Unit
from engine.replay import View
from engine.vocabulary import form

# What depends on how much others used, or says that others exist, is not told to a customer [D33].
_OF_THE_PLANT = {
    "overdrawn",
    "unitsOfMeasure",
    "correctionRing",
    "datedAhead",
    "sequenceTwice",
    "undecided",
}


class Scope:
    """What the plant (no customer), or a customer's auditor, is told."""

    def __init__(self, view: View, customer: str | None = None) -> None:
        self._view = view
        self.customer = None if customer is None else form(customer)

    def customer_of(self, unit: Unit) -> str | None:
        """[11] Return the unit's own customer, else that of what it is part of."""
        own = self._view.declared.unit(unit).get("customer")
        stay = self._view.places.parent(unit)
        # Neither a carton nor a panel, which may carry boards of several, is what a unit is part of.
        if own is not None or stay is None or stay.relation != "partOf":
            return own
        return self.customer_of(stay.target)  # type: ignore[arg-type]

    def sees(self, unit: Unit) -> bool:
        return self.customer is None or self.customer_of(unit) == self.customer

    def is_theirs_in(self, unit: Unit, relation: str, *, is_in_theirs: bool) -> bool:
        """[11] Answer whether what is, or was, in a unit is told: as its own customer's, else with that unit."""
        own = self._view.declared.unit(unit).get("customer")
        if self.customer is None or own is not None:
            return own == self.customer or self.customer is None
        return is_in_theirs and relation == "partOf"

    def is_nobodys(self, unit: Unit) -> bool:
        """Answer whether a unit is said itself to be built for nobody."""
        return self._view.declared.unit(unit).get("customer") is None

    def walks(self, unit: Unit) -> bool:
        """[D35] Answer whether a way may lead through a unit: theirs, or (a pallet) nobody's."""
        return self.customer is None or self.customer_of(unit) in {None, self.customer}

    def is_in_theirs(self, unit: Unit) -> bool:
        """[11] Answer whether a unit is part of something of theirs: what is others' between is passed over."""
        stay = self._view.places.parent(unit)
        if stay is None or stay.relation != "partOf":
            return False
        return self.sees(stay.target) or self.is_in_theirs(stay.target)  # type: ignore[arg-type]

    def receiver(self, shipment: str) -> str | None:
        """[11] Return to whom a shipment went, where it is told."""
        receiver = self._view.declared.shipment(shipment).get("customer")
        return receiver if self.customer in {None, receiver} else None

    def order(self, shipment: str) -> str | None:
        said = self._view.declared.shipment(shipment)
        return said.get("order") if self.customer in {None, said.get("orderFor")} else None

    def told(self, anomaly: Anomaly) -> Anomaly | None:
        """[11, D33] Return what is told of a contradiction: where it is one between units of theirs alone."""
        if self.customer is None:
            return anomaly
        if anomaly.kind == "removedTwice":  # [11] the package that it names may not be theirs
            anomaly = anomaly._replace(things=tuple(filter(is_unit, anomaly.things)))
        units = tuple(each for each in anomaly.things if is_unit(each) and self.sees(each))
        if anomaly.kind in _OF_THE_PLANT or not units or len(units) < len(anomaly.things):
            return None
        return anomaly


def is_unit(thing: tuple) -> bool:
    """Answer whether a thing is a unit: a tuple of holders, where a package is one holder."""
    return bool(thing) and isinstance(thing[0], tuple)
