"""What packages held, as of times before the labels began from which it was drawn."""

from datetime import UTC, datetime

from aas_registry.domain.events import Certainty, LinkKind
from aas_registry.domain.fillings import Filling, Flow, Source, fold_fillings
from aas_registry.domain.fillings_asked import fold_fillings_asked

OLD, LABEL, REEL = 1, 2, 3
LOT = 11
SAID: dict[int, dict[Source, Certainty]] = {
    OLD: {LOT: Certainty.EXACT},
    REEL: {LOT: Certainty.EXACT},
}


def at(hour: int) -> datetime:
    return datetime(2026, 3, 1, hour, tzinfo=UTC)


def relabelled(hour: int) -> Flow:
    return Flow(parent=OLD, child=LABEL, kind=LinkKind.RELABEL, at=at(hour))


MERGED = Flow(parent=LABEL, child=REEL, kind=LinkKind.MERGE, at=at(2))


def lots_of_reel(flows: list[Flow]) -> set[tuple[Source, Certainty, datetime | None, datetime | None]]:
    held: list[Filling] = fold_fillings_asked(SAID, flows)[REEL]
    at_last = [each for each in held if not each.is_package and each.valid_to is None]
    return {(each.source, each.grade.certainty, each.grade.since, each.asked_until) for each in at_last}


def test_before_a_label_was_filled_what_was_drawn_from_it_is_of_no_known_lot() -> None:
    assert lots_of_reel([MERGED, relabelled(8)]) == {
        (LOT, Certainty.POSSIBLE, None, at(8)),
        (None, Certainty.POSSIBLE, None, at(8)),
        (LOT, Certainty.EXACT, at(8), None),
    }


def test_what_was_filled_before_is_told_as_of_every_time() -> None:
    flows = [relabelled(1), MERGED]

    assert lots_of_reel(flows) == {(LOT, Certainty.EXACT, None, None)}
    assert fold_fillings_asked(SAID, flows) == fold_fillings(SAID, flows)


def test_what_is_the_same_as_of_all_times_is_told_once() -> None:
    held = fold_fillings_asked(SAID, [MERGED, relabelled(8)])

    assert held[OLD] == fold_fillings(SAID, [])[OLD]
