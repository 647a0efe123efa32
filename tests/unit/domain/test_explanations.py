from datetime import UTC, datetime

import pytest

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.explanations import (
    LONGEST_WAY,
    ChainStep,
    Holdings,
    Reason,
    fact_of,
    told_to_customer,
)
from aas_registry.domain.fillings import Filling, Flow, Grade, fold_fillings

LOT, OTHER, REEL, HALF, BOARD, MODULE, PRODUCT, RUN = 1, 2, 10, 11, 20, 21, 22, 30


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def holds(lot: int, package: int) -> Reason:
    return Reason(fact=fact_of(LinkKind.RECEIPT), source=lot, target=package, happened_at=at(1), event=1)


def flow(kind: LinkKind, parent: int, child: int, hour: int) -> Reason:
    return Reason(fact=fact_of(kind), source=parent, target=child, happened_at=at(hour), event=hour)


def holdings(statements: list[Reason]) -> Holdings:
    stated: dict[int, dict[int, Certainty]] = {}
    flows = []
    for each in statements:
        if each.fact == "holds":
            stated.setdefault(each.target, {})[each.source] = Certainty.EXACT
        else:
            assert each.happened_at is not None
            kind = LinkKind(each.fact)
            flows.append(Flow(parent=each.source, child=each.target, kind=kind, at=each.happened_at))
    folded = fold_fillings(stated, flows)
    return Holdings(statements, [filling for found in folded.values() for filling in found])


def facts(steps: list[ChainStep]) -> list[tuple[str, int, int]]:
    return [(step.said.fact, step.said.source, step.said.target) for step in steps]


def test_a_way_leads_from_the_lot_by_every_package() -> None:
    known = holdings([holds(LOT, REEL), flow(LinkKind.SPLIT, REEL, HALF, 2)])

    assert facts(known.way(HALF, at(3), {LOT})) == [("holds", LOT, REEL), ("split", REEL, HALF)]
    assert known.certainty(HALF, at(3), {LOT}) is Certainty.EXACT
    assert known.certainty(HALF, at(3), {OTHER}) is None


def test_a_merge_says_nothing_of_what_was_used_before_it() -> None:
    known = holdings([holds(LOT, REEL), holds(OTHER, HALF), flow(LinkKind.MERGE, REEL, HALF, 5)])

    assert known.certainty(HALF, at(4), {LOT}) is None
    assert known.certainty(HALF, at(6), {LOT}) is Certainty.POSSIBLE
    assert facts(known.way(HALF, at(6), {LOT})) == [("holds", LOT, REEL), ("merge", REEL, HALF)]


def test_where_all_that_may_be_there_is_asked_for_it_is_sure() -> None:
    known = holdings([holds(LOT, REEL), holds(OTHER, HALF), flow(LinkKind.MERGE, REEL, HALF, 5)])

    assert known.certainty(HALF, at(6), {LOT, OTHER}) is Certainty.EXACT


def test_a_package_that_is_asked_for_needs_no_way() -> None:
    known = holdings([holds(LOT, REEL)])

    assert known.certainty(REEL, at(3), {REEL}) is Certainty.EXACT
    assert known.way(REEL, at(3), {REEL}) == []


def test_a_label_that_is_asked_for_is_not_sure_where_another_reel_was_joined() -> None:
    known = holdings([holds(LOT, REEL), holds(OTHER, HALF), flow(LinkKind.SPLICE, HALF, REEL, 5)])

    assert known.certainty(REEL, at(4), {REEL}) is Certainty.EXACT
    assert known.certainty(REEL, at(6), {REEL}) is Certainty.POSSIBLE
    assert known.certainty(REEL, at(6), {REEL, 99}) is Certainty.POSSIBLE
    assert known.certainty(REEL, at(6), {REEL, HALF}) is Certainty.EXACT
    assert known.way(REEL, at(6), {REEL}) == []


def test_labels_that_are_divided_into_each_other_end() -> None:
    both = [flow(LinkKind.SPLIT, REEL, HALF, 2), flow(LinkKind.SPLIT, HALF, REEL, 3)]
    known = holdings([holds(LOT, HALF), *both])

    assert facts(known.way(REEL, at(4), {LOT})) == [("holds", LOT, HALF), ("split", HALF, REEL)]


def test_what_no_statement_says_is_told_without_one() -> None:
    sure = Grade(certainty=Certainty.EXACT)
    announced = Holdings([], [Filling(package=REEL, source=LOT, is_package=False, grade=sure)])

    (step,) = announced.way(REEL, at(3), {LOT})

    assert (step.said.fact, step.said.source, step.said.event) == ("holds", LOT, None)


def test_of_a_way_that_is_longer_than_the_limit_the_lot_is_told() -> None:
    labels = range(100, 102 + LONGEST_WAY)
    chained = [flow(LinkKind.RELABEL, label, label + 1, 2) for label in labels]
    known = holdings([holds(LOT, 100), *chained])

    (step,) = known.way(labels[-1] + 1, at(3), {LOT})

    assert (step.said.fact, step.said.source, step.said.target) == ("holds", LOT, labels[-1] + 1)


@pytest.mark.parametrize("hidden", [set(), {MODULE}, {BOARD, MODULE}])
def test_a_customer_is_told_of_no_unit_of_others(hidden: set[int]) -> None:
    used = Reason(fact="used", source=REEL, target=RUN, happened_at=at(2), event=2, sequence=(1, 9))
    passed = Reason(fact="passed", source=RUN, target=BOARD, happened_at=at(2), event=3, sequence=(4, 4))
    first = Reason(fact="partOf", source=BOARD, target=MODULE, happened_at=at(5), event=4)
    second = Reason(fact="partOf", source=MODULE, target=PRODUCT, happened_at=at(4), event=5)
    steps = [ChainStep(said=each, certainty=Certainty.EXACT) for each in (used, passed, first, second)]

    told = told_to_customer(steps, hidden=hidden)

    assert told[0].said.source == REEL
    assert told[-1].said.target == PRODUCT
    assert not hidden & {end for step in told for end in (step.said.source, step.said.target)}
    assert {(step.said.event, step.said.sequence) for step in told} == {(None, None)}
    if hidden == {MODULE}:
        assert facts(told)[-1] == ("partOf", BOARD, PRODUCT)
        assert told[-1].said.happened_at == at(5)
    if hidden == {BOARD, MODULE}:
        assert facts(told) == [("used", REEL, RUN), ("passed", RUN, PRODUCT)]
