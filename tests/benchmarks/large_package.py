"""A package as large as asked, taken by a fresh process that tells how much memory it took.

Run as a script: ``large_package.py DATA_FOLDER PACKAGE`` takes the file and prints, as JSON, the
peak of its resident set above what the opened, idle registry has, in bytes, and the seconds.
"""

import json
import os
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from aas_content import AAS_TYPES, SUBMODEL_XML, make_parts, make_rels, make_xml

MIB = 1024 * 1024
_PIECE = MIB


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a package cost."""

    extra_bytes: int
    took_s: float
    files: int


def write_large_package(path: Path, *, file_count: int, file_bytes: int) -> None:
    """Write an AASX with supplementary files of random bytes, stored as they are."""
    names = [f"aasx/files/{number:03}.bin" for number in range(file_count)]
    parts = make_parts(make_xml(SUBMODEL_XML))
    parts["aasx/_rels/data.xml.rels"] = make_rels([(f"{AAS_TYPES}/aas-suppl", f"/{name}") for name in names])
    numbers = random.Random(file_count)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name in names:
            with archive.open(name, "w") as written:
                for start in range(0, file_bytes, _PIECE):
                    written.write(numbers.randbytes(min(_PIECE, file_bytes - start)))


def take_in_fresh_process(folder: Path, package: Path) -> Taken:
    """Take a package in a process of its own."""
    ran = subprocess.run(
        [sys.executable, __file__, str(folder), str(package)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    return Taken(**json.loads(ran.stdout.splitlines()[-1]))


def memory_of(process: int | str, field: str) -> int:
    """Return a figure of a process's memory in bytes, such as ``VmRSS`` or ``VmHWM``."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{field}:"))) * 1024


def forget_peak(process: int | str) -> None:
    """Let the peak of a process's memory begin at what it has now."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


def _take(folder: Path, package: Path) -> Taken:
    from aas_registry.services import access
    from aas_registry.services.intake import uploads
    from aas_registry.services.intake.arrival import Arrival
    from aas_registry.services.registry import open_registry
    from aas_registry.settings import Settings

    registry = open_registry(Settings(data_dir=folder))
    principal = access.local_administrator(registry)
    idle = memory_of("self", "VmRSS")
    forget_peak("self")
    start = perf_counter()
    with package.open("rb") as stream:
        receipt = uploads.take_upload(
            registry,
            principal,
            Arrival(stream, package.name, media_type="application/octet-stream"),
        )
    took_s = perf_counter() - start
    extra = memory_of("self", "VmHWM") - idle
    registry.close()
    return Taken(extra, took_s, len(receipt.outcome["files"]))


if __name__ == "__main__":
    found = _take(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({"extra_bytes": found.extra_bytes, "took_s": found.took_s, "files": found.files}))
