"""A short run of the fuzzer over every reader, at a fixed seed; the long runs are made by hand."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "fuzz" / "run.py"


@pytest.mark.check
def test_no_reader_raises_anything_but_a_refusal(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        assert not os.environ.get("CI"), "CI is set and atheris is missing"
        pytest.skip("atheris is not installed (it runs on Linux only)")

    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPT), "all", "--findings", str(tmp_path)),
            *("--runs", "6000", "--seconds", "20", "--slow", "inf"),  # how long it takes is for the long runs
        ],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip

    findings = [line for line in done.stdout.splitlines() if line.startswith("FINDING")]
    assert done.returncode == 0, done.stderr[-2000:]
    assert not findings, findings
    assert "stat::number_of_executed_units" in done.stderr
