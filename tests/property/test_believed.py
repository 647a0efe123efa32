"""The product and the second engine, asked the same about the same plant, answer the same."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from believed.comparing import Opener, Question, Trial, trials
from believed.found import ABOUT, FOUND
from believed.told import Asked, ProductPlant, SetClock
from believed.words import LEVELS
from engine.plants import CUSTOMERS, FIRST_RECORDED, at, recorded_at, shared_plants
from engine.record import Recorded
from examples import examples, is_by_day
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried

from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

A_REQUEST = 5  # so many events come in one


@pytest.fixture
def sites(settings: Settings):
    """Open one site after the other, each with its two customers."""
    clock = SetClock(FIRST_RECORDED)
    registry = open_registry(settings, clock=clock)
    numbers = itertools.count(1)

    def fresh() -> ProductPlant:
        clock.now = FIRST_RECORDED - timedelta(days=1)
        return ProductPlant(registry, clock, f"plant-{next(numbers)}", CUSTOMERS)

    yield fresh
    registry.close()


def tried_by_day(count: int) -> tried:
    """Return settings of so many examples by day, the same each day."""
    return tried(
        examples(count),
        phases=(Phase.generate,),
        derandomize=is_by_day(),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# A plant costs three times as much there, and what differs is SQL: nine tenths are tried on SQLite.
on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


@pytest.mark.check
@on_sqlite
@given(trials())
@tried_by_day(90)
def test_the_product_answers_what_the_second_engine_answers(sites: Opener, trial: Trial) -> None:
    differs = trial.differences(sites)

    assert not differs, trial.smallest(lambda each: each.differences(sites))


@pytest.mark.check
@on_postgresql
@given(trials())
@tried_by_day(10)
def test_the_product_on_postgresql_answers_what_the_second_engine_answers(
    sites: Opener, trial: Trial
) -> None:
    differs = trial.differences(sites)

    assert not differs, trial.smallest(lambda each: each.differences(sites))


@on_sqlite
@pytest.mark.parametrize("way", ["kept", "shuffled"])
@pytest.mark.parametrize("name", FOUND)
def test_what_once_differed(sites: Opener, name: str, way: str) -> None:
    assert_no_difference(sites, name, way)


@on_postgresql
@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=[pytest.mark.night] * (place % 8 > 0)) for place, each in enumerate(FOUND)],
)
def test_what_once_differed_on_postgresql(sites: Opener, name: str) -> None:
    """What differs there is SQL: every eighth is tried by day."""
    assert_no_difference(sites, name, "kept")


def assert_no_difference(sites: Opener, name: str, way: str) -> None:
    late = Question(None, None, is_late=True, levels=LEVELS, groups=("customer", "product"))
    late = replace(late, subjects=ABOUT.get(name, ()))
    of_acorn = replace(late, customer="Acorn", levels=("board",), groups=())
    early = replace(late, as_of=datetime.fromisoformat(at(4)))
    questions = (late, replace(late, ever=True), early, *([of_acorn] if late.subjects else []))
    ids = frozenset(each["id"] for each in FOUND[name])

    differs = Trial(FOUND[name], questions, early=ids, way=way).differences(sites)

    assert not differs, differs


@pytest.mark.check
@on_sqlite
@given(shared_plants())
@tried_by_day(6)
def test_what_is_another_customers_changes_no_answer(sites: Opener, plants) -> None:
    """[11] Whatever Birch's events say, Acorn's auditor is told the same; over HTTP: tests/api/test_customers.py."""
    assert_no_difference_to_acorn(sites, *plants)


@pytest.mark.check
@on_postgresql
@given(shared_plants())
@tried_by_day(2)
def test_what_is_another_customers_changes_no_answer_on_postgresql(sites: Opener, plants) -> None:
    assert_no_difference_to_acorn(sites, *plants)


def assert_no_difference_to_acorn(
    sites: Opener, ours: list[Recorded], theirs: list[Recorded], otherwise: list[Recorded]
) -> None:
    """Build a plant without others, with them, and with them otherwise; Acorn's auditor is told the same."""
    told = []
    for others in ((), theirs, otherwise):
        product, events = sites(), [each.value for each in (*ours, *others)]
        for place in range(0, len(events), A_REQUEST):
            product.send(events[place : place + A_REQUEST], recorded_at(place))
        product.meet(["A1", "A2", "A3", "Z1", "Z2", "Z3"])
        who, then = product.who("Acorn"), datetime.fromisoformat(at(6))
        now = Asked(who, None, None, LEVELS, ("customer", "product"))
        told.append([product.answers(now), product.answers(Asked(who, then, None, ("product",), ever=True))])

    for before, *after in zip(*told, strict=True):
        assert [_told_of(each, before) for each in after] == [before, before]


def _told_of(answers: dict, before: dict) -> dict:
    # What is never there in the one is nothing in the other: lots that only another customer has.
    assert not any(answer for question, answer in answers.items() if question not in before)
    return {question: answers[question] for question in before}
