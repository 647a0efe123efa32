"""What SQLite had written beside its file is cut off or gone: the last whole commit is answered, and no more said.

That something was lost shows only where somebody kept a later time of recording.
"""

import io
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from killable_writer import Writer, job_of, killable_writer

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError
from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.identifiers import Site
from aas_registry.services import database
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.storage.clock import as_recorded

pytestmark = [
    pytest.mark.check,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
TIMES = 8
WAL = "registry.sqlite3-wal"


@pytest.fixture
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    with killable_writer(tmp_path_factory.mktemp("writer")) as held:
        yield held


def _after_loss(settings: Settings, target: Path, *, kept: int | None, asked: datetime) -> AsRecorded:
    """Cut the WAL of a copy, check it, and ask it for a time."""
    shutil.copytree(settings.data_dir, target)
    if kept is None:
        (target / WAL).unlink()
    else:
        with (target / WAL).open("r+b") as wal:
            wal.truncate(kept)
    left = settings.model_copy(update={"data_dir": target})
    assert database.check(left).is_whole
    registry = open_registry(left)
    with registry.read() as connection:
        answered = as_recorded(connection, Site(settings.site), asked)
    registry.close()
    return answered


@pytest.mark.parametrize("start", [open_registry, database.upgrade])
def test_no_registry_is_made_beside_the_files_of_one_that_was_lost(settings: Settings, start) -> None:
    registry = open_registry(settings)
    with registry.files.staging() as staging:
        staging.add(io.BytesIO(b"a certificate"))
        staging.keep()
    registry.close()
    for file in settings.data_dir.glob("registry.sqlite3*"):
        file.unlink()

    with pytest.raises(ConfigurationError) as refused:
        start(settings)

    assert refused.value.code is Code.DATABASE_LOST
    assert any(registry.files.digests())


def test_a_wal_that_is_cut_off_or_gone_answers_the_last_whole_commit(
    writer: Writer, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    [told] = writer.ask(job_of("record", settings, times=TIMES))  # its process ends without closing anything
    recorded = [None, *(datetime.fromisoformat(now) for _, now in told["said"])]
    folder, size = tmp_path_factory.mktemp("cut"), (settings.data_dir / WAL).stat().st_size
    lengths = [None, 0, 33, *(size * part // 5 for part in range(1, 5)), size - 1, size]

    answers = [_after_loss(settings, folder / str(kept), kept=kept, asked=recorded[-1]) for kept in lengths]

    places = [recorded.index(each.last) for each in answers]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, TIMES)
    assert len(set(places)) > 2
    assert [each.later_than_known for each in answers] == [
        None if place == TIMES else recorded[-1] for place in places
    ]
