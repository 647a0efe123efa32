"""Sections 8.3 and 9.2: with which shipments units left, by themselves or in what they were in."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.names import Unit
from engine.places import BEGINNING, Stay
from engine.replay import View
from engine.scopes import Scope
from engine.vocabulary import Key

Span = tuple[Key, Key]


@dataclass(frozen=True)
class Departure:
    """A shipment with which a unit is away: its own, or that of what it is in, since it is in that.

    ``is_beyond`` is that of something that it is part of, and that is told itself.
    """

    stay: Stay
    since: Key
    is_beyond: bool

    @property
    def began(self) -> Key:
        return self.stay.begin


def within(stay: Stay, span: Span) -> Span | None:
    begin, end = max(stay.begin, span[0]), min(stay.end, span[1])
    is_around = span[0][0] == span[1][0] and stay.begin[0] < span[0][0] < stay.end[0]  # [9.3]
    return (begin, end) if begin[0] < end[0] or is_around else None  # [8.1]


def _departures(view: View, unit: Unit, scope: Scope) -> Iterator[Departure]:
    """Yield with what a unit is away; the way leads through no product of others, but to what is theirs."""
    since, is_packed, is_beyond, is_told = BEGINNING, False, False, True
    while True:
        left = view.places.shipment(unit)
        if left is not None and is_told:
            yield Departure(left, since, is_beyond)
        stay = view.places.parent(unit)
        if stay is None:
            return
        unit, since = stay.target, max(since, stay.begin)  # type: ignore[assignment]
        if stay.relation != "partOf":
            is_packed = True  # [11] what they left with is told, whosever the carton
            continue
        is_told = scope.walks(unit)
        if not is_told and not scope.is_in_theirs(unit):
            return
        is_beyond = is_beyond or (scope.sees(unit) and not is_packed)


def _parts(view: View, unit: Unit, scope: Scope) -> list[Unit]:
    """Return a unit and all that it is part of, as far as it is seen."""
    found, stay = [unit], view.places.parent(unit)
    while stay is not None and stay.relation == "partOf":
        found += [stay.target] if scope.sees(stay.target) else []  # type: ignore[list-item, arg-type]
        stay = view.places.parent(stay.target)  # type: ignore[arg-type]
    return found


def shipments_now(view: View, unit: Unit, scope: Scope) -> set[str]:
    """[9.2, D32] Return with what a unit, and what it is part of, is away.

    Each is with the latest of its own shipment and those of what it is packed in; but what left by itself is
    with what it is part of, if that left later, with it.
    """
    found: set[str] = set()
    for each in _parts(view, unit, scope):
        every = list(_departures(view, each, scope))
        latest = max((one for one in every if not one.is_beyond), key=lambda one: one.began, default=None)
        over = [one for one in every if one.is_beyond]
        if latest is not None and not any(
            one.began[0] > latest.began[0] and one.began[0] >= one.since[0] for one in over
        ):
            found.add(str(latest.stay.target))
    return found


def shipments_of(view: View, unit: Unit, scope: Scope) -> set[str]:
    """[9.2] Return with what a unit left, or what it is in: the latest, one at most."""
    latest = max(_departures(view, unit, scope), key=lambda one: one.began, default=None)
    return set() if latest is None else {str(latest.stay.target)}


def shipments_during(
    view: View, unit: Unit, span: Span, scope: Scope, *, is_told: bool = True, is_packed: bool = False
) -> set[str]:
    """[9.3] Return with what a unit, and all that it was in, was away in a span."""
    own = [each for each in view.places.shipped if each.unit == unit and within(each, span)]
    found = {str(each.target) for each in own} if is_told else set()
    for stay in view.places.stays:
        during = within(stay, span) if stay.unit == unit else None
        if during is None or (stay.relation != "partOf" and not is_told):
            continue  # [11] with what a product of others left is not told
        if stay.relation != "partOf":
            is_next = True
        elif is_packed and not scope.walks(stay.target):  # type: ignore[arg-type]
            continue
        else:
            # What is nobody's is of others where one of these is between.
            is_next = scope.sees(stay.target) or (is_told and scope.walks(stay.target))  # type: ignore[arg-type]
        found |= shipments_during(
            view,
            stay.target,  # type: ignore[arg-type]
            during,
            scope,
            is_told=is_next,
            is_packed=is_packed or stay.relation != "partOf",
        )
    return found
