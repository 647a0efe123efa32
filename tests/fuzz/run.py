"""Fuzz one reader, or ``all`` in turn: ``python tests/fuzz/run.py READER --seconds N [--runs M] [--seed S]``.

Coverage of our code and of the PDF libraries guides the inputs. An input that makes the reader
raise what it may not, or take longer than ``--slow`` seconds of CPU, is written to the findings folder, once per
place of the code; the exit code is 1 if there is any.
"""

import argparse
import hashlib
import sys
import tempfile
import traceback
from pathlib import Path
from time import process_time

import atheris

TESTS = Path(__file__).parents[1]
sys.path[0] = str(TESTS)

with atheris.instrument_imports(include=["aas_registry", "pypdf", "pyhanko.pdf_utils"]):
    from fuzz.readers import EVERY_READER, READERS, Reader

MOST_SECONDS = 2.0
_LENGTH = 16_384


class Watch:
    """Runs a reader and keeps what it should not have done."""

    def __init__(self, reader: Reader, folder: Path, *, slow_s: float) -> None:
        """Write findings to ``folder``; an input that takes longer than ``slow_s`` is one."""
        self._reader = reader
        self._folder = folder
        self._slow_s = slow_s
        self._seen: set[str] = set()

    def __call__(self, content: bytes) -> None:
        """Read one input."""
        began = process_time()
        try:
            self._reader.read(content)
        except Exception as cause:  # noqa: BLE001 - whatever it is, it is a finding
            frames = traceback.extract_tb(cause.__traceback__)[-3:]
            place = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))
            self._keep(content, f"{type(cause).__name__} at {place}", str(cause))
        if process_time() - began > self._slow_s:
            self._keep(content, "slow", f"{process_time() - began:.1f} s")

    def _keep(self, content: bytes, kind: str, message: str) -> None:
        if kind in self._seen:
            return
        self._seen.add(kind)
        name = hashlib.sha256(content).hexdigest()[:16]
        (self._folder / name).write_bytes(content)
        print(f"FINDING {name} {kind}: {message[:300]}", flush=True)


def main() -> None:
    """Fuzz until the seconds are over; libFuzzer ends the process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=[*READERS, "all"])
    parser.add_argument("--runs", type=int, default=-1)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=MOST_SECONDS)
    parser.add_argument("--findings", type=Path, default=None)
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="fuzz-"))
    findings = given.findings or scratch / "findings"
    for folder in (findings, scratch / "corpus"):
        folder.mkdir(parents=True, exist_ok=True)
    reader = EVERY_READER if given.reader == "all" else READERS[given.reader]
    for number, seed in enumerate(reader.seeds()):
        (scratch / "corpus" / f"seed-{number:03d}").write_bytes(seed)
    options = {"max_total_time": given.seconds, "runs": given.runs, "seed": given.seed, "max_len": _LENGTH, "timeout": 60,
               "rss_limit_mb": 3000, "artifact_prefix": f"{findings}/", "print_final_stats": 1, "verbosity": 1}  # fmt: skip
    arguments = [
        sys.argv[0],
        *(f"-{name}={value}" for name, value in options.items()),
        str(scratch / "corpus"),
    ]
    atheris.Setup(arguments, Watch(reader, findings, slow_s=given.slow), enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
