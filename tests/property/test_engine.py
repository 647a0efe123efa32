"""Laws that the second engine keeps by itself, before anything is compared with it."""

from datetime import datetime, timedelta

from engine.answers import LEVELS, is_of_boards, where_used
from engine.asked import Asked
from engine.everything import all_lots, differences, everything
from engine.packages import WORDS
from engine.plants import NOW, Arrivals, at, labels, plants, recorded_at, saying, serials, shared_plants
from engine.record import Recorded, content_of
from engine.replay import Plant, View
from engine.scopes import Scope
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

LATER = recorded_at(1000)
happenings = st.one_of(
    saying("consumed", unit=serials, package=labels),
    saying("removed", unit=serials, package=labels),
    saying(
        "assembledInto", links=st.lists(st.fixed_dictionaries({"unit": serials, "into": serials}), min_size=1)
    ),
    saying("shipped", units=st.lists(serials, min_size=1), shipment=st.just("SH9")),
    saying("returned", units=st.lists(serials, min_size=1)),
    saying(
        "unitProcessed",
        units=st.lists(serials, min_size=1),
        run=st.just("R1"),
        firstSequence=st.sampled_from([None, 1]),
    ),
    saying("unitCompleted", units=st.lists(serials, min_size=1), run=st.just("R1")),
)


def view_of(arrivals: Arrivals, *more: Recorded) -> View:
    return Plant([*arrivals.recorded(), *more], NOW).view()


def reordered(arrivals: Arrivals, order: list[int]) -> Arrivals:
    """Return another order of arrival, in which equal events and lists keep theirs [1.2, 4.5]."""

    def alike(event: dict) -> object:
        return event["type"] if event["type"] == "list" else content_of(event)

    events = [arrivals.events[place] for place in order]
    waiting: dict[object, list[dict]] = {}
    for event in arrivals.events:
        waiting.setdefault(alike(event), []).append(event)
    return Arrivals(tuple(waiting[alike(event)].pop(0) for event in events))


@examples(40)
@given(plants(30), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_answers(arrivals: Arrivals, random) -> None:
    order = list(range(len(arrivals.events)))
    random.shuffle(order)

    answers = everything(view_of(reordered(arrivals, order)))

    assert differences(answers, everything(view_of(arrivals))) == {}


@examples(20)
@given(plants(30), st.data())
def test_a_correction_that_is_corrected_took_nothing_away(arrivals: Arrivals, data: st.DataObject) -> None:
    before = everything(view_of(arrivals))
    ids = [each["id"] for each in arrivals.events if each["type"] != "list"] or ["none"]
    wrong = {"type": "correction", "id": "wrong", "happenedAt": "2027-01-01T00:00:00Z"}
    right = wrong | {"id": "right", "corrects": "wrong"}
    wrong["corrects"] = data.draw(st.sampled_from(ids))

    after = everything(view_of(arrivals, Recorded(wrong, LATER), Recorded(right, LATER + timedelta(1))))

    # The two corrections are lines of their own, and nothing else.
    assert {line for line in after["states"].pop("taken") if line[0] != "right"} == set(
        before["states"].pop("taken")
    )
    assert after == before


@examples(20)
@given(plants(30), st.data())
def test_equal_events_count_once(arrivals: Arrivals, data: st.DataObject) -> None:
    view = view_of(arrivals)
    told = [
        each for each in view.standing.events.values() if each["type"] != "correction" and "source" in each
    ]
    again = [Recorded(each | {"id": "again"}, LATER) for each in told]
    sent = data.draw(st.lists(st.sampled_from(again), max_size=1)) if again else []

    assert everything(view_of(arrivals, *sent)) == everything(view)


@examples(20)
@given(plants(30), st.integers(0, 30))
def test_what_was_recorded_later_did_not_exist(arrivals: Arrivals, count: int) -> None:
    early = Arrivals(arrivals.events[:count])
    then = recorded_at(count) - timedelta(seconds=1)

    answers = everything(Plant(arrivals.recorded(), NOW).view(None, then))

    assert answers == everything(Plant(early.recorded(), NOW).view(None, then))


@examples(20)
@given(plants(30), st.lists(happenings, min_size=1, max_size=4))
def test_what_happened_later_does_not_count(arrivals: Arrivals, later: list[dict]) -> None:
    hour = datetime.fromisoformat(at(8))
    told = [
        Recorded(each | {"id": f"later{place}", "happenedAt": at(9)}, LATER + timedelta(minutes=place))
        for place, each in enumerate(later)
    ]

    answers = everything(Plant([*arrivals.recorded(), *told], NOW).view(hour))
    before = everything(Plant(arrivals.recorded(), NOW).view(hour))

    assert differences(answers | {"states": None}, before | {"states": None}) == {}


@examples(20)
@given(plants(30))
def test_sending_all_again_changes_nothing(arrivals: Arrivals) -> None:
    again = [Recorded(each, LATER + timedelta(minutes=place)) for place, each in enumerate(arrivals.events)]
    events = [each for each in again if not each.is_list]

    assert everything(view_of(arrivals, *events)) == everything(view_of(arrivals))


@examples(40)
@given(plants())
def test_contents_mirror_where_used(arrivals: Arrivals) -> None:
    view = view_of(arrivals)
    forward = {
        (unit, lot): word
        for lot in all_lots(view)
        for unit, word in where_used(view, Asked(frozenset({lot}))).items()
    }

    backward = {}
    for unit in view.names.units():
        own = (each for each in view.holdings[unit] if not is_of_boards(view, unit, each, Scope(view)))
        for holding in own:
            for lot, grade in view.packages.lots_in(holding.use.drawn).items():
                if holding.left != 0:
                    surest = max(grade, holding.use.certainty)
                    backward[unit, lot] = min(surest, backward.get((unit, lot), surest))
    assert forward == {each: WORDS[grade] for each, grade in backward.items()}


@examples(40)
@given(plants())
def test_a_question_about_more_lots_is_never_answered_less(arrivals: Arrivals) -> None:
    view = view_of(arrivals)
    both = where_used(view, Asked(frozenset(all_lots(view))))

    for lot in all_lots(view):
        for unit, word in where_used(view, Asked(frozenset({lot}))).items():
            assert WORDS.index(both[unit]) <= WORDS.index(word)


@examples(40)
@given(plants())
def test_what_ever_held_it_includes_what_holds_it(arrivals: Arrivals) -> None:
    view = view_of(arrivals)

    for level in LEVELS:
        for lot in all_lots(view):
            asked = Asked(frozenset({lot}))
            assert where_used(view, asked, level).keys() <= where_used(view, asked, level, ever=True).keys()


@examples(40)
@given(plants())
def test_an_auditor_sees_no_board_that_the_plant_does_not(arrivals: Arrivals) -> None:
    view = view_of(arrivals)
    asked = Asked(frozenset(all_lots(view)))

    theirs, every = where_used(view, asked, scope=Scope(view, "Acorn")), where_used(view, asked)

    for unit, word in theirs.items():
        # [9.2] A panel of theirs stands for itself, where the boards that the plant sees are another's: also of
        # what was taken out of these, of which they are told nothing.
        boards = {each.unit for each in view.places.stays if each.target == unit}
        assert every.get(unit) == word or boards
    assert all(Scope(view).customer_of(unit) == "acorn" for unit in theirs)


@examples(40)
@given(shared_plants())
def test_what_is_another_customers_changes_no_answer(plants: tuple[list[Recorded], ...]) -> None:
    ours, theirs, otherwise = plants

    told = everything(Plant([*ours, *theirs], NOW).view(), "Acorn")

    assert differences(told, everything(Plant([*ours, *otherwise], NOW).view(), "Acorn")) == {}
