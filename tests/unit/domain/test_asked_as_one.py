"""What is meant is told as one, keeps to where it came from, and is of what its label says."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.asked_as_one import ASKED, AskedAsOne, KnownMaterial
from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Flow, fold_fillings
from aas_registry.domain.sought import Match, Narrowing, Origin

L1, L2, ONE, OTHER, NEW = 1, 2, 10, 11, 12
EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE
HERE, ELSEWHERE = Origin(delivery_notes=frozenset({"dn1"})), Origin(delivery_notes=frozenset({"dn2"}))


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def flow(kind: LinkKind, parent: int, child: int, hour: int) -> Flow:
    return Flow(parent=parent, child=child, kind=kind, at=at(hour))


def judge(material: KnownMaterial) -> Match:
    return Narrowing(delivery_note="dn1").of(material.origin) if material.is_named else Match.NO


def told(stated, *flows: Flow, of: int, named=(), origins=None) -> list[Certainty]:
    """Return how surely a package holds what is meant, in one span after the other."""
    reading = AskedAsOne(judge, named=named, origins=origins or {})
    numbered = {
        package: {reading.source(each): sure for each, sure in held.items()}
        for package, held in stated.items()
    }
    found = fold_fillings(numbered, flows, reading=reading)[of]
    return [each.grade.certainty for each in found if each.source == ASKED and not each.is_package]


def asked(number: int | None, origin: Origin = HERE) -> KnownMaterial:
    return KnownMaterial(number, is_named=True, origin=origin)


def other(number: int) -> KnownMaterial:
    return KnownMaterial(number)


def test_of_several_lots_that_are_meant_each_will_do() -> None:
    assert told({ONE: {asked(L1): EXACT, asked(L2): EXACT}}, of=ONE) == [EXACT]
    assert told({ONE: {asked(L1): EXACT, other(L2): EXACT}}, of=ONE) == [POSSIBLE]
    assert told({ONE: {other(L2): EXACT}}, of=ONE) == []


@pytest.mark.parametrize(
    ("origin", "found"),
    [(HERE, [EXACT]), (Origin(), [POSSIBLE]), (HERE | ELSEWHERE, [POSSIBLE]), (ELSEWHERE, [])],
)
def test_what_nobody_said_the_origin_of_is_possible(origin, found) -> None:
    assert told({ONE: {asked(L1, origin): EXACT}}, of=ONE) == found


def test_a_lot_that_a_divided_label_says_is_meant_where_it_came_from() -> None:
    split = flow(LinkKind.SPLIT, ONE, NEW, 8)

    assert told({ONE: {asked(L1): EXACT}, NEW: {other(L1): EXACT}}, split, of=NEW) == [EXACT]
    assert told({ONE: {other(L1): EXACT}, NEW: {other(L1): EXACT}}, split, of=NEW) == []
    assert told({ONE: {asked(None): EXACT}, NEW: {other(L1): EXACT}}, split, of=NEW) == [EXACT]
    assert told({ONE: {asked(L1): EXACT}, NEW: {asked(L1, Origin()): EXACT}}, split, of=NEW) == [EXACT]
    assert told({ONE: {asked(L1, Origin()): EXACT}, NEW: {other(L1): EXACT}}, split, of=NEW) == [POSSIBLE]


@pytest.mark.parametrize("came_from", [Origin(), HERE, ELSEWHERE])
@pytest.mark.parametrize("says", [{}, {NEW: {other(L1): EXACT}}], ids=["no lot", "its lot"])
def test_what_a_divided_label_says_itself_goes_before_where_it_came_from(came_from, says) -> None:
    split, stated = flow(LinkKind.SPLIT, ONE, NEW, 8), {ONE: {asked(L1, came_from): EXACT}, **says}

    assert told(stated, split, of=NEW, origins={NEW: HERE}) == [EXACT]
    assert told(stated, split, of=NEW, origins={NEW: ELSEWHERE}) == []


def test_what_is_said_of_a_label_is_one_of_several_that_came() -> None:
    split = flow(LinkKind.SPLIT, ONE, NEW, 8)
    came = {asked(L1, HERE): EXACT, asked(L1, ELSEWHERE): EXACT}

    assert told({ONE: came}, split, of=NEW) == [POSSIBLE]
    assert told({ONE: came}, split, of=NEW, origins={NEW: HERE}) == [EXACT]


def test_a_package_that_is_meant_whole_is_so_whatever_it_began_with() -> None:
    split = flow(LinkKind.SPLIT, ONE, NEW, 8)

    assert told({ONE: {other(L1): EXACT}}, split, of=NEW, named={NEW}, origins={NEW: HERE}) == [EXACT]
    assert told({ONE: {other(L1): EXACT}}, split, of=NEW, named={NEW}) == [POSSIBLE]


def test_what_joins_a_package_that_is_meant_is_not_meant_with_it() -> None:
    merge = flow(LinkKind.MERGE, OTHER, ONE, 8)

    assert told({ONE: {asked(L1): EXACT}, OTHER: {other(L2): EXACT}}, merge, of=ONE, named={ONE}) == [
        EXACT,
        POSSIBLE,
    ]
