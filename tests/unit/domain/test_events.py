"""An event says which names it needs, and which it announces."""

from datetime import UTC, datetime

from aas_registry.domain.events import (
    Action,
    Corrected,
    Event,
    Fed,
    LinkKind,
    Moved,
    PackageLinked,
    UnitsStated,
    announced_by,
    needed_by,
)
from aas_registry.domain.events import Tested as UnitsTested
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import UnitsPassed

REEL, RUN = Name(Scheme.PACKAGE, "R"), Name(Scheme.RUN, "X")
BOARD, OTHER = Name(Scheme.SERIAL, "B"), Name(Scheme.PANEL, "P/1", "P")


def event(*facts):
    return Event(event_id="e", type="t", happened_at=datetime(2026, 3, 1, tzinfo=UTC), facts=facts)


def test_a_link_needs_its_parent_and_announces_its_child() -> None:
    said = event(PackageLinked(parent=REEL, child=Name(Scheme.PACKAGE, "S"), kind=LinkKind.SPLIT))

    assert list(needed_by(said)) == [REEL]
    assert list(announced_by(said)) == [Name(Scheme.PACKAGE, "S")]


def test_units_are_announced_by_all_their_names() -> None:
    said = event(UnitsStated(units=((BOARD, OTHER),), kind="board", customer=Name(Scheme.PARTY, "C")))

    assert list(announced_by(said)) == [BOARD, OTHER]
    assert list(needed_by(said)) == [Name(Scheme.PARTY, "C")]


def test_what_relates_needs_all_that_it_names() -> None:
    said = event(
        Fed(package=REEL, unit=BOARD),
        UnitsPassed(run=RUN, units=(BOARD,), sequence=(1,)),
        Moved(unit=BOARD, action=Action.RETURN),
        UnitsTested(units=(OTHER,), result="passed"),
        Corrected(event=Name(Scheme.EVENT, "z")),
    )

    assert list(needed_by(said)) == [REEL, BOARD, RUN, BOARD, BOARD, OTHER, Name(Scheme.EVENT, "z")]
    assert list(announced_by(said)) == []
