"""Section 8: in what a unit is, and with which shipment it left."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from engine.names import Anomaly, Unit
from engine.vocabulary import Key, Line, form

NEVER: Key = (datetime.max.replace(tzinfo=UTC), 0, 0)
BEGINNING: Key = (datetime.min.replace(tzinfo=UTC), 0, 0)


@dataclass
class Stay:
    """A unit was in a parent, or with a shipment, from one statement to another."""

    unit: Unit
    target: object  # a unit, or the name of a shipment
    relation: str
    begin: Key
    event: str
    end: Key = NEVER

    def has_not_ended(self, key: Key) -> bool:
        """[8.1] Answer whether it was not over then; of one time, what left was there no longer."""
        return key[0] < self.end[0]

    @property
    def has_duration(self) -> bool:
        return self.has_not_ended(self.begin)


@dataclass
class Places:
    """All stays that follow from the movements, folded in their order."""

    stays: list[Stay] = field(default_factory=list)
    shipped: list[Stay] = field(default_factory=list)
    found: list[Anomaly] = field(default_factory=list)

    def close(self) -> None:
        """[8.1] Forget the stays of no duration."""
        self.stays = [each for each in self.stays if each.has_duration]
        self.shipped = [each for each in self.shipped if each.has_duration]

    def parent(self, unit: Unit) -> Stay | None:
        return next((each for each in self.stays if each.unit == unit and each.end == NEVER), None)

    def shipment(self, unit: Unit) -> Stay | None:
        return next((each for each in self.shipped if each.unit == unit and each.end == NEVER), None)

    def above(self, unit: Unit) -> list[Stay]:
        """Return the stays from a unit upwards, as they are now."""
        chain: list[Stay] = []
        while (stay := self.parent(unit)) is not None:
            chain.append(stay)
            unit = stay.target  # type: ignore[assignment]
        return chain

    def below(self, unit: Unit) -> list[Unit]:
        """Return a unit and all that is in it now."""
        found = [unit]
        for each in found:
            found += [stay.unit for stay in self.stays if stay.target == each and stay.end == NEVER]
        return found

    def add(self, line: Line, means: dict) -> None:
        if line.kind == "assembledInto":
            self._put(line, means["unit"], means["into"])
        elif line.kind == "partRemoved":
            self._take_out(line, means["part"], means["unit"])
        elif line.kind == "shipped":
            self._ship(line, means["unit"], form(line.whole["shipment"]))
        elif line.kind == "returned":
            self._return(line, means["unit"])

    def _list(self, kind: str, events: list[str], things: list[Unit]) -> None:
        self.found.append(Anomaly(kind, tuple(sorted(set(events))), tuple(sorted(set(things)))))

    def _put(self, line: Line, unit: Unit, into: Unit) -> None:
        above = self.above(into)
        reached = [into, *(each.target for each in above)]
        if unit in reached:  # [8.2] the statement that closes the ring holds nothing
            ring = above[: reached.index(unit)]
            things = [unit, *reached[: reached.index(unit)]]
            self._list("partOfItself", [line.event, *(each.event for each in ring)], things)
            return
        now = self.parent(unit)
        relation = line.said.get("relation") or "partOf"
        if now is not None and (now.target, now.relation) == (into, relation):
            return
        if now is not None:
            # [8.1] Nobody said that it was taken out: the later holds. That is how panels are cut.
            if now.target != into and now.relation != "panelOf":
                self._list("twoParents", [now.event, line.event], [unit, now.target, into])
            self._leave(now, line)
        self.stays.append(Stay(unit, into, relation, line.key, line.event))

    def _take_out(self, line: Line, part: Unit, unit: Unit) -> None:
        now = self.parent(part)
        if now is None or now.target != unit:
            self._list("notIn", [line.event], [part, unit])  # [8.3]
        else:
            self._leave(now, line)

    def _leave(self, now: Stay, line: Line) -> None:
        """[8.3] End a stay; what left inside of something is away, though it is in that no more."""
        found, since, own = [], now.begin, self.shipment(now.unit)
        for each in self.above(now.unit):
            since = max(since, each.begin)
            left = self.shipment(each.target)  # type: ignore[arg-type]
            if left is not None:
                found.append(replace(left, unit=now.unit, begin=max(since, left.begin)))
        now.end = line.key
        found = [each for each in found if each.begin[0] < line.key[0]]
        latest = max(found, key=lambda each: each.begin, default=None)
        if latest is None or (own is not None and own.begin >= latest.begin):
            return
        if own is not None:
            own.end = line.key
        self.shipped.append(latest)

    def _ship(self, line: Line, unit: Unit, shipment: str) -> None:
        now = self.shipment(unit)
        if now is not None and now.target == shipment:
            return  # [D16] the same is said again
        if now is not None:  # [8.3] the later holds
            self._list("shippedTwice", [now.event, line.event], [unit])
            now.end = line.key
        self.shipped.append(Stay(unit, shipment, "shippedWith", line.key, line.event))

    def _return(self, line: Line, unit: Unit) -> None:
        above = self.above(unit)
        own = self.shipment(unit)
        # [8.3, D15] What left in a carton or as a part of a product has left.
        if own is None and not any(self.shipment(each.target) for each in above):  # type: ignore[arg-type]
            self._list("notShipped", [line.event], [unit])
            return
        for each in self.below(unit):  # [8.3] what is in it comes back with it
            left = self.shipment(each)
            if left is not None:
                left.end = line.key
        if above and above[0].relation == "packedIn":  # [8.4] ends the packing, not being a part
            above[0].end = line.key
