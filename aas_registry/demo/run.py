"""`run_demo`: serve on loopback, seed the plant meanwhile, say how to go on."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from aas_registry.demo.server import HOST, serving
from aas_registry.services.keys import KEYS_FOLDER, ROOT_CERTIFICATE, init_keys
from aas_registry.settings import Settings

Echo = Callable[[str], object]

_ORGANIZATION = "Demo plant"
_STEPS = 10


def run_demo(
    settings: Settings,
    *,
    port: int = 8080,
    seed_only: bool = False,
    small: bool = False,
    echo: Echo = print,
) -> None:
    """Run the demo until Ctrl-C or SIGTERM.

    Args:
        settings: Where the data lie; demo mode is switched on, and the address set.
        port: TCP port on loopback.
        seed_only: Seed the plant and return, without a server.
        small: A plant of forty boards, for tests.
        echo: Prints one line.

    Raises:
        UnavailableError: The port is taken, or the server did not come up.
        ConflictError: The data folder holds a demo plant of the other size.
    """
    url = f"http://{HOST}:{port}"
    settings = settings.model_copy(update={"demo": True, "base_url": url})
    if not (settings.data_dir / KEYS_FOLDER).exists():
        init_keys(
            settings.data_dir, settings.key_passphrase, organization=_ORGANIZATION, now=datetime.now(UTC)
        )
    if seed_only:
        _seed(settings, url=url, small=small, echo=echo)
        return
    with _terminable(), suppress(KeyboardInterrupt), serving(settings, port) as server:
        echo(f"{url} is up; it fills while the plant is seeded. Stop with Ctrl-C, go on by starting again.")
        _seed(settings, url=url, small=small, echo=echo)
        server.wait()


def _seed(settings: Settings, *, url: str, small: bool, echo: Echo) -> None:
    began = time.monotonic()
    # Imported now: what seeding needs takes a second to load, and the server goes first.
    seeding: Any = import_module("aas_registry.demo.seeding")
    progress = _Progress(echo)
    seeded = seeding.seed_plant(settings, small=small, on_progress=progress.show)
    if progress.was_shown:
        echo(f"The plant was seeded in {time.monotonic() - began:.0f} s.")
    for line in _how_to_go_on(settings, seeded, url):
        echo(line)


class _Progress:
    """Says each tenth of a stage."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo
        self._steps: dict[str, int] = {}

    @property
    def was_shown(self) -> bool:
        return bool(self._steps)

    def show(self, stage: str, done: int, total: int) -> None:
        step = done * _STEPS // total
        if step > self._steps.get(stage, -1):
            self._steps[stage] = step
            self._echo(f"  {done * 100 // total:3d} %  {done:,} of {total:,} {stage}")


def _how_to_go_on(settings: Settings, seeded: Any, url: str) -> Iterator[str]:
    root = settings.data_dir / KEYS_FOLDER / ROOT_CERTIFICATE
    yield ""
    yield f"Open {url} and log in (user, password, role):"
    for login in seeded.logins:
        yield f"  {login.name:<11} {login.password:<16} {login.role.value}"
    yield "What to find there, by typing it into the search box:"
    for sentence, identifier in seeded.stories:
        yield f"  {identifier:<16} {sentence}"
    yield "Upload a lot as its supplier:"
    yield (
        f"  curl -H 'Authorization: Bearer {seeded.token}' "
        f"-F 'file=@{_shown(seeded.to_upload)}' {url}/trace/v1/uploads"
    )
    yield f"Drag into {url}/uploads: a supplier's list with five row errors"
    yield f"  {_shown(seeded.with_errors)}"
    yield "Verify a report without the registry (then change a byte of it, and again):"
    yield f"  {_program()} verify {_shown(seeded.report)} --root {_shown(root)}"
    yield ""


def _program() -> str:
    beside = Path(sys.executable).with_name("aas-registry")
    return _shown(beside) if beside.exists() else f"{sys.executable} -m aas_registry"


def _shown(path: Path) -> str:
    """Return a path as it is typed here: relative where that is shorter."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the interpreter's link
    relative = os.path.relpath(absolute)
    return min(relative, str(absolute), key=len)


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the demo like Ctrl-C, so that the server ends with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
