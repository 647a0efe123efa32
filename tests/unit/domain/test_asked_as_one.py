"""What is meant is told as one, and keeps to where it came from."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.asked_as_one import ASKED, AskedAsOne, is_meant, lot_of, meant
from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Flow, fold_fillings
from aas_registry.domain.sought import Match

L1, L2, ONE, OTHER, NEW = 1, 2, 10, 11, 12
EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def flow(kind: LinkKind, parent: int, child: int, hour: int) -> Flow:
    return Flow(parent=parent, child=child, kind=kind, at=at(hour))


def told(stated, *flows: Flow, of: int, whole=None) -> list[Certainty]:
    """Return how surely a package holds what is meant, in one span after the other."""
    found = fold_fillings(stated, flows, reading=AskedAsOne(whole or {}))[of]
    return [each.grade.certainty for each in found if each.source == ASKED and not each.is_package]


@pytest.mark.parametrize(
    ("lots", "match", "sources"),
    [
        ([L1], Match.YES, {-L1: EXACT}),
        ([L1, L2], Match.YES, {-L1: POSSIBLE, -L2: POSSIBLE}),
        ([None], Match.YES, {ASKED: EXACT}),
        ([L1], Match.MAYBE, {-L1: POSSIBLE, L1: POSSIBLE}),
        ([None], Match.MAYBE, {ASKED: POSSIBLE, None: POSSIBLE}),
    ],
)
def test_what_is_meant_has_sources_of_its_own(lots, match, sources) -> None:
    assert meant(lots, match) == sources
    assert {lot_of(each) for each in sources} == set(lots)
    assert any(map(is_meant, sources))


def test_of_several_lots_that_are_meant_each_will_do() -> None:
    assert told({ONE: meant([L1, L2], Match.YES)}, of=ONE) == [EXACT]
    assert told({ONE: {-L1: POSSIBLE, L2: POSSIBLE}}, of=ONE) == [POSSIBLE]
    assert told({ONE: {L2: EXACT}}, of=ONE) == []


def test_a_lot_that_a_divided_label_says_is_meant_where_it_came_from() -> None:
    split = flow(LinkKind.SPLIT, ONE, NEW, 8)

    assert told({ONE: {-L1: EXACT}, NEW: {L1: EXACT}}, split, of=NEW) == [EXACT]
    assert told({ONE: {L1: EXACT}, NEW: {L1: EXACT}}, split, of=NEW) == []
    assert told({ONE: {ASKED: EXACT}, NEW: {L1: EXACT}}, split, of=NEW) == [EXACT]
    assert told({ONE: {-L1: EXACT}, NEW: {-L1: POSSIBLE, L1: POSSIBLE}}, split, of=NEW) == [EXACT]
    assert told({ONE: {-L1: POSSIBLE, L1: POSSIBLE}, NEW: {L1: EXACT}}, split, of=NEW) == [POSSIBLE]


def test_a_package_that_is_meant_whole_is_so_whatever_it_began_with() -> None:
    split = flow(LinkKind.SPLIT, ONE, NEW, 8)

    assert told({ONE: {L1: EXACT}}, split, of=NEW, whole={NEW: Match.YES}) == [EXACT]
    assert told({ONE: {L1: EXACT}}, split, of=NEW, whole={NEW: Match.MAYBE}) == [POSSIBLE]


def test_what_joins_a_package_that_is_meant_is_not_meant_with_it() -> None:
    merge = flow(LinkKind.MERGE, OTHER, ONE, 8)

    assert told({ONE: {-L1: EXACT}, OTHER: {L2: EXACT}}, merge, of=ONE, whole={ONE: Match.YES}) == [
        EXACT,
        POSSIBLE,
    ]
