"""The wall: every hostile file is refused with its own code, and leaves nothing behind."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_files.catalogue import FAMILIES, HOSTILE_FILES
from hostile_files.declaration import Hostile
from hostile_files.wall import MOST_MEMORY_MIB, Wall, answers_in

from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry
from aas_registry.settings import Settings

SCRIPT = Path(__file__).parents[1] / "hostile_files" / "wall.py"
GUARD = 5
SOME = [
    "zip-traversal/up", "zip-name-collision/composed", "zip-overlap/a-part-in-a-part", "polyglot/pdf-and-package",
    "xml-doctype/in-package-relationships", "json-duplicate-keys/id", "pattern-stall/id-short", "pdf-active/launch",
    "pdf-program/in-a-package", "events/half-a-pair",
]  # fmt: skip


def test_there_are_enough_hostile_files() -> None:
    names = [each.name for each in HOSTILE_FILES]

    assert len(names) == len(set(names)) >= 120
    assert len(FAMILIES) >= 20


def test_a_hostile_file_is_the_same_whenever_it_is_made() -> None:
    chosen = [each for each in HOSTILE_FILES if each.name in SOME]

    assert len(chosen) == len(SOME)
    assert [each.build() for each in chosen] == [each.build() for each in chosen]


@pytest.fixture(scope="module")
def attacker() -> Iterator[subprocess.Popen[str]]:
    """A process that has loaded everything, and forks for each family that it is told."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.mark.check
@pytest.mark.parametrize("family", FAMILIES)
def test_refuses_every_file_of_a_family_within_bounds(
    attacker: subprocess.Popen[str], family: str, tmp_path: Path
) -> None:
    assert attacker.stdin is not None
    assert attacker.stdout is not None
    attacker.stdin.write(json.dumps([family, str(tmp_path)]) + "\n")
    attacker.stdin.flush()
    ended = attacker.stdout.readline().strip()
    answers = answers_in((tmp_path / "out").read_text())
    taken = [
        answer
        for answer, hostile in zip(answers, FAMILIES[family], strict=True)
        if not answer.is_refused_as(hostile)
    ]

    assert ended == "0", (tmp_path / "err").read_text()[-2000:]
    assert not taken
    assert max(each.memory_mib for each in answers) <= GUARD * MOST_MEMORY_MIB


@pytest.fixture
def wall(settings: Settings, make_registry: Callable[..., Registry], clock: Callable) -> Wall:
    init_keys(settings.data_dir, organization="Plant", now=clock())
    return Wall(make_registry(), settings.data_dir)


@pytest.mark.parametrize(
    "hostile", [each for each in HOSTILE_FILES if each.name in SOME], ids=lambda each: each.name
)
def test_refuses_some_on_both_databases_and_goes_on_taking_honest_files(
    wall: Wall, hostile: Hostile, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path_factory.mktemp("hostile") / "file"
    path.write_bytes(hostile.build())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))

    answer = wall.send(hostile, path)

    assert answer.is_refused_as(hostile), answer
    assert wall.takes_an_honest_file("afterwards")
