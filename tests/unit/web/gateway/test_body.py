"""A body that finds no room on the disk is told as that, and is not taken for the whole."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aas_registry.domain.errors import StorageFullError
from aas_registry.web.gateway.body import receive_body
from aas_registry.web.gateway.pace import Pace


def test_a_body_that_finds_no_room_is_told_as_a_full_disk() -> None:
    events = iter([{"type": "http.request", "body": b"x" * (2 << 20), "more_body": False}])

    async def receive() -> dict:
        return next(events)

    async def received():
        with ThreadPoolExecutor(1) as disk:
            pace = Pace(span_s=30, least_bytes_per_s=1)
            return await receive_body(receive, pace, full, most_bytes=1 << 30, disk=disk)

    with Path("/dev/full").open("r+b", buffering=0) as full:
        came = asyncio.run(received())

        with pytest.raises(StorageFullError):
            came.read()
