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
    ran = run_worker(**settings)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def run_worker(**settings: Path) -> "subprocess.CompletedProcess[str]":
    """Begin such a process with a umask that closes nothing."""
    variables = {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], env=variables, capture_output=True, text=True, umask=0, check=False
    )


def test_counts_into_the_folder_that_the_workers_share_and_makes_all_for_its_user_alone(tmp_path) -> None:
    assert start(data_dir=tmp_path / "data", metrics_dir=tmp_path / "metrics") == "200\n"

    assert list((tmp_path / "metrics").glob("counter_*.db"))
    made = [path for folder in ("data", "metrics") for path in (tmp_path / folder).rglob("*")]
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []
    assert (tmp_path / "data" / "session.secret") in made


def test_does_not_begin_in_a_folder_that_others_may_read(tmp_path) -> None:
    tmp_path.chmod(0o755)

    refused = run_worker(data_dir=tmp_path)

    assert refused.returncode != 0
    assert "chmod 700" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_removes_what_a_crash_left_behind(tmp_path) -> None:
    cut_off = tmp_path / "files" / "incoming" / "cut-off"
    cut_off.parent.mkdir(parents=True)
    cut_off.touch()
    os.utime(cut_off, (0, 0))

    start(data_dir=tmp_path)

    assert not cut_off.exists()
