"""Names that were given to something else, or to the same thing again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.domain.items import Scheme
from aas_registry.domain.namings import (
    HeldName,
    Holders,
    Line,
    Naming,
    NamingKind,
    StatementOrder,
    by_the_end_of,
)
from aas_registry.domain.reused_names import find_reused

DAY_ONE = datetime(2026, 3, 1, 8, tzinfo=UTC)
SERIAL, LABEL, PLACE = (HeldName(each, "n", "") for each in (Scheme.SERIAL, Scheme.PACKAGE, Scheme.PANEL))


def told(day, name=SERIAL, kind=NamingKind.CREATED, **said):
    order = StatementOrder(DAY_ONE + timedelta(days=day), day, 0, 0)
    return Naming(line=Line(day, 0, 0), kind=kind, names=(name,), order=order, **{"meant_at": order, **said})


def one_unit(event, *days):
    return [
        replace(
            told(90, kind=NamingKind.SAME, meant_at=by_the_end_of(DAY_ONE + timedelta(days=day))),
            line=Line(event, 0, nth),
        )
        for nth, day in enumerate(days)
    ]


def found(*said, name=SERIAL):
    holders = Holders(said)
    things = [(each, number) for number, thing in enumerate(holders.things) for each in thing.holders]
    decisions = [each for each in said if each.kind is NamingKind.SAME]
    return [(each.kind, set(each.events)) for each in find_reused(name, holders, dict(things), decisions)]


def test_each_name_given_anew_is_told_with_what_was_said_before_it() -> None:
    products = [told(day, product=product) for day, product in ((1, 7), (2, 7), (3, 8), (4, 9))]

    assert found(*products) == [
        (AnomalyKind.SERIAL_REUSED, {2, 3}), (AnomalyKind.SERIAL_REUSED, {3, 4})
    ]  # fmt: skip
    lots = [told(day, LABEL, NamingKind.NAMED, lots=frozenset({day})) for day in (1, 2)]
    assert found(*lots, name=LABEL) == [(AnomalyKind.LABEL_REUSED, {1, 2})]
    assert not found(told(1, PLACE), told(2, PLACE), name=PLACE)


def test_what_was_decided_is_told_no_longer() -> None:
    two = [told(1, product=7), told(3, product=8)]

    assert not found(*two, told(2, kind=NamingKind.REUSED))
    assert not found(*two, *one_unit(9, 1, 3))


@pytest.mark.parametrize(("days", "is_told"), [((1, 40), False), ((1, 2), True), ((41, 42), True)])
def test_a_second_creation_is_told_until_one_decision_names_the_unit_before_and_since(days, is_told) -> None:
    twice = [told(1), told(40)]

    assert found(*twice) == [(AnomalyKind.CREATED_AGAIN, {1, 40})]
    assert bool(found(*twice, *one_unit(90, *days))) == is_told
    apart = [one_unit(event, day)[0] for event, day in ((90, 1), (91, 40))]
    assert found(*twice, *apart)
