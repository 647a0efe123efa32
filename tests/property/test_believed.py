"""The product and the second engine, asked the same about the same plant, answer the same."""

import itertools
from datetime import timedelta

import pytest
from believed.comparing import Opener, Trial, trials
from believed.told import ProductPlant, SetClock
from engine.plants import CUSTOMERS, FIRST_RECORDED
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
