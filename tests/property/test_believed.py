"""The product and the second engine, asked the same about the same plant, answer the same."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from believed.comparing import LEVELS, Opener, Question, Trial, trials
from believed.found import FOUND
from believed.told import Asked, ProductPlant, SetClock
from engine.plants import CUSTOMERS, FIRST_RECORDED, at, recorded_at, shared_plants
from examples import examples, is_by_day
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as tried

from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings


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


@pytest.mark.check
@given(trials())
@tried(
    examples(50),  # on each database
    phases=(Phase.generate,),
    derandomize=is_by_day(),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_product_answers_what_the_second_engine_answers(sites: Opener, trial: Trial) -> None:
    if trial.differences(sites):
        raise AssertionError(trial.smallest(lambda each: each.differences(sites)))


@pytest.mark.parametrize("way", ["kept", "shuffled"])
@pytest.mark.parametrize("name", FOUND)
def test_what_once_differed(sites: Opener, name: str, way: str) -> None:
    late = Question(None, None, is_late=True, levels=LEVELS, groups=("customer", "product"))
    questions = (late, replace(late, ever=True), replace(late, as_of=datetime.fromisoformat(at(4))))
    ids = frozenset(each["id"] for each in FOUND[name])

    differs = Trial(FOUND[name], questions, early=ids, way=way).differences(sites)

    assert not differs, differs


@pytest.mark.check
@given(shared_plants())
@tried(
    examples(10),  # on each database
    phases=(Phase.generate,),
    derandomize=is_by_day(),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_another_customers_changes_no_answer(sites: Opener, plants) -> None:
    """[11] Whatever Birch's events say, Acorn's auditor is told the same; over HTTP: tests/api/test_customers.py."""
    ours, theirs, otherwise = plants
    told = []
    for others in ((), theirs, otherwise):
        product = sites()
        for place, each in enumerate((*ours, *others)):
            product.send([each.value], recorded_at(place))
        product.meet(["A1", "A2", "A3", "Z1", "Z2", "Z3"])
        asked = [
            Asked(product.who("Acorn"), as_of, None, LEVELS, ("customer", "product"), ever=ever)
            for as_of, ever in ((None, False), (datetime.fromisoformat(at(6)), True))
        ]
        told.append([product.answers(each) for each in asked])

    for before, *after in zip(*told, strict=True):
        assert [_told_of(each, before) for each in after] == [before, before]


def _told_of(answers: dict, before: dict) -> dict:
    # What is never there in the one is nothing in the other: lots that only another customer has.
    assert not any(answer for question, answer in answers.items() if question not in before)
    return {question: answers[question] for question in before}
