"""Plants for Hypothesis of which answers are complete, but for what a few more events say."""

from hypothesis import strategies as st

from engine.plants import (
    CUSTOMERS,
    LOTS,
    Arrivals,
    Said,
    bodies,
    numbered,
    saying,
    some,
    sources,
    times,
    weighted,
)
from engine.plants import at as at_hour

_UNITS = ["S1", "S2", {"serial": "S3", "panel": "P1", "position": 1}]
_RANGE = {"sequenceFrom": 1, "sequenceTo": 3, "quantityPerUnit": 1}


def _made(customers: st.SearchStrategy[str | None]) -> Said:
    return saying(
        "unitCreated",
        units=st.just(_UNITS),
        customer=customers,
        run=st.just({"id": "R1", "station": "ST1"}),
        firstSequence=st.just(1),
    )


def _at(hour: int, said: Said) -> st.SearchStrategy[tuple]:
    return st.tuples(said, st.just(at_hour(hour)), sources)


_labels = st.sampled_from(["K1", "K2"])
_reels = [
    _at(0, saying("packageCreated", package=st.just(f"K{n}"), lots=st.just([LOTS[n % 2]]))) for n in (1, 2)
]
_used_by_each = [
    _at(2, saying("consumed", unit=st.just(unit), package=_labels, run=some(st.just("R1"))))
    for unit in ("S1", "S2", "S3")
]
_fed = [
    _at(
        1,
        saying(
            "feed", run=st.just("R1"), feeds=st.builds(lambda each: [_RANGE | {"package": each}], _labels)
        ),
    )
]
_done = _at(3, saying("unitCompleted", units=st.just(["S1", "S2", "S3"]), run=some(st.just("R1"))))
_whole = st.sampled_from([_used_by_each, _used_by_each, _fed]).flatmap(
    lambda uses: st.tuples(*_reels, _at(1, _made(st.sampled_from([None, *CUSTOMERS]))), *uses, _done)
)
_more = st.lists(
    st.tuples(
        weighted(
            *[bodies] * 2,
            saying("unitProcessed", units=st.just(["S2"]), run=st.just("R2"), firstSequence=st.just(1)),
        ),
        times,
        sources,
    ),
    max_size=4,
)


def whole_plants() -> st.SearchStrategy[Arrivals]:
    """Return plants of three units that passed one run, were reported and completed; and what else is said."""
    return st.builds(
        lambda whole, more, is_late: numbered([*more, *whole] if is_late else [*whole, *more]),
        _whole,
        _more,
        st.booleans(),
    ).map(Arrivals)
