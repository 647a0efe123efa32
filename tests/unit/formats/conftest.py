"""The bounds that the readers of this folder are tested with."""

from collections.abc import Callable
from dataclasses import asdict

import pytest

from aas_registry.domain.limits import Limits
from aas_registry.settings import Settings


@pytest.fixture
def limits() -> Limits:
    return Settings().limits


@pytest.fixture
def with_limits(limits: Limits) -> Callable[..., Limits]:
    """Return a builder of limits: the defaults, with some replaced."""

    def build(**changed: int) -> Limits:
        return Limits(**{**asdict(limits), **changed})

    return build
