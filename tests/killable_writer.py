"""One write of the real services, in a process that is killed in the midst of it.

Run as a script: it loads the application's modules once. For every line that it reads (JSON: a list
of writes, each with the settings, a clock, and when to kill) it forks a process for each, and answers
with a line: which was killed, what it answered, how many points it passed. A point is what the
database is asked: each statement, and each commit.
"""

import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aas_samples import lot_aasx
from sqlalchemy import event

from aas_registry.domain.errors import RegistryError
from aas_registry.domain.identifiers import Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.services import access, clock, merges, served_ids
from aas_registry.services.genealogy import events
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.storage.clock import last_recording, recording_time

ID = "https://bolt.example/1"
Job = dict[str, Any]


def retake(registry: Registry, _: Job) -> Any:
    """Take a file again of which something was deleted since."""
    who = access.local_administrator(registry)
    return uploads.take_upload(registry, who, Arrival(io.BytesIO(lot_aasx()), "lot.aasx")).id


def pin(registry: Registry, _: Job) -> Any:
    """Pin a prefix under which two hold an id."""
    who = access.local_administrator(registry)
    return served_ids.pin_prefix(registry, who, prefix="https://bolt.example/", party="bolt").prefix


def decide(registry: Registry, _: Job) -> Any:
    """Decide whose object with an id is served."""
    who = access.local_administrator(registry)
    kind = IdentifiableKind.SUBMODEL
    return served_ids.decide(registry, who, kind, ID, party="bolt", reason="it makes them")


def part(registry: Registry, _: Job) -> Any:
    """Part a lot that fell together with another."""
    who = access.local_administrator(registry)
    (merged,) = [
        each for each in merges.list_merges(registry, who, PageRequest(9)) if each.merge.kind == "lot"
    ]
    return merges.part(registry, who, merged.id).id


def rebuild(registry: Registry, _: Job) -> Any:
    """Build the genealogy anew, as an upgrade left it to be done."""
    return events.rebuild_owed(registry)


def confirm(registry: Registry, _: Job) -> Any:
    """Confirm a clock that jumped."""
    who = access.local_administrator(registry)
    jump = clock.look_at_clock(registry, who.site).jump or timedelta(0)
    return clock.confirm_clock(registry, who, jump_s=jump.total_seconds(), reason="it is right").state


def record(registry: Registry, job: Job) -> Any:
    """Record many times, each in a transaction of its own; answer with each time and the one before it."""
    site, found = Site(registry.settings.site), []
    for _ in range(job["times"]):
        with registry.write(site) as connection:
            before = last_recording(connection, site)
            now = recording_time(connection)
        found.append((None if before is None else before.isoformat(), now.isoformat()))
    return found


WRITES: dict[str, Callable[[Registry, Job], Any]] = {
    each.__name__: each for each in (retake, pin, decide, part, rebuild, confirm, record)
}


def _moving(steps: list[float]) -> Callable[[], datetime]:
    """Return a clock that is off by each of some seconds in turn."""
    looks = iter(range(sys.maxsize))
    return lambda: datetime.now(UTC) + timedelta(seconds=steps[next(looks) % len(steps)])


def _do(job: Job, answer: int) -> None:
    registry = open_registry(Settings(**job["settings"]), clock=_moving(job["clock"]))
    passed = 0

    def pass_point(*_: Any) -> None:
        nonlocal passed
        if passed == job.get("at"):
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    event.listen(registry.engine, "before_cursor_execute", pass_point)
    event.listen(registry.engine, "commit", pass_point)
    os.write(answer, b"\n")  # from here on time counts
    began = time.monotonic()
    try:
        said: Any = WRITES[job["write"]](registry, job)
    except RegistryError as refused:
        said = refused.code
    took_s = time.monotonic() - began
    os.write(answer, json.dumps({"said": said, "points": passed, "took_s": took_s}).encode())


def _begin(job: Job) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)  # the log must not stand among the answers
        _do(job, writing)
        os._exit(0)
    os.close(writing)
    os.read(reading, 1)
    return child, reading


def run(jobs: list[Job]) -> list[Job]:
    """Do writes at once, each in a process of its own, and kill those for which it was asked."""
    begun = [_begin(job) for job in jobs]
    answers = []
    for job, (child, reading) in zip(jobs, begun, strict=True):
        if "after_s" in job:
            select.select([], [], [], job["after_s"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading) as stream:
            told = stream.read()
        answers.append({"killed": os.WIFSIGNALED(status)} | (json.loads(told) if told else {}))
    return answers


def main() -> None:
    """Do what each line of the standard input asks for."""
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


class Writer:
    """This script, asked from a test."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, *jobs: Job) -> list[Job]:
        """Do writes at once, or be killed in them."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(jobs) + "\n")
        self.process.stdin.flush()
        return list(json.loads(self.process.stdout.readline()))


@contextmanager
def killable_writer(folder: Path) -> Iterator[Writer]:
    """Hold the script as a process; its log lies in ``folder``."""
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield Writer(process)
        finally:
            process.kill()


def job_of(write: str, settings: Settings, *, clock: Sequence[float] = (0.0,), **more: float) -> Job:
    """Return a write as the script takes it; its clock is off by each of some seconds in turn."""
    told = settings.model_dump(include={"data_dir", "database_url", "token_cache_s"}, mode="json")
    return {"write": write, "settings": told, "clock": clock, **more}


if __name__ == "__main__":
    main()
