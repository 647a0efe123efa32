"""Laws of canonical JSON, and of bounded reading, over values that nobody thought of."""

import json
from contextlib import suppress
from typing import Any

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from aas_registry.domain.canonical_json import canonical_bytes, loads_strict
from aas_registry.domain.errors import RefusedError

SAFE = 2**53 - 1  # RFC 7493 (I-JSON), 2.2: integers beyond have no exact value that all readers share
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.floats(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


deceptive = st.sampled_from(["1,5", "[3", '":4', "null", "\\", '"', "\U0001f600", "\ufb33", "5"])
documents = st.recursive(
    texts | deceptive | st.booleans() | st.integers(-SAFE, SAFE) | st.floats(-SAFE, SAFE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | deceptive, inner, max_size=4),
    max_leaves=20,
)


@given(documents)
@example({"\U0001f600": "a", "\ufb33": "b"})
@example({"a": ["x", 1e21]})
@example([1e-7])
def test_is_what_another_implementation_of_the_standard_writes(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(values)
def test_reading_what_was_written_gives_the_value(value: Any) -> None:
    assert loads_strict(canonical_bytes(value), max_depth=64) == value


@given(values)
def test_canonical_is_a_fixed_point(value: Any) -> None:
    canonical = canonical_bytes(value)

    assert canonical_bytes(loads_strict(canonical, max_depth=64)) == canonical


@given(st.dictionaries(texts, values, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(value: dict[str, Any], random: Any) -> None:
    members = list(value.items())
    random.shuffle(members)

    assert canonical_bytes(dict(members)) == canonical_bytes(value)


@given(values)
def test_spacing_and_escapes_do_not_matter(value: Any) -> None:
    loose = json.dumps(value, indent=3, ensure_ascii=True).encode()

    assert canonical_bytes(loads_strict(loose, max_depth=64)) == canonical_bytes(value)


@given(st.binary(max_size=200) | st.text('[]{}",:\\u0d8 \n1eE.-tfn', max_size=200).map(str.encode))
def test_any_bytes_are_a_value_or_a_refusal(content: bytes) -> None:
    with suppress(RefusedError):
        value = loads_strict(content, max_depth=8)

        assert json.loads(content.decode("utf-8-sig")) == value
