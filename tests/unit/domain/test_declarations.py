import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from aas_registry.domain.declarations import Declaration, Declared, fold_declarations

START = datetime(2026, 3, 1, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def said(hour: int, *, rank: int = 0, place: int = 0, **members: Any) -> Declaration:
    return Declaration(happened_at=at(hour), rank=rank, place=place, members=members)


def test_what_is_said_once_holds_from_the_beginning() -> None:
    assert fold_declarations([said(1, product="P")]) == [Declared(members={"product": "P"}, valid_from=None)]


def test_what_a_statement_leaves_out_stays_as_it_was_said() -> None:
    spans = fold_declarations([said(1, line="SMT-1", opened=1), said(5, closed=5)])

    assert spans == [Declared(members={"line": "SMT-1", "opened": 1, "closed": 5}, valid_from=None)]


def test_a_member_that_changes_begins_a_new_span() -> None:
    assert fold_declarations([said(3, customer="C"), said(1, customer="A", product="P")]) == [
        Declared(members={"customer": "A", "product": "P"}, valid_from=None, valid_to=at(3)),
        Declared(members={"customer": "C", "product": "P"}, valid_from=at(3)),
    ]


def test_of_two_in_one_event_the_place_decides() -> None:
    stated = [said(1, kind="board"), said(1, place=1, kind="product")]

    for order in itertools.permutations(stated):
        spans = fold_declarations(order)
        assert [each.members["kind"] for each in spans] == ["board", "product"]


def test_of_two_at_one_time_the_later_in_order_holds() -> None:
    stated = [said(1, kind="board"), said(2, rank=7, kind="panel"), said(2, rank=9, kind="product")]

    for order in itertools.permutations(stated):
        spans = fold_declarations(order)
        assert [(each.members["kind"], each.valid_from) for each in spans] == [
            ("board", None), ("product", at(2)),
        ]  # fmt: skip


def test_what_is_said_and_taken_back_at_one_time_never_held() -> None:
    spans = fold_declarations(
        [said(1, kind="board"), said(2, rank=1, kind="panel"), said(2, rank=2, kind="board")]
    )

    assert spans == [Declared(members={"kind": "board"}, valid_from=None)]


def test_spans_follow_each_other_without_a_gap() -> None:
    spans = fold_declarations([said(hour, customer=hour % 3) for hour in range(10)])

    assert spans[0].valid_from is None
    assert spans[-1].valid_to is None
    assert all(left.valid_to == right.valid_from for left, right in itertools.pairwise(spans))


def test_nothing_said_is_nothing_known() -> None:
    assert fold_declarations([]) == [Declared(members={}, valid_from=None)]
