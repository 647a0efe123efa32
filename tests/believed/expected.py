"""What the second engine answers, in the words of `believed.words`."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from itertools import product
from typing import Any

from engine.answers import contents, is_of_boards, where_used
from engine.asked import Asked
from engine.coverage import coverage
from engine.leaving import shipments_of
from engine.names import Anomaly, Unit
from engine.packages import WORDS
from engine.record import Recorded, first_of_equals, in_effect
from engine.removals import Holding
from engine.replay import Plant, View
from engine.scopes import Scope, is_unit
from engine.unknown import Unknown, unknown_contents, unknown_where_used
from engine.vocabulary import Lot, content_of, form, lots_read

from believed import meant
from believed.subjects import Subject
from believed.words import (
    ALL_LOTS,
    Answers,
    UnitKey,
    counted,
    is_only_named,
    is_summed,
    is_told_without_things,
    kind_of,
    thousandths,
    touching,
    unit_key,
)

_MADE_KNOWN = {("packageCreated", "package"), ("unitCreated", "unit")}


def about(view: View, known: View, customer: str | None, subjects: Sequence[Subject]) -> Answers:
    """Return what is asked of packages, receipts, date codes, part numbers and sets of them."""

    def told(subject: Subject, asked: Asked, scope: Scope) -> dict[Any, int]:
        return _where_used(view, asked, subject.level, scope, ever=subject.ever)

    asker = meant.Asker(view, known, customer)
    return {("about", each): meant.about(asker, each, partial(told, each)) for each in subjects}


def answers(
    view: View,
    customer: str | None,
    lots: Collection[Lot],
    levels: Sequence[str],
    groups: Sequence[str],
    *,
    ever: bool,
) -> Answers:
    """Return all that the product is asked, of everybody (None) or of a customer's auditor."""
    scope = Scope(view, customer)
    found: Answers = {}
    subjects: dict[Any, set[Lot]] = {tuple(lot): {lot} for lot in lots}
    if customer is None and lots:
        subjects[ALL_LOTS] = set(lots)
    for name, some in subjects.items():
        asked = Asked(frozenset(some))
        has_sums = is_summed(name, is_plant=customer is None)
        for level in levels:
            if level == "board":
                found |= _boards(view, name, asked, scope, ever=ever)
            elif level != "customer" or has_sums:
                found["where-used", name, level] = _where_used(view, asked, level, scope, ever=ever)
        for by, level in product(groups if has_sums else (), ("board", "product")):
            found["groups", name, level, by] = _groups(
                view, where_used(view, asked, level, scope, ever=ever), by, scope
            )
    seen = [unit for unit in view.names.units() if scope.sees(unit)]
    told = [(each, _detail(view, each, scope), _contents(view, each, scope)) for each in seen]
    told = [each for each in told if not is_only_named(each[1][0], (*each[1][2:], each[2]))]
    found["units"] = counted(detail for _, detail, _ in told)
    found["contents"] = counted((detail[0], inside) for _, detail, inside in told)
    beside = [(key(unit), unknown_contents(view, unit, scope)) for unit, _, _ in told]
    found["touching contents"] = counted(
        (unit, tuple(sorted(touching(each.contradictions).items()))) for unit, each in beside
    )
    found["unknown in contents"] = counted(
        (unit, tuple(sorted(_unknown(each).items()))) for unit, each in beside
    )
    found["ever in"] = counted((key(unit), _ever_in(view, unit, scope)) for unit, _, _ in told if ever)
    contradictions = filter(None, map(scope.told, view.anomalies))
    said = (_anomaly(each, is_plant=customer is None) for each in contradictions)
    found["contradictions"] = counted({*said})
    return found


def lots_named(engine: Plant) -> list[Lot]:
    """Return every lot that was ever named, whether or not what names it counts."""
    found = set()
    for each in engine.kept:
        lots = [reel["lot"] for reel in each.value.get("reels", ())] or each.value.get("lots")
        found |= set(lots_read(lots))
    return sorted(found)


def _boards(view: View, name: Any, asked: Asked, scope: Scope, *, ever: bool) -> Answers:
    found: Answers = {("where-used", name, "board"): _where_used(view, asked, "board", scope, ever=ever)}
    if scope.customer is None or any(found.values()):
        beside = unknown_where_used(view, asked, scope, ever=ever)
        covered = coverage(view, asked, scope, ever=ever)
        found["touching", name] = touching(beside.contradictions)
        found["coverage", name] = (covered.passed, covered.built, covered.reported, covered.uses)
        found["unknown", name] = _unknown(beside)
        found["complete", name] = covered.is_complete
    return found


def _unknown(beside: Unknown) -> dict[str, int]:
    told = {
        "waiting": beside.waiting,
        "undecided": beside.undecided,
        "unread": beside.unread,
        "packages": len(beside.without_lot),
        "ahead": beside.ahead,
    }
    return {kind: count for kind, count in told.items() if count}


def _ever_in(view: View, unit: Unit, scope: Scope) -> tuple:
    inside = contents(view, unit, scope, ever=True)
    return tuple(sorted((lot.code, WORDS.index(word)) for lot, word in inside.items()))


def _anomaly(told: Anomaly, *, is_plant: bool) -> tuple:
    units = tuple(sorted(key(each) for each in told.things if is_unit(each)))
    packages = tuple(sorted(each.value for each in told.things if not is_unit(each)))
    things = () if is_told_without_things(told.kind) else (units, packages)
    return told.kind, told.events if is_plant else (), things


def key(unit: Unit) -> UnitKey:
    return unit_key(holder[:3] for holder in unit)


def _where_used(view: View, asked: Asked, level: str, scope: Scope, *, ever: bool) -> dict[Any, int]:
    rows = where_used(view, asked, level, scope, ever=ever)
    if level == "customer":
        return counted((row, WORDS.index(word)) for row, word in rows.items())
    if level == "shipment":
        told = {(row, scope.order(row), scope.receiver(row)): word for row, word in rows.items()}
        return counted((row, WORDS.index(word)) for row, word in told.items())
    return counted((key(row), WORDS.index(word)) for row, word in rows.items())


def _groups(view: View, rows: dict[Any, str], by: str, scope: Scope) -> dict[Any, int]:
    groups: Counter[Any] = Counter()
    for unit, word in rows.items():
        group = scope.customer_of(unit) if by == "customer" else view.declared.unit(unit).get("product")
        groups[group, WORDS.index(word)] += 1
    return dict(groups)


def _detail(view: View, unit: Unit, scope: Scope) -> tuple:
    said = view.declared.unit(unit)
    parent = view.places.parent(unit)
    inside = [each for each in view.places.stays if each.target == unit and each.end > _now(view)]
    return (
        key(unit),
        kind_of(key(unit), said["kind"]),
        said.get("product"),
        said.get("customer"),
        () if parent is None or not scope.sees(parent.target) else ((key(parent.target), parent.relation),),
        tuple(sorted((key(each.unit), each.relation) for each in inside if scope.sees(each.unit))),
        tuple((each, scope.order(each), scope.receiver(each)) for each in shipments_of(view, unit, scope)),
    )


def _now(view: View) -> tuple:
    return (view.as_of, 1 << 64, 0)


def _contents(view: View, unit: Unit, scope: Scope) -> tuple:
    rows = []
    for each in view.places.below(unit):
        for holding in view.holdings[each] if scope.sees(each) else ():
            if each != unit and is_of_boards(view, each, holding, scope):
                continue
            if holding.end > _now(view) and holding.left != 0:
                rows += _rows(view, each, holding)
    return tuple(sorted(counted(rows).items(), key=repr))


def _rows(view: View, unit: Unit, holding: Holding) -> list[tuple]:
    use = holding.use
    lots = view.packages.lots_in(use.drawn)
    bare = any(view.packages.spread(*one).is_bare for one in use.drawn)
    graded = [(lot.code, max(grade, use.certainty)) for lot, grade in lots.items()]
    if bare:
        grade = max(1, use.certainty) if lots else use.certainty
        graded.append((None, grade))
    return [
        (
            key(unit),
            use.label.value,
            code,
            grade,
            use.basis,
            use.slot or None,
            tuple(sorted(holding.places)),
            thousandths(holding.left),
        )
        for code, grade in graded
    ]


def duplicate(engine: Plant, sent: Recorded) -> tuple[bool, str | None]:
    """[1.2] Return whether an event, sent alone, is answered as a duplicate, and of which other one."""
    content = content_of(sent.value)
    alike = [each for each in engine.kept if not each.is_list and content_of(each.value) == content]
    if min(each.at for each in alike) == sent.at:
        return False, None
    standing = engine.view(None, sent.at).standing.events
    first = [each.id for each in alike if each.id in standing and each.id != sent.id]
    return bool(first), first[0] if first else None


def set_aside(engine: Plant) -> dict[str, str]:
    """[3] Return the states of the events that do not count."""
    said = {each.id: each.value for each in engine.kept if not each.is_list}
    effective, _ = in_effect(said)
    counts = {each.id for each in first_of_equals(engine.kept, effective)}
    return {each: "duplicate" if each in effective else "corrected" for each in said if each not in counts}


def waits(view: View) -> dict[str, list[str]]:
    """Return for what each event waits, in the form for comparing."""
    found: dict[str, set[str]] = {}
    for line in view.standing.lines:
        if line.kind == "correction" and line.whole["corrects"] not in view.recorded_ids:
            found.setdefault(line.event, set()).add(f"event {line.whole['corrects']}")
    # [1.4] A range that is dated ahead counts for nothing yet, and waits for the names in it all the same.
    ahead = [line for line in view.standing.ahead if line.kind == "feed"]
    open_ones = [line for state in ("waiting", "undecided") for line, _ in view.states[state]]
    for line in (*open_ones, *ahead):
        for role, ref in line.refs.items():
            is_into = role == "into" and ref.kind == "package" and line.whole.get("how") != "splice"
            # A label that a list announces is not waited for; of a name that is reused every other is.
            is_meant = line.kind != "nameReused" and view.names.meant(ref)[0] != "waiting"
            if any((is_meant, is_into, (line.kind, role) in _MADE_KNOWN)):
                continue
            for name in ref.names:
                if not view.names.known(name):
                    text = f"panel {name.value}" if name.scheme == "panel" else f"{name.scheme} {name.value}"
                    text += f" of {name.issuer}" if name.issuer else ""
                    found.setdefault(line.event, set()).add(form(text))
    return {event: sorted(names) for event, names in found.items()}
