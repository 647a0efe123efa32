"""An AASX of 500 MiB with 50 supplementary files: what it adds to the memory of an idle process.

Taken by a process of its own, then by the real server over HTTP: in one request, and in one
piece of a resumable upload that is taken afterwards. Of a server, the growth of all its
processes counts. The target is issue 3's: at most 200 MiB above the idle process.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from figure import Figure
from large_package import MIB, forget_peak, memory_of, take_in_fresh_process, write_large_package

from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.domain.progress import no_progress

FILES, FILE_BYTES = 50, 10 * MIB
TARGET_MIB = 200
START_S = 60


def figures() -> Iterator[Figure]:
    """Yield the extra memory of each way to take the package, in MiB."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        package = folder / "large.aasx"
        write_large_package(package, file_count=FILES, file_bytes=FILE_BYTES)
        taken = take_in_fresh_process(folder / "alone", package)
        yield _figure("process", taken.extra_bytes, taken.took_s)
        with _served(folder / "http") as served:
            yield served.measured("http", lambda: served.server.upload(package, media_type=""))
        with _served(folder / "pieces") as served:
            yield served.measured(
                "resumable",
                lambda: upload_in_pieces(
                    served.server,
                    package,
                    media_type="",
                    progress=no_progress,
                    query={},
                    piece_bytes=package.stat().st_size,
                ),
            )


@dataclass(frozen=True, slots=True)
class _Served:
    server: Server
    pid: int

    def measured(self, name: str, upload: Callable[[], dict[str, Any]]) -> Figure:
        processes = [self.pid, *_children(self.pid)]
        idle = sum(memory_of(each, "VmRSS") for each in processes)
        for each in processes:
            forget_peak(each)
        began = time.perf_counter()
        answer = upload()
        took_s = time.perf_counter() - began
        assert len(answer["files"]) == FILES
        return _figure(name, sum(memory_of(each, "VmHWM") for each in processes) - idle, took_s)


def _figure(name: str, extra_bytes: int, took_s: float) -> Figure:
    detail = f"{FILES * FILE_BYTES // MIB} MiB in {took_s:.1f} s"
    return Figure(f"large-package-memory-{name}", extra_bytes / MIB, "MiB", TARGET_MIB, "at most", detail)


@contextmanager
def _served(folder: Path) -> Iterator[_Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"AAS_REGISTRY_DATA_DIR": str(folder), "AAS_REGISTRY_AUTH": "none"}
    words = [sys.executable, "-m", "aas_registry", "serve", "--port", str(port)]
    with subprocess.Popen(
        words, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _wait_for(port)
        yield _Served(Server.at(f"http://127.0.0.1:{port}", None), process.pid)
        process.terminate()


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_S
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_S)
        try:
            connection.request("GET", "/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


def _children(parent: int) -> list[int]:
    folders = [each for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [int(each.name) for each in folders if _parent_of(each) == parent]


def _parent_of(folder: Path) -> int | None:
    try:
        lines = (folder / "status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("PPid:"))
