"""`run_demo`: serve on loopback, seed the plant meanwhile, say how to go on."""

import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from aas_registry.demo.server import HOST, serving
from aas_registry.services.data_folder import make_private
from aas_registry.services.keys import KEYS_FOLDER, ROOT_CERTIFICATE, init_keys
from aas_registry.settings import Settings

Echo = Callable[[str], object]

_PLANT = "Demo plant"
_STEPS = 10
_CHANGED = "(changed since)"


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
        settings: The registry's settings; demo mode and the address are set here.
        port: The TCP port on loopback.
        seed_only: True seeds the plant and returns, without a server.
        small: True seeds a plant of forty boards, for tests.
        echo: Called with each line to print.

    Raises:
        ConfigurationError: Others own the data folder, or may read it and it holds no registry.
        UnavailableError: The port is taken, or the server did not come up.
        ConflictError: The data folder holds a demo plant of the other size.
    """
    url = f"http://{HOST}:{port}"
    settings = settings.model_copy(update={"demo": True, "base_url": url})
    make_private(settings)
    if not (settings.data_dir / KEYS_FOLDER).exists():
        init_keys(settings.data_dir, settings.key_passphrase, organization=_PLANT, now=datetime.now(UTC))
    if seed_only:
        _seed(settings, url=url, small=small, echo=echo)
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: the server ends, too
    try:
        with suppress(KeyboardInterrupt), serving(settings, port) as server:
            echo(f"{url} is up; a plant that is not there yet fills meanwhile. Stop with Ctrl-C.")
            _seed(settings, url=url, small=small, echo=echo)
            server.wait()
    finally:
        signal.signal(signal.SIGTERM, before)


def _seed(settings: Settings, *, url: str, small: bool, echo: Echo) -> None:
    """Seed the plant, then say what a visitor may do with it."""
    began = time.monotonic()
    # Imported now: what seeding needs takes a second to load, and the server goes first.
    seeding: Any = import_module("aas_registry.demo.seeding")
    progress = _Progress(echo)
    seeded = seeding.seed_plant(settings, small=small, on_progress=progress.show)
    if progress.was_shown:
        progress.end()
        echo(f"The plant was seeded in {time.monotonic() - began:.0f} s.")
    beside = Path(sys.executable).with_name("aas-registry")
    program = _shown(beside) if beside.exists() else f"{sys.executable} -m aas_registry"
    root = _shown(settings.data_dir / KEYS_FOLDER / ROOT_CERTIFICATE)
    form = f"-F 'file=@{_shown(seeded.to_upload)}'"
    for line in (
        "",
        f"Open {url} and log in (user, password, role):",
        *(f"  {login.name:<11} {login.password or _CHANGED:<16} {login.role}" for login in seeded.logins),
        *(
            f"  Set it back: AAS_REGISTRY_DATA_DIR={shlex.quote(_shown(settings.data_dir))} {program} user"
            f" reset-password {login.name}"
            for login in seeded.logins
            if login.password is None
        ),
        "What to find there, by typing it into the search box:",
        *(f"  {story.identifier:<16} {story.sentence}" for story in seeded.stories),
        "Upload a lot as its supplier:",
        f"  curl -H 'Authorization: Bearer {seeded.token}' {form} {url}/trace/v1/uploads",
        f"Drag into {url}/uploads: a supplier's list with five row errors",
        f"  {_shown(seeded.with_errors)}",
        "Verify a report without the registry (then change a byte of it, and again):",
        f"  {program} verify {_shown(seeded.report)} --root {root}",
        "",
    ):
        echo(line)


class _Progress:
    """One line that tells how far the stages are: written over on a terminal, else once for each tenth."""

    def __init__(self, echo: Echo) -> None:
        self._echo = echo
        self._stages: dict[str, tuple[int, int]] = {}
        self._step = -1
        self._writes_over = sys.stdout.isatty()

    @property
    def was_shown(self) -> bool:
        return bool(self._stages)

    def show(self, stage: str, done: int, total: int) -> None:
        self._stages[stage] = (done, total)
        done_of_all, all_of_it = (sum(each) for each in zip(*self._stages.values(), strict=True))
        # The report comes last and is in no stage: all is there only at the end.
        line = f"  {min(99, done_of_all * 100 // all_of_it):3d} %  " + ", ".join(
            f"{done:,} of {total:,} {name}" for name, (done, total) in sorted(self._stages.items())
        )
        step = done_of_all * _STEPS // all_of_it
        if self._writes_over:
            sys.stdout.write(f"\r{line}")
            sys.stdout.flush()
        elif step > self._step:
            self._step = step
            self._echo(line)

    def end(self) -> None:
        self._echo(f"\r  100 %  {' ' * 70}" if self._writes_over else "  100 %")


def _shown(path: Path) -> str:
    """Return a path as it is typed here: relative where that is shorter."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the interpreter's link
    relative = os.path.relpath(absolute)
    return min(relative, str(absolute), key=len)
