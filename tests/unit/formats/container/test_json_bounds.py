"""Bounds on parsed JSON, before anything recursive or costly sees it."""

from collections.abc import Callable
from typing import Any

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.json_bounds import refuse_unbounded


def refusal(value: Any, limits: Limits) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        refuse_unbounded(value, limits=limits)
    return raised.value


def test_passes_what_is_bounded(limits: Limits) -> None:
    refuse_unbounded({"modelType": "Submodel", "value": ["\U0001f600", None, 1]}, limits=limits)


def test_refuses_a_value_deeper_than_the_interpreter_could_recurse(limits: Limits) -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]

    assert refusal(value, limits).code is Code.JSON_TOO_DEEP


def test_counts_elements(with_limits: Callable[..., Limits]) -> None:
    value = [{"modelType": "Capability"}] * 11

    assert refusal(value, with_limits(aas_elements=10)).code is Code.AAS_TOO_MANY_ELEMENTS


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "ok \udfff"])
def test_refuses_text_that_no_table_can_hold_and_names_the_place(limits: Limits, text: str) -> None:
    refused = refusal({"submodels": [{"id": text}]}, limits)

    assert refused.code is Code.JSON_INVALID
    assert refused.findings[0].path == "submodels[0].id"


def test_refuses_a_key_that_is_no_text(limits: Limits) -> None:
    assert refusal({"\ud800": 1}, limits).code is Code.JSON_INVALID


@pytest.mark.parametrize(
    "value", [{"idShort": "A" * 30_000}, {"valueType": "xs:anyURI", "value": "1" * 30_000}]
)
def test_refuses_values_that_would_keep_a_pattern_busy_for_minutes(limits: Limits, value: Any) -> None:
    assert refusal(value, limits).code is Code.AAS_VALUE_TOO_LONG


def test_long_text_is_no_pattern(limits: Limits) -> None:
    refuse_unbounded({"valueType": "xs:string", "value": "A" * 1_000_000}, limits=limits)
