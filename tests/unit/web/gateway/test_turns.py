"""Turns of requests that had to wait: for so long, and only where the line has room."""

import asyncio

from aas_registry.domain.places import Places
from aas_registry.web.gateway.turns import Turn


def in_line(places: Places, wait_s: float) -> bool:
    async def join() -> bool:
        return Turn(wait_s).join(places)

    return asyncio.run(join())


def test_a_request_waits_only_where_there_is_time_and_room():
    places = Places(0, most_waiting=1)

    assert not in_line(places, 0)
    assert in_line(places, 600)
    assert not in_line(places, 600)


def test_a_turn_comes_when_a_place_is_given_back_and_at_the_end_of_the_time():
    places = Places(1, most_waiting=1)
    places.take()

    async def waits(wait_s: float) -> bool:
        turn = Turn(wait_s)
        turn.join(places)
        asyncio.get_running_loop().call_soon(places.give_back)
        await turn.comes()
        return turn.is_awaited

    assert not asyncio.run(waits(600))
    assert places.take()
    assert not asyncio.run(waits(0.001))
