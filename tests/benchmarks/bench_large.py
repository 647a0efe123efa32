"""An AASX of 500 MiB with 50 supplementary files: what it adds to the memory of an idle process.

Taken by a process of its own, then by the real server over HTTP: in one request, and in one
piece of a resumable upload that is taken afterwards. Of a server, the growth of all its
processes counts. The target is issue 3's: at most 200 MiB above the idle process.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from figure import Figure
from large_package import MIB, forget_peak, memory_of, take_in_fresh_process, write_large_package
from serving_processes import serving

from aas_registry.cli.remote import Server
from aas_registry.cli.resumable_uploads import upload_in_pieces
from aas_registry.domain.progress import no_progress

FILES, FILE_BYTES = 50, 10 * MIB
TARGET_MIB = 200


def figures() -> Iterator[Figure]:
    """Yield the extra memory of each way to take the package, in MiB."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        package = folder / "large.aasx"
        write_large_package(package, file_count=FILES, file_bytes=FILE_BYTES)
        taken = take_in_fresh_process(folder / "alone", package)
        yield _figure("process", taken.extra_bytes, taken.took_s)
        yield _served(folder / "http", lambda server: server.upload(package, media_type=""), name="http")
        yield _served(
            folder / "pieces",
            lambda server: upload_in_pieces(
                server,
                package,
                media_type="",
                progress=no_progress,
                query={},
                piece_bytes=package.stat().st_size,
            ),
            name="resumable",
        )


def _served(folder: Path, upload: Callable[[Server], dict[str, Any]], *, name: str) -> Figure:
    with serving(folder, AUTH="none") as running:
        server = Server.at(f"http://127.0.0.1:{running.port}", None)
        processes = [running.pid, *running.workers]
        idle = sum(memory_of(each, "VmRSS") for each in processes)
        for each in processes:
            forget_peak(each)
        began = time.perf_counter()
        answer = upload(server)
        took_s = time.perf_counter() - began
        assert len(answer["files"]) == FILES
        return _figure(name, sum(memory_of(each, "VmHWM") for each in processes) - idle, took_s)


def _figure(name: str, extra_bytes: int, took_s: float) -> Figure:
    detail = f"{FILES * FILE_BYTES // MIB} MiB in {took_s:.1f} s"
    return Figure(f"large-package-memory-{name}", extra_bytes / MIB, "MiB", TARGET_MIB, "at most", detail)
