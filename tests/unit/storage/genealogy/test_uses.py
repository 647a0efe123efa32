"""Lots that are asked about together are one question, and so are packages, spliced ones too."""

from sqlalchemy import select

from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Level, Moment
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.services import access
from aas_registry.services.genealogy import events
from aas_registry.storage.genealogy.genealogy import WhereUsed
from aas_registry.storage.genealogy.sought import Sought, where_held
from aas_registry.storage.tables.lots import lot
from aas_registry.storage.tables.namings import holder


def said(kind, number, hour, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


def reel(package, *codes):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code} for code in codes]
    return said("packageCreated", package, 5, package=package, lots=lots)


PLANT = [
    reel("BOTH", "L1", "L2"),
    reel("OLD", "L1"),
    reel("NEW", "L3"),
    said("unitCreated", "made", 6, units=["B1", "B2", "B3"]),
    said("consumed", "u1", 7, unit="B1", package="BOTH"),
    said("consumed", "u2", 8, unit="B2", package="OLD"),
    said(
        "merged",
        "spliced",
        9,
        packages=[{"package": "NEW"}],
        into="OLD",
        how="splice",
        zone={"until": "2026-03-01T10:00:00Z"},
    ),
    said("consumed", "u3", 11, unit="B3", package="OLD"),
]


def asked(registry, *names):
    """How sure units hold any of some lots or packages."""
    who = access.local_administrator(registry)
    if not registry_has_events(registry):
        told = events.ingest(registry, who, PLANT)
        assert {each.state for each in told} == {EventState.ACCEPTED}
    with registry.read() as connection:
        packages = dict(iter(connection.execute(select(holder.c.value, holder.c.item))))
        lots = dict(iter(connection.execute(select(lot.c.code, lot.c.id))))
        sought = Sought(
            lots=[lots[name] for name in names if name in lots],
            packages=[packages[name] for name in names if name not in lots],
        )
        moment = Moment(as_of=registry.clock())
        held = where_held(connection, who.site, sought, moment)
        question = WhereUsed(Scope(who.site), held, moment, Level.BOARD)
        items = packages | lots
        shown = {number: name for name, number in items.items()}
        return {shown[row.unit]: row.certainty.name for row in question.rows(connection, PageRequest(9))}


def registry_has_events(registry):
    with registry.read() as connection:
        return connection.execute(select(holder.c.item).limit(1)).first() is not None


def test_a_reel_that_holds_only_lots_of_the_question_is_exact(registry) -> None:
    assert asked(registry, "L1") == {"B1": "POSSIBLE", "B2": "EXACT"}
    assert asked(registry, "L1", "L2") == {"B1": "EXACT", "B2": "EXACT"}
    assert asked(registry, "L2", "L3") == {"B1": "POSSIBLE", "B3": "EXACT"}


def test_a_package_is_where_it_itself_was_used_and_not_what_was_spliced_on(registry) -> None:
    assert asked(registry, "OLD") == {"B2": "EXACT"}
    assert asked(registry, "NEW") == {"B3": "EXACT"}
    assert asked(registry, "BOTH") == {"B1": "EXACT"}
