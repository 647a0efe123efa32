"""Section 9: where-used and contents, by brute force."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.asked import Asked
from engine.leaving import Span, shipments_during, shipments_now, within
from engine.names import Holder, Unit
from engine.packages import WORDS
from engine.places import BEGINNING, NEVER
from engine.removals import Holding
from engine.replay import View
from engine.scopes import Scope
from engine.vocabulary import Key, Lot

Row = Unit | str | None
BOARD, PRODUCT, SHIPMENT, CUSTOMER = "board", "product", "shipment", "customer"
LEVELS = (BOARD, PRODUCT, SHIPMENT, CUSTOMER)


@dataclass(frozen=True)
class Piece:
    """What a unit holds of one use."""

    unit: Unit
    label: Holder
    packages: tuple[Holder, ...]
    left: Fraction | None
    designators: tuple[str, ...]
    is_panels: bool
    certainty: str
    events: tuple[str, ...]


def _grade(view: View, holding: Holding, asked: Asked) -> int | None:
    """[9.1] Return the certainty of one way: as sure as its weakest link."""
    grade = view.packages.grade(holding.use.drawn, asked)
    return None if grade is None else max(grade, holding.use.certainty)


def is_of_boards(view: View, unit: Unit, holding: Holding, scope: Scope) -> bool:
    """[7.7] Answer whether what was used on a panel is in boards of it, as far as they are seen."""
    return all(_is_of_boards_at(view, unit, holding, scope, at) for _, at in holding.use.drawn)


def _is_of_boards_at(view: View, unit: Unit, holding: Holding, scope: Scope, at: Key) -> bool:
    """[7.7] Answer that of one pass: what came when all had left stays in the panel."""
    if holding.use.panel is not None:
        return False  # a panel on a panel is a board of that
    stays = [each for each in view.places.stays if each.target == unit and each.relation == "panelOf"]
    return any(each.has_not_ended(at) and scope.sees(each.unit) for each in stays)


def _counted(view: View, unit: Unit, scope: Scope, *, ever: bool) -> Iterator[Holding]:
    for holding in view.holdings[unit]:
        if is_of_boards(view, unit, holding, scope):
            continue  # [9.2] that is counted, its panel is not
        # [9.3] What held the material at any time; else only what still does.
        if ever or (holding.end == NEVER and holding.left != 0):
            yield holding


def reached(
    view: View, asked: Asked, scope: Scope, *, ever: bool = False
) -> Iterator[tuple[Unit, int, Span]]:
    """Yield each way from what is asked to a unit: its certainty, and from when to when."""
    for unit in view.names.units():
        for holding in _counted(view, unit, scope, ever=ever) if ever or scope.sees(unit) else ():
            grade = _grade(view, holding, asked)
            # [7.1] It came at one of the passes: since then.
            for each in holding.use.drawn if grade is not None else ():
                if _is_of_boards_at(view, unit, holding, scope, each[1]):
                    continue
                if view.packages.spread(*each).grade(asked) is not None:
                    for told, span in _nearest(view, unit, (each[1], holding.end), scope):
                        yield told, grade, span


def _nearest(view: View, unit: Unit, span: Span, scope: Scope) -> Iterator[tuple[Unit, Span]]:
    """[11] Yield a unit, or where it is nobody's the nearest of theirs that it was part of, and when."""
    if scope.sees(unit):
        yield unit, span
    elif scope.is_nobodys(unit):
        for stay in view.places.stays:
            during = within(stay, span) if stay.unit == unit and stay.relation == "partOf" else None
            if during is not None:
                yield from _nearest(view, stay.target, during, scope)  # type: ignore[arg-type]


def where_used(
    view: View, asked: Asked, level: str = BOARD, scope: Scope | None = None, *, ever: bool = False
) -> dict[Row, str]:
    """[9.1] Return what holds material of any of the things asked, with the surest of its ways."""
    scope = scope or Scope(view)
    best: dict[Row, int] = {}
    for unit, grade, span in reached(view, asked, scope, ever=ever):
        for row in _rows(view, unit, span, level, scope, ever=ever):
            best[row] = min(grade, best.get(row, grade))
    return {row: WORDS[grade] for row, grade in best.items()}


def _rows(view: View, unit: Unit, span: Span, level: str, scope: Scope, *, ever: bool) -> set[Row]:
    if level == BOARD:
        return {unit}
    if level == PRODUCT:
        if not ever:
            return {_outermost(view, unit, scope)}
        return {product for product, _ in _products(view, unit, span, scope)}
    shipments = shipments_during(view, unit, span, scope) if ever else shipments_now(view, unit, scope)
    if level == SHIPMENT:
        return set(shipments)
    return {scope.receiver(each) for each in shipments}  # [9.2] to whom


def _outermost(view: View, unit: Unit, scope: Scope) -> Unit:
    """[9.2] Return what a unit is part of, outermost, or itself; a panel and a carton are no product.

    [11] What is not theirs who ask is passed over.
    """
    found, stay = unit, view.places.parent(unit)
    while stay is not None and stay.relation == "partOf":
        found = stay.target if scope.sees(stay.target) else found  # type: ignore[arg-type,assignment]
        stay = view.places.parent(stay.target)  # type: ignore[arg-type]
    return found


def _products(view: View, unit: Unit, span: Span, scope: Scope) -> set[tuple[Unit, Span]]:
    """[9.3, D31] Return what a unit was part of while it held something, outermost; else itself."""
    found: set[tuple[Unit, Span]] = set()
    for over, during in _seen_above(view, unit, span, scope):
        found |= _products(view, over, during, scope)
    if not found or (span[1] == NEVER and _outermost(view, unit, scope) == unit):
        found.add((unit, span))
    return found


def _seen_above(view: View, unit: Unit, span: Span, scope: Scope) -> Iterator[tuple[Unit, Span]]:
    """[11] Yield the nearest of theirs that a unit was part of in a span, and when."""
    for stay in view.places.stays:
        during = within(stay, span) if stay.unit == unit and stay.relation == "partOf" else None
        if during is not None and scope.sees(stay.target):  # type: ignore[arg-type]
            yield stay.target, during  # type: ignore[misc]
        elif during is not None:
            yield from _seen_above(view, stay.target, during, scope)  # type: ignore[arg-type]


def _inside_ever(
    view: View, unit: Unit, scope: Scope, span: Span, *, is_told: bool = True
) -> Iterator[tuple[Unit, Span]]:
    """[11] Yield a unit and what ever was in it, each with when, where it is theirs who ask, or was by being in it."""
    if is_told:
        yield unit, span
    for stay in view.places.stays:
        during = within(stay, span) if stay.target == unit else None
        if during is not None:
            theirs = scope.is_theirs_in(stay.unit, stay.relation, is_in_theirs=is_told)
            yield from _inside_ever(view, stay.unit, scope, during, is_told=theirs)


def _inside(view: View, unit: Unit, scope: Scope) -> list[Unit]:
    """Return a unit and what is in it, where each is theirs who ask."""
    return [each for each in view.places.below(unit) if scope.sees(each)]


def contents(view: View, unit: Unit, scope: Scope | None = None, *, ever: bool = False) -> dict[Lot, str]:
    """[9.4] Return every lot in a unit and in what is in it, with the surest of its ways."""
    scope = scope or Scope(view)
    best: dict[Lot, int] = {}
    always = (BEGINNING, NEVER)
    spans = (
        _inside_ever(view, unit, scope, always)
        if ever
        else [(each, always) for each in _inside(view, unit, scope)]
    )
    for each, (begin, end) in spans:
        for holding in view.holdings[each]:
            held = holding.use.key[0] < end[0] and holding.end[0] > begin[0]  # [8.1]
            if held if ever else (holding.end == NEVER and holding.left != 0):
                # [7.1] It came at one of these; [7.7] what boards of a panel in it have is theirs.
                during = [
                    one
                    for one in holding.use.drawn
                    if one[1][0] < end[0]
                    and (each == unit or not _is_of_boards_at(view, each, holding, scope, one[1]))
                ]
                for lot, grade in view.packages.lots_in(holding.use.drawn, during).items():
                    surest = max(grade, holding.use.certainty)
                    best[lot] = min(surest, best.get(lot, surest))
    return {lot: WORDS[grade] for lot, grade in best.items()}


def pieces(view: View, unit: Unit, scope: Scope | None = None) -> list[Piece]:
    """[7.5, 7.7] Return what a unit and what is in it hold, use by use."""
    scope = scope or Scope(view)
    return [
        Piece(
            unit=each,
            label=holding.use.label,
            packages=holding.use.packages,
            left=None if holding.use.panel else holding.left,
            designators=tuple(sorted(holding.places)),
            is_panels=holding.use.panel is not None,
            certainty=WORDS[
                holding.use.certainty if len(holding.use.packages) == 1 else max(1, holding.use.certainty)
            ],
            events=(holding.use.line.event,),
        )
        for each in _inside(view, unit, scope)
        for holding in view.holdings[each]
        if holding.end == NEVER and holding.left != 0
    ]
