"""A body that finds no room on the disk is told as that, and is not taken for the whole."""

import asyncio
import resource
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from aas_registry.domain.errors import StorageFullError
from aas_registry.web.gateway.body import receive_body
from aas_registry.web.gateway.pace import Pace

MIB = 1 << 20


@pytest.fixture
def little_room() -> Iterator[None]:
    """Let no file grow beyond a mebibyte: the kernel then refuses to write, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_body_that_finds_no_room_is_told_as_a_full_disk(little_room: None) -> None:
    events = iter([{"type": "http.request", "body": b"x" * 3 * MIB, "more_body": False}])

    async def receive() -> dict:
        return next(events)

    async def received(kept):
        with ThreadPoolExecutor(1) as disk:
            pace = Pace(span_s=30, least_bytes_per_s=1)
            return await receive_body(receive, pace, kept, most_bytes=1 << 30, disk=disk)

    with suppress(OSError), tempfile.SpooledTemporaryFile(MIB // 2) as kept:  # what is left cannot be written
        came = asyncio.run(received(kept))

        with pytest.raises(StorageFullError):
            came.read()
