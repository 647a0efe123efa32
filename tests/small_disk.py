"""A small disk of its own, that a test fills up; in a namespace of its own where nothing may be mounted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Whoever may mount nothing may do so in a namespace of users and mounts that it made itself.
_NAMESPACE = ["unshare", "--map-root-user", "--mount"]


def may_mount(folder: Path) -> bool:
    """Return whether a disk can be mounted here, having tried."""
    mounted = _mount(folder, disk_bytes=1024 * 1024)
    if mounted:
        _unmount(folder)
    return mounted


def may_make_a_namespace() -> bool:
    """Return whether a process may make a namespace in which it may mount."""
    return _succeeds(*_NAMESPACE, "true")


def run_in_a_namespace(*tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests where they may mount."""
    command = [*_NAMESPACE, sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def small_disk(place: Path, *, disk_bytes: int) -> Iterator[Path]:
    """Mount a small disk for a while; where that may not be, the test skips: see `run_in_a_namespace`."""
    place.mkdir()
    if not _mount(place, disk_bytes=disk_bytes):
        pytest.skip("no disk can be mounted here; these tests are run in a namespace where one can be")
    try:
        yield place
    finally:
        _unmount(place)


def fill_up(disk: Path, *, but: int = 0) -> Path:
    """Leave so many bytes of a disk, and no more."""
    room = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - but)))
    return ballast


def _mount(place: Path, *, disk_bytes: int) -> bool:
    return _succeeds("mount", "-t", "tmpfs", "-o", f"size={disk_bytes},mode=0700", "tmpfs", str(place))


def _succeeds(*command: str) -> bool:
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", str(place)], check=True)
