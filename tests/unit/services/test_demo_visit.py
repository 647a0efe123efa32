"""What a visitor of the demo is told while the plant is filled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.demo_visit import (
    DemoLogin,
    DemoStory,
    DemoVisit,
    read_visit,
    true_logins,
    write_visit,
)
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


@pytest.mark.parametrize("change", ["password", "locked out", "ended"])
def test_a_password_with_which_nobody_can_log_in_any_more_is_told_no_longer(demo, change) -> None:
    administrator = access.local_administrator(demo)
    days = 1 if change == "ended" else None
    access.add_user(
        demo, administrator, name="quality", password="demo-quality", role=Role.QUALITY, days=days
    )
    logins = (*VISIT.logins, DemoLogin("auditor", "demo-auditor", "auditor"))
    assert true_logins(demo, logins) == logins  # who is not there yet, too

    if change == "password":
        access.reset_password(demo, administrator, name="quality", password="my own secret")
    elif change == "locked out":
        access.disable_user(demo, administrator, "quality")
    else:
        later = demo.clock() + timedelta(days=2)
        demo = replace(demo, watched_clock=replace(demo.watched_clock, clock=lambda: later))

    assert [each.password for each in true_logins(demo, logins)] == [None, "demo-auditor"]
