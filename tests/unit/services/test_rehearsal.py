"""What a server loads before it forks."""

import subprocess
import sys

SCRIPT = """
import os, sys
from aas_registry.settings import Settings
from aas_registry.formats.templates import catalogue
from aas_registry.services.rehearsal import rehearse
from aas_registry.web.startup import import_application

import_application(Settings())
opened = set(os.listdir("/proc/self/fd"))
rehearse()
print(catalogue._catalogue.cache_info().currsize, len(os.listdir("/proc/self/task")))
print(*(set(os.listdir("/proc/self/fd")) - opened))
"""


def test_fills_what_an_upload_fills_and_leaves_nothing_open_that_a_fork_would_break() -> None:
    answer = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)

    filled, threads = answer.stdout.splitlines()[0].split()
    assert (filled, threads) == ("1", "1")
    assert answer.stdout.splitlines()[1] == ""
