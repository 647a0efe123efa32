"""The running parts: what opening, sweeping and closing do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from aas_registry.services.registry import Registry, sweep_leftovers

LONG_AGO = time.time() - 30 * 24 * 3600


def leave_behind(registry: Registry) -> list[Path]:
    """Leave what a crash leaves: a file that no row names, one cut off, and a piece."""
    orphan = registry.files.put(b"orphan")
    data = registry.settings.data_dir
    left = [data / "files" / orphan[:2] / orphan, data / "files" / "incoming" / "cut", data / "partial" / "p"]
    for path in left:
        path.touch()
        os.utime(path, (LONG_AGO, LONG_AGO))
    return left


def test_opening_reads_no_file_and_removes_none(
    registry: Registry, make_registry: Callable[..., Registry]
) -> None:
    left = leave_behind(registry)

    make_registry()

    assert all(path.exists() for path in left)


def test_a_sweep_removes_what_a_crash_left_behind(registry: Registry) -> None:
    left = leave_behind(registry)

    assert sweep_leftovers(registry) == len(left)
    assert not any(path.exists() for path in left)
