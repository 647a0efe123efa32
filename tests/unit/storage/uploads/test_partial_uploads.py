"""Uploads in pieces: found by their owner until they expire, counted until they are taken."""

from datetime import timedelta
from typing import Any

import pytest

from aas_registry.domain.identifiers import PartialUploadId, Site, SubmissionId
from aas_registry.services.registry import Registry
from aas_registry.storage.uploads import partial_uploads as table
from aas_registry.storage.uploads.partial_uploads import PartialUpload

PLANT, OTHER = Site("plant"), Site("other")
FIRST, SECOND = PartialUploadId("1" * 32), PartialUploadId("2" * 32)


@pytest.fixture
def add(registry: Registry):
    def added(upload: PartialUploadId, site: Site = PLANT, **more: Any) -> PartialUpload:
        now = registry.clock()
        made = PartialUpload(
            id=upload,
            owner=more.pop("owner", "party 1"),
            file_name="lot.aasx",
            media_type="",
            metadata="filename bG90",
            length=more.pop("length", 10),
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with registry.write(site) as connection:
            table.add_partial_upload(connection, site, made)
        return made

    return added


def find(registry: Registry, upload: PartialUploadId, site: Site = PLANT, owner: str = "party 1"):
    with registry.read() as connection:
        return table.find_partial_upload(connection, site, upload, owner=owner, now=registry.clock())


def test_is_given_back_as_it_was_announced_and_to_its_owner_alone(registry: Registry, add) -> None:
    added = add(FIRST)

    assert find(registry, FIRST) == added
    assert find(registry, FIRST, owner="party 2") is None
    assert find(registry, FIRST, OTHER) is None
    assert find(registry, SECOND) is None


def test_lives_until_it_expires_or_was_put_off(registry: Registry, add, clock) -> None:
    add(FIRST)
    add(SECOND)
    with registry.write(PLANT) as connection:
        table.put_off(connection, PLANT, SECOND, expires_at=clock.now + timedelta(hours=3))
        assert not table.any_expired(connection, now=clock.now)

    clock.advance(hours=2)

    assert find(registry, FIRST) is None
    assert find(registry, SECOND) is not None
    with registry.write(PLANT) as connection:
        assert table.any_expired(connection, now=clock.now)
        assert table.remove_expired(connection, now=clock.now) == [FIRST]
        assert not table.any_expired(connection, now=clock.now)


def test_counts_against_its_owner_until_it_is_taken_or_given_up(registry: Registry, add) -> None:
    add(FIRST, length=3)
    add(SECOND, length=4)
    add(PartialUploadId("3" * 32), owner="party 2", length=5)
    with registry.write(PLANT) as connection:
        assert table.open_uploads(connection, PLANT, owner="party 1") == (2, 7)

        table.settle(connection, PLANT, FIRST, SubmissionId(9))
        assert table.open_uploads(connection, PLANT, owner="party 1") == (1, 4)

        table.remove_partial_upload(connection, PLANT, SECOND)
        assert table.open_uploads(connection, PLANT, owner="party 1") == (0, 0)
    taken = find(registry, FIRST)
    assert taken is not None
    assert taken.submission == 9
    assert find(registry, SECOND) is None


def test_files_are_known_whatever_site_their_uploads_are_of(registry: Registry, add) -> None:
    add(FIRST)
    add(SECOND, OTHER)

    with registry.read() as connection:
        asked = [SECOND, FIRST, PartialUploadId("4" * 32)]
        assert table.known_partial_uploads(connection, asked) == {FIRST, SECOND}
