"""A worker's start: it serves, and shares its counters where the setting says so."""

import os
import subprocess
import sys
from pathlib import Path

from aas_registry.settings import PREFIX

SCRIPT = """
from aas_registry.web.startup import load_application

client = load_application().test_client()
client.get("/health")
print(client.get("/ready").status_code)
"""


def start(**settings: Path) -> str:
    """Begin a process as a server begins a worker, and return what its first requests say."""
    variables = {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=variables, capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_counts_into_the_folder_that_the_workers_share(tmp_path) -> None:
    assert start(data_dir=tmp_path / "data", metrics_dir=tmp_path / "metrics") == "200\n"

    assert list((tmp_path / "metrics").glob("counter_*.db"))


def test_removes_what_a_crash_left_behind(tmp_path) -> None:
    cut_off = tmp_path / "files" / "incoming" / "cut-off"
    cut_off.parent.mkdir(parents=True)
    cut_off.touch()
    os.utime(cut_off, (0, 0))

    start(data_dir=tmp_path)

    assert not cut_off.exists()
