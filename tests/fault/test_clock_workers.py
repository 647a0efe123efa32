"""Two processes that record for one site at once, each by a clock that is moved: one strict order of both."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from killable_writer import Writer, job_of, killable_writer

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings
from aas_registry.storage.clock import last_recording

TIMES = 40
AN_HOUR_S = 3600.0


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    with killable_writer(tmp_path_factory.mktemp("writer")) as held:
        yield held


def _last(settings: Settings) -> str:
    registry = open_registry(settings)
    with registry.read() as connection:
        found = last_recording(connection, Site(settings.site))
    registry.close()
    assert found is not None
    return found.isoformat()


def test_recording_times_are_one_strict_order_of_both(writer: Writer, settings: Settings) -> None:
    clocks = [(0.0, -40.0, 15.0), (-20.0, 10.0, -5.0, 0.0)]  # less than is tolerated

    answers = writer.ask(*(job_of("record", settings, clock=each, times=TIMES) for each in clocks))

    recorded = sorted((pair for each in answers for pair in each["said"]), key=lambda pair: pair[1])
    times = [datetime.fromisoformat(now) for _, now in recorded]
    assert len(set(times)) == 2 * TIMES
    # In each transaction the last time that was committed is the one before in the order of all.
    assert [before for before, _ in recorded[1:]] == [now for _, now in recorded[:-1]]
    assert _last(settings) == recorded[-1][1]


def test_a_process_whose_clock_was_set_back_records_nothing_while_the_other_goes_on(
    writer: Writer, settings: Settings
) -> None:
    writer.ask(job_of("record", settings, times=1))

    right, wrong = writer.ask(
        job_of("record", settings, times=TIMES), job_of("record", settings, clock=[-AN_HOUR_S], times=TIMES)
    )

    assert wrong["said"] == "CLOCK-JUMPED"
    assert len(right["said"]) == TIMES
    assert all(before < now for before, now in right["said"])
    assert _last(settings) == right["said"][-1][1]
