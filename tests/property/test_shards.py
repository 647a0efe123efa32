"""The parts of the tests: together they are the whole, and no file is in two of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shards import Shard, ShardError

TESTS = Path(__file__).parents[1]
COUNTS = st.integers(1, 50)


@given(st.text(), COUNTS)
def test_every_file_is_in_exactly_one_part(path: str, count: int) -> None:
    parts = [Shard.of(f"{number}/{count}") for number in range(1, count + 1)]

    assert [part.holds(path) for part in parts].count(True) == 1


@pytest.mark.parametrize("count", [2, 3, 4])
def test_no_part_of_our_tests_is_empty_or_most_of_them(count: int) -> None:
    files = [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")]

    shares = [
        sum(map(Shard.of(f"{number}/{count}").holds, files)) / len(files) for number in range(1, count + 1)
    ]

    assert sum(shares) == pytest.approx(1)
    assert max(shares) < 1.5 / count


def test_without_a_number_the_part_is_the_whole() -> None:
    assert Shard.of("") == Shard.of("1/1")
    assert Shard.of("").holds("anything")


@pytest.mark.parametrize(
    "text", ["0/2", "3/2", "1/0", "1", "/", "1/", "a/b", "-1/2", "1/2/3", " 1/2", "1/2\n", "²/2"]
)
def test_what_names_no_part_is_refused(text: str) -> None:
    with pytest.raises(ShardError, match="SHARD is the number of a part"):
        Shard.of(text)


def _collected(shard: str, folder: str = "unit/domain") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", str(TESTS / folder)],
        capture_output=True, text=True, check=False, env={**os.environ, "SHARD": shard}, cwd=TESTS.parent,
    )  # fmt: skip


@pytest.mark.check
def test_pytest_runs_the_part_that_is_asked_for() -> None:
    def tests_of(shard: str) -> set[str]:
        done = _collected(shard)
        assert done.returncode == 0, done.stdout + done.stderr
        return {line for line in done.stdout.splitlines() if line.startswith("tests/")}

    whole, first, second = tests_of(""), tests_of("1/2"), tests_of("2/2")

    assert first
    assert second
    assert not first & second
    assert first | second == whole


@pytest.mark.check
def test_pytest_says_what_is_wrong_with_a_part() -> None:
    done = _collected("3/2")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "SHARD is the number of a part" in done.stderr


@pytest.mark.check
def test_tests_of_one_group_run_in_one_worker(tmp_path: Path) -> None:
    # What is dear to set up is set up once, in one worker: with versions that do not fit, silently in each.
    (tmp_path / "test_group.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.xdist_group('one')\n@pytest.mark.parametrize('number', range(6))\n"
        "def test_it(number, worker_id):\n    open(worker_id, 'a').close()\n",
        encoding="utf-8",
    )
    run = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider", "."]

    done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(tmp_path.glob("gw*"))) == 1
