"""Places and their line: nobody is forgotten, and nobody waits who was told that there is no room."""

from functools import partial

from aas_registry.domain.places import Places


def line_of(places: Places, *names: str) -> tuple[list[str], dict[str, object]]:
    told: list[str] = []
    calls = {name: partial(told.append, name) for name in names}
    for call in calls.values():
        assert places.wait(call)
    return told, calls


def test_so_many_are_taken_and_no_more():
    places = Places(2, most_waiting=1)

    assert [places.take() for _ in range(3)] == [True, True, False]


def test_who_waits_longest_is_called_first_and_once():
    places = Places(1, most_waiting=3)
    places.take()
    told, _ = line_of(places, "a", "b")

    places.give_back()
    assert told == ["a"]
    assert places.take()
    places.give_back()
    places.take()
    places.give_back()

    assert told == ["a", "b"]


def test_who_comes_when_a_place_is_free_already_is_called_at_once():
    told, _ = line_of(Places(1, most_waiting=1), "a")

    assert told == ["a"]


def test_who_was_called_in_vain_stands_in_front_also_where_the_line_is_full():
    places = Places(1, most_waiting=2)
    places.take()
    told, calls = line_of(places, "a", "b")
    places.give_back()
    places.take()  # somebody else was quicker
    assert places.wait(partial(told.append, "c"))

    assert not places.wait(partial(told.append, "d"))
    assert places.wait(calls["a"], in_front=True)
    places.give_back()

    assert told == ["a", "a"]


def test_a_place_that_who_was_called_did_not_take_is_the_next_ones():
    places = Places(1, most_waiting=3)
    places.take()
    told, calls = line_of(places, "a", "b", "c")
    places.leave(calls["b"])

    places.give_back()
    places.leave(calls["a"])

    assert told == ["a", "c"]


def test_who_leaves_while_no_place_is_free_calls_nobody():
    places = Places(1, most_waiting=2)
    places.take()
    told, calls = line_of(places, "a", "b")

    places.leave(calls["a"])
    assert told == []
    places.give_back()

    assert told == ["b"]
