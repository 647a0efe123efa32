"""Holders of names: cut, connected, and given ids that stay."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from aas_registry.domain.items import Scheme
from aas_registry.domain.namings import (
    Claim,
    HeldName,
    Holders,
    Line,
    Naming,
    NamingKind,
    StatementOrder,
    by_the_end_of,
    items_of,
)

DAY_ONE = datetime(2026, 3, 1, 8, tzinfo=UTC)
B1, B2 = (HeldName(Scheme.SERIAL, value, "") for value in ("b1", "b2"))
ACORN, BIRCH = (HeldName(Scheme.SERIAL, "b1", issuer) for issuer in ("acorn", "birch"))
PLACE = HeldName(Scheme.PANEL, "p/1", "p")
REEL = HeldName(Scheme.PACKAGE, "r", "")


def naming(number: int, *names: HeldName, kind=NamingKind.CREATED, day=None, **said) -> Naming:
    at = DAY_ONE + timedelta(days=number if day is None else day)
    order = StatementOrder(at, number, 0, 0)
    given = {"meant_at": order, **said}
    return Naming(line=Line(number, 0, 0), kind=kind, names=names, order=order, **given)


def meant(holders: Holders, name: HeldName, day: int) -> list[int]:
    """By the line that began each: who a name means by the end of a day."""
    found = holders.meant(name, by_the_end_of(DAY_ONE + timedelta(days=day)))
    return [each.begun_by.line.event for each in found]


def test_the_first_holder_has_a_name_from_the_beginning() -> None:
    holders = Holders([naming(3, B1)])

    assert meant(holders, B1, 0) == [3]
    assert holders.holders_of(B1)[0].begin is None


@pytest.mark.parametrize(
    "again",
    [{"product": 9}, {"unit_kind": "product"}],
    ids=["another product", "another kind"],
)
def test_a_serial_number_is_another_units_when_something_else_is_created(again) -> None:
    first = naming(1, B1, product=8, unit_kind="board")
    told = [first, naming(2, B1), naming(5, B1, **again)]

    for order in itertools.permutations(told):
        holders = Holders(order)
        assert [meant(holders, B1, day) for day in (0, 4, 5)] == [[1], [1], [5]]


def test_a_mere_mention_begins_nothing() -> None:
    told = [naming(1, B1, unit_kind="board"), naming(5, B1, kind=NamingKind.NAMED, unit_kind="product")]

    assert len(Holders(told).holders_of(B1)) == 1


def test_a_place_is_another_ones_with_another_serial_number_or_when_it_is_made_anew() -> None:
    with_serials = Holders([naming(1, PLACE, B1), naming(3, PLACE, B2)])
    assert [meant(with_serials, PLACE, day) for day in (1, 2, 3)] == [[1], [1], [3]]

    anew = Holders([naming(1, PLACE), naming(2, PLACE)])
    assert [meant(anew, PLACE, day) for day in (1, 2)] == [[1], [2]]

    at_once = Holders([naming(1, PLACE, day=1), naming(2, PLACE, B1, day=1)])
    assert [meant(at_once, PLACE, day) for day in (0, 1)] == [[1], [1]]


def test_a_label_is_another_packages_with_other_lots() -> None:
    told = [
        naming(1, REEL, kind=NamingKind.NAMED, lots=frozenset({1})),
        naming(2, REEL, kind=NamingKind.NAMED),
        naming(3, REEL, kind=NamingKind.NAMED, lots=frozenset({2})),
    ]

    holders = Holders(told)

    assert [meant(holders, REEL, day) for day in (1, 2, 3)] == [[1], [1], [3]]


def test_a_name_without_issuer_means_the_only_one_or_all_of_that_value() -> None:
    assert meant(Holders([naming(1, ACORN)]), B1, 1) == [1]
    assert meant(Holders([naming(1, ACORN), naming(2, BIRCH)]), B1, 2) == [1, 2]
    assert meant(Holders([naming(1, ACORN), naming(2, BIRCH), naming(3, B1)]), B1, 2) == [3]
    assert meant(Holders([naming(1, B1)]), ACORN, 1) == []


def test_a_name_of_several_issuers_is_not_given_anew() -> None:
    reused = naming(3, B1, kind=NamingKind.REUSED)

    assert len(Holders([naming(1, ACORN), reused]).holders_of(ACORN)) == 2
    two = Holders([naming(1, ACORN), naming(2, BIRCH), reused])
    assert [len(two.holders_of(each)) for each in (ACORN, BIRCH)] == [1, 1]


def test_the_same_unit_is_found_through_others() -> None:
    together = (PLACE, B2)
    same = [
        naming(5, name, kind=NamingKind.SAME, meant_at=by_the_end_of(DAY_ONE), together=together)
        for name in together
    ]
    told = [naming(1, B1, PLACE), naming(2, B2), *same]

    (unit,) = Holders(told).things

    assert {each.name for each in unit.holders} == {B1, B2, PLACE}
    assert unit.lines == {Line(1, 0, 0), Line(2, 0, 0)}
    assert len(Holders(told[:2]).things) == 2


def test_an_id_stays_with_its_line_and_the_earliest_is_that_of_the_whole() -> None:
    def claim(day: int, item: int, event: int, name: HeldName) -> Claim:
        return Claim(DAY_ONE + timedelta(days=day), item, Line(event, 0, 0), name)

    claims = [claim(1, 70, 1, B1), claim(2, 30, 2, B2)]
    apart = Holders([naming(1, B1), naming(2, B2)]).things
    whole = Holders([naming(1, B1), naming(2, B2), naming(3, B1, B2)]).things

    own, leads_to = items_of(apart, claims)
    assert sorted(own.values()) == [30, 70]
    assert {item: own[place] for item, place in leads_to.items()} == {70: 70, 30: 30}
    own, leads_to = items_of(whole, claims)
    assert own == {0: 70}
    assert leads_to == {70: 0, 30: 0}


def test_an_id_whose_line_is_gone_goes_to_what_has_the_name_now() -> None:
    gone = Claim(DAY_ONE, 70, Line(1, 0, 0), B1)

    own, _ = items_of(Holders([naming(2, B1)]).things, [gone])

    assert own == {0: 70}
