"""What a visitor of the demo is told while the plant is filled."""

from dataclasses import replace

import pytest

from aas_registry.services.demo_visit import DemoLogin, DemoStory, DemoVisit, read_visit, write_visit
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

VISIT = DemoVisit(
    percent=42,
    logins=(DemoLogin("quality", "demo-quality", "quality"),),
    stories=(DemoStory("altered", "a certificate altered after signing", "0042"),),
)


@pytest.fixture
def demo(tmp_path):
    registry = open_registry(Settings(data_dir=tmp_path, demo=True))
    yield registry
    registry.close()


def test_what_the_seeding_writes_the_pages_read(demo) -> None:
    write_visit(demo.settings.data_dir, VISIT)

    assert read_visit(demo) == VISIT
    assert VISIT.is_filling
    assert not replace(VISIT, percent=100).is_filling


def test_no_demo_tells_nothing(demo) -> None:
    write_visit(demo.settings.data_dir, VISIT)

    assert read_visit(replace(demo, settings=Settings(data_dir=demo.settings.data_dir))) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"percent": "x"}', b'{"percent": 1}'])
def test_a_file_that_is_none_tells_nothing(demo, content: bytes) -> None:
    write_visit(demo.settings.data_dir, VISIT)
    (demo.settings.data_dir / "demo" / "visit.json").write_bytes(content)

    assert read_visit(demo) is None
