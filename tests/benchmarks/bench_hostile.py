"""What a hostile file costs: seconds until it is refused, and memory above the idle process.

Per family, the worst of its files; each family meets a fresh registry in a process of its own.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from figure import Figure
from hostile_files.catalogue import FAMILIES
from hostile_files.wall import MOST_MEMORY_MIB, MOST_SECONDS, Answer, answers_in

SCRIPT = Path(__file__).parents[1] / "hostile_files" / "wall.py"


def figures() -> Iterator[Figure]:
    """Yield time and extra memory of each family."""
    for family in FAMILIES:
        answers = _attack(family)
        slow = max(answers, key=lambda each: each.seconds)
        large = max(answers, key=lambda each: each.memory_mib)
        files = f"{len(answers)} files, worst: "
        yield Figure(f"hostile-{family}", slow.seconds, "s", MOST_SECONDS, "at most", files + slow.name)
        yield Figure(
            f"hostile-{family}-memory",
            large.memory_mib,
            "MiB",
            MOST_MEMORY_MIB,
            "at most",
            files + large.name,
        )


def _attack(family: str) -> list[Answer]:
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), family, folder], stdout=subprocess.PIPE, text=True, check=True
        )
    return answers_in(done.stdout)
