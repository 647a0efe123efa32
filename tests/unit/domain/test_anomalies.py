"""By what a contradiction is known again, however it changed."""

import pytest

from aas_registry.domain.anomalies import Anomaly, AnomalyKind, marks_of, told_in_words

KINDS = AnomalyKind


def anomaly(kind, key="", subject=1, events=(1, 2), things=(7,)):
    return Anomaly(kind=kind, subject=subject, key=key, events=frozenset(events), things=frozenset(things))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (
            anomaly(KINDS.TWO_PARENTS, "5", events=[4, 5]),
            anomaly(KINDS.TWO_PARENTS, "5", events=[3, 5]),
            True,
        ),
        (anomaly(KINDS.TWO_PARENTS, "5"), anomaly(KINDS.TWO_PARENTS, "6"), False),
        (
            anomaly(KINDS.DESIGNATOR_TWICE, "C1\nC2"),
            anomaly(KINDS.DESIGNATOR_TWICE, "C2", events=[2, 3]),
            True,
        ),
        (anomaly(KINDS.DESIGNATOR_TWICE, "C1"), anomaly(KINDS.DESIGNATOR_TWICE, "C2"), True),
        (anomaly(KINDS.DESIGNATOR_TWICE, "C1"), anomaly(KINDS.DESIGNATOR_TWICE, "C1", subject=2), False),
        (anomaly(KINDS.SEQUENCE_TWICE, "1"), anomaly(KINDS.SEQUENCE_TWICE, "2"), False),
        (anomaly(KINDS.UNDECIDED, "0 0"), anomaly(KINDS.UNDECIDED, "1 0"), True),
        (anomaly(KINDS.UNDECIDED, "0 0"), anomaly(KINDS.UNDECIDED, "1 0", things=[8]), False),
        (anomaly(KINDS.LABEL_REUSED, "k", subject=1), anomaly(KINDS.LABEL_REUSED, "k", subject=2), True),
        (anomaly(KINDS.CREATED_AGAIN, "k", subject=1), anomaly(KINDS.CREATED_AGAIN, "k", subject=2), False),
        (
            anomaly(KINDS.CONTENT_DISPUTED, "k", things=[1]),
            anomaly(KINDS.CONTENT_DISPUTED, "k", subject=2),
            True,
        ),
    ],
)
def test_an_anomaly_is_known_again_by_where_it_is_or_by_what_states_it(one, other, is_same) -> None:
    assert set(marks_of(one)).isdisjoint(marks_of(other)) is not is_same


def test_what_fits_is_told_with_no_word() -> None:
    assert told_in_words({}) == ""
    assert told_in_words({KINDS.OVERDRAWN: 2}).endswith("more used than was in the package (2).")
