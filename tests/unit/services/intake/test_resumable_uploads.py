"""Uploads in pieces: what other requests do meanwhile, and when an upload expires."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from aas_samples import lot_aasx

from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.identifiers import PartialUploadId
from aas_registry.domain.principals import Principal
from aas_registry.services import access
from aas_registry.services.intake import resumable_uploads
from aas_registry.services.intake.resumable_uploads import Announcement
from aas_registry.services.registry import Registry
from aas_registry.storage.uploads.partial_files import PartialFiles

TEN_BYTES = Announcement(file_name="a", media_type="", metadata="", length=10)


class Interrupted(PartialFiles):
    """The same files; just before one is used, another request has its turn."""

    def __init__(self, root: Path, other_request: Callable[[], object]) -> None:
        super().__init__(root)
        self._other_request = other_request

    def size(self, name: str) -> int:
        self._other_request()
        return super().size(name)

    def append(self, name: str, content: IO[bytes], *, offset: int, length: int) -> int:
        self._other_request()
        return super().append(name, content, offset=offset, length=length)

    def locked(self, name: str):
        self._other_request()
        return super().locked(name)


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


@pytest.fixture
def upload(registry: Registry, who: Principal) -> PartialUploadId:
    """A package that has arrived whole and was not taken."""
    content = lot_aasx()
    announced = Announcement(file_name="lot.aasx", media_type="", metadata="", length=len(content))
    begun = resumable_uploads.begin(registry, who, announced)
    resumable_uploads.append(registry, who, begun.announced.id, io.BytesIO(content), offset=0)
    return begun.announced.id


def beside(registry: Registry, other_request: Callable[[], object]) -> Registry:
    folder = registry.settings.data_dir / "partial"
    return replace(registry, partial_files=Interrupted(folder, other_request))


def test_an_upload_that_is_taken_while_it_is_asked_for_is_never_unknown(
    registry: Registry, who: Principal, upload: PartialUploadId
) -> None:
    asked = beside(registry, lambda: resumable_uploads.take(registry, who, upload))

    state = resumable_uploads.get_state(asked, who, upload)

    assert state.upload is not None
    assert state.offset == state.announced.length


def test_of_two_that_take_an_upload_the_later_is_answered_what_became_of_it(
    registry: Registry, who: Principal, upload: PartialUploadId
) -> None:
    first = []
    asked = beside(registry, lambda: first.append(resumable_uploads.take(registry, who, upload)))

    second = resumable_uploads.take(asked, who, upload)

    assert (first[0].is_new, second.is_new) == (True, False)
    assert second.id == first[0].id


def test_a_piece_that_comes_after_all_was_taken_does_not_fit(
    registry: Registry, who: Principal, upload: PartialUploadId
) -> None:
    asked = beside(registry, lambda: resumable_uploads.take(registry, who, upload))

    with pytest.raises(ConflictError):
        resumable_uploads.append(asked, who, upload, io.BytesIO(b"x"), offset=0)


def test_an_upload_that_is_given_up_while_it_is_asked_for_is_unknown(
    registry: Registry, who: Principal, upload: PartialUploadId
) -> None:
    asked = beside(registry, lambda: resumable_uploads.remove(registry, who, upload))

    with pytest.raises(NotFoundError):
        resumable_uploads.get_state(asked, who, upload)


@pytest.mark.parametrize("piece", [b"1234", b"1234567890"])
def test_each_piece_puts_the_expiry_off_and_says_until_when(
    registry: Registry, who: Principal, clock, piece: bytes
) -> None:
    begun = resumable_uploads.begin(registry, who, TEN_BYTES)
    clock.advance(hours=1)

    state = resumable_uploads.append(registry, who, begun.announced.id, io.BytesIO(piece), offset=0)

    found = resumable_uploads.get_state(registry, who, begun.announced.id)
    # The clock of the tests goes on by a microsecond with each look.
    put_off = state.announced.expires_at - begun.announced.expires_at
    assert timedelta(hours=1) <= put_off < timedelta(hours=1, seconds=1)
    assert (found.announced.expires_at, found.offset) == (state.announced.expires_at, len(piece))


def test_a_piece_that_breaks_off_puts_the_expiry_off_too(registry: Registry, who: Principal, clock) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(4)
            if not piece:
                raise ConnectionResetError
            return piece

    begun = resumable_uploads.begin(registry, who, TEN_BYTES)
    clock.advance(hours=1)

    with pytest.raises(ConnectionResetError):
        resumable_uploads.append(registry, who, begun.announced.id, Breaking(b"1234"), offset=0)

    found = resumable_uploads.get_state(registry, who, begun.announced.id)
    assert (found.offset, found.announced.expires_at > begun.announced.expires_at) == (4, True)
