"""Turns of requests that had to wait: for so long, where the line has room, and while somebody is there."""

import asyncio

from aas_registry.domain.places import Claimant, Places
from aas_registry.web.gateway.turns import Turn

A, B = Claimant("a", "phone"), Claimant("b", "phone")


def places_of(number: int, *, most_waiting: int = 1) -> Places:
    places = Places(number, most_waiting=most_waiting, most_of_one=9)
    for _ in range(number):
        assert places.take(A)
    return places


async def stays() -> None:
    """Be a client that does not go."""
    await asyncio.Event().wait()


async def goes() -> None:
    """Be a client that goes at once."""


def in_line(places: Places, wait_s: float) -> bool:
    async def join() -> bool:
        return Turn(wait_s).join(places, A)

    return asyncio.run(join())


def test_a_request_waits_only_where_there_is_time_and_room():
    places = places_of(1)

    assert not in_line(places, 0)
    assert in_line(places, 600)
    assert not in_line(places, 600)


def test_a_turn_comes_when_a_place_is_given_back_and_at_the_end_of_the_time():
    places = places_of(1)

    async def waits(wait_s: float) -> tuple[bool, bool]:
        turn = Turn(wait_s)
        turn.join(places, A)
        asyncio.get_running_loop().call_soon(places.give_back)
        return await turn.comes(stays()), turn.is_awaited

    assert asyncio.run(waits(600)) == (True, False)
    assert places.take(A)
    assert asyncio.run(waits(0.001)) == (True, False)


def test_whose_client_has_gone_does_not_run_again_and_leaves_its_room():
    places = places_of(1)

    async def waits() -> bool:
        turn = Turn(600)
        turn.join(places, A)
        is_to_run = await turn.comes(goes())
        turn.leave()
        return is_to_run

    assert not asyncio.run(waits())
    assert in_line(places, 600)


def test_who_makes_room_for_others_runs_again_and_waits_no_longer():
    places = places_of(1, most_waiting=2)

    async def waits() -> tuple[bool, bool]:
        turns = [Turn(600) for _ in range(3)]
        for turn, claimant in zip(turns, (A, A, B), strict=True):
            assert turn.join(places, claimant)
        return await turns[1].comes(stays()), turns[1].join(places, A)

    assert asyncio.run(waits()) == (True, False)


def test_who_counts_otherwise_when_it_runs_again_leaves_the_first_line():
    first, second = places_of(1), places_of(1)

    async def waits() -> None:
        turn = Turn(600)
        assert turn.join(first, A)
        assert turn.join(second, B)

    asyncio.run(waits())

    assert in_line(first, 600)
