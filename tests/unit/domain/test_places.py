"""Places and their line: everybody has a turn, whatever others do, and no place is lost."""

from functools import partial

from aas_registry.domain.places import Called, Claimant, Places

A, B, C = (Claimant(name, "phone") for name in "abc")
A_LAPTOP = Claimant("a", "laptop")


def places_of(number: int, *, most_waiting: int = 9, most_of_one: int = 9) -> Places:
    places = Places(number, most_waiting=most_waiting, most_of_one=most_of_one)
    for _ in range(number):
        assert places.take(Claimant("first", "comer"))
    return places


class Told:
    """Who waits, and what each was told."""

    def __init__(self, places: Places) -> None:
        self.called: list[str] = []
        self.sent_away: list[str] = []
        self._places = places
        self._calls: dict[str, Called] = {}

    def waits(self, name: str, claimant: Claimant) -> bool:
        call = self._calls.setdefault(name, partial(self._tell, name))
        return self._places.wait(call, claimant)

    def leaves(self, name: str) -> None:
        self._places.leave(self._calls[name])

    def serve(self, name: str, claimant: Claimant) -> None:
        """Let who was called do its work and go, as requests do."""
        assert self._places.take(claimant)
        self._places.give_back()
        self.leaves(name)

    def _tell(self, name: str, *, has_place: bool) -> None:
        (self.called if has_place else self.sent_away).append(name)


def test_so_many_are_taken_and_no_more():
    places = Places(2, most_waiting=1, most_of_one=1)

    assert [places.take(A) for _ in range(3)] == [True, True, False]


def test_who_waits_longest_is_called_first_and_once():
    places = places_of(1)
    told = Told(places)
    for name in ("1", "2"):
        told.waits(name, A)

    places.give_back()
    told.serve("1", A)
    told.serve("2", A)

    assert told.called == ["1", "2"]


def test_who_comes_when_a_place_is_free_already_is_called_at_once():
    places = Places(1, most_waiting=1, most_of_one=1)
    told = Told(places)

    told.waits("1", A)

    assert told.called == ["1"]


def test_a_place_is_kept_for_who_was_called_and_nobody_overtakes():
    places = places_of(1)
    told = Told(places)
    told.waits("1", A)
    places.give_back()

    assert not places.take(B)
    assert places.take(A)
    assert not places.take(A)


def test_each_group_has_a_turn_before_any_has_another():
    places = places_of(1)
    told = Told(places)
    for name, claimant in (("a1", A), ("a2", A), ("a3", A), ("b1", B), ("c1", C), ("b2", B)):
        told.waits(name, claimant)

    places.give_back()
    for claimant in (A, B, C, A, B, A):
        told.serve(told.called[-1], claimant)

    assert told.called == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_the_turns_of_a_group_go_round_in_it():
    places = places_of(1)
    told = Told(places)
    for name, claimant in (("p1", A), ("p2", A), ("p3", A), ("l1", A_LAPTOP)):
        told.waits(name, claimant)

    places.give_back()
    for claimant in (A, A_LAPTOP, A, A):
        told.serve(told.called[-1], claimant)

    assert told.called == ["p1", "l1", "p2", "p3"]


def test_of_one_only_so_many_wait_and_others_still_do():
    told = Told(places_of(1, most_of_one=2))

    waiting = [told.waits(name, A) for name in ("1", "2", "3")]

    assert waiting == [True, True, False]
    assert told.waits("4", A_LAPTOP)
    assert told.waits("5", B)


def test_in_a_full_line_the_group_that_fills_most_of_it_makes_room():
    told = Told(places_of(1, most_waiting=4))
    for name in ("1", "2", "3"):
        told.waits(name, A)
    told.waits("b", B)

    assert not told.waits("4", A)
    assert told.waits("c", C)
    assert told.sent_away == ["3"]
    assert not told.waits("b2", B)  # one each would only change who waits
    assert told.sent_away == ["3"]


def test_a_line_without_room_takes_nobody():
    assert not Told(places_of(1, most_waiting=0)).waits("1", A)


def test_who_was_called_in_vain_stands_in_front_of_its_own_and_of_nobody_else():
    places = places_of(1, most_waiting=2)
    told = Told(places)
    for name, claimant in (("a1", A), ("b1", B)):
        told.waits(name, claimant)
    places.give_back()
    assert places.take(A)  # another request of a, which did not wait
    told.waits("a2", A)

    assert told.waits("a1", A)
    places.give_back()
    told.serve("b1", B)
    told.serve("a1", A)

    assert told.called == ["a1", "b1", "a1", "a2"]


def test_a_place_that_who_was_called_did_not_take_is_the_next_ones():
    places = places_of(1)
    told = Told(places)
    for name, claimant in (("a", A), ("b", B), ("c", C)):
        told.waits(name, claimant)
    told.leaves("b")

    places.give_back()
    told.leaves("a")

    assert told.called == ["a", "c"]
    assert places.take(C)


def test_no_place_is_lost_when_those_who_were_called_are_mixed_up():
    places = places_of(2)
    told = Told(places)
    for name in ("1", "2"):
        told.waits(name, A)
    places.give_back()
    places.give_back()
    assert places.take(A)  # a third request, which did not wait

    told.leaves("1")
    told.leaves("2")
    places.give_back()

    assert [places.take(B) for _ in range(3)] == [True, True, False]


def test_who_leaves_while_no_place_is_free_calls_nobody():
    places = places_of(1)
    told = Told(places)
    told.waits("a", A)
    told.waits("b", A)

    told.leaves("a")
    assert told.called == []
    places.give_back()

    assert told.called == ["b"]
