"""The upgrade to one form of names: keys are computed again, what falls together is merged and listed."""

import io
from typing import Any

import pytest
from sqlalchemy import text

from aas_registry.domain import identifiers
from aas_registry.domain.genealogy import Level
from aas_registry.domain.identifiers import Site
from aas_registry.domain.paging import PageRequest
from aas_registry.services import access, database, merges, parties
from aas_registry.services.genealogy import events, genealogy, lots, package_claims
from aas_registry.services.genealogy.lots import LotFilter
from aas_registry.services.intake import spreadsheets
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import migration
from aas_registry.storage import parties as party_table

PAGE = PageRequest(50)
WIDE, PLAIN = "\uff37\uff2c\uff11", "WL1"


LIST = "Manufacturer,MPN,Lot code,Lot quantity,Delivery note,Reel,Reel quantity\r\n"


def _send(registry: Registry, row: str) -> None:
    who = access.local_administrator(registry)
    content = (LIST + row + "\r\n").encode()
    spreadsheets.take_spreadsheet(registry, who, Arrival(io.BytesIO(content), "list.csv"))


def _event(kind: str, number: str, **members: Any) -> dict[str, Any]:
    return {"type": kind, "id": number, "happenedAt": "2026-03-01T06:00:00Z", **members}


def _lot(manufacturer: str, code: str) -> dict[str, str]:
    return {"manufacturer": manufacturer, "mpn": "R-100", "lotCode": code}


WIDE_MAKER = "\uff2f\uff48\uff4d Parts"
EVENTS = [
    _event(
        "receipt",
        "r1",
        deliveryNote="\uff24\uff2e-7",
        line="1",
        lots=[_lot("Ohm Parts", PLAIN), _lot("Ohm Parts", WIDE), _lot(WIDE_MAKER, PLAIN)],
    ),
    _event("packageCreated", "p1", package="P1", lots=[_lot("Ohm Parts", PLAIN)]),
    _event("packageCreated", "p2", package="\uff30\uff11", lots=[_lot("Ohm Parts", WIDE)]),
    _event("packageCreated", "p3", package="P3", lots=[_lot(WIDE_MAKER, "L2")]),
    _event("unitCreated", "u1", units=["B1", "B2", "B3"]),
    _event("consumed", "c1", unit="B1", package="P1"),
    _event("consumed", "c2", unit="B2", package="\uff30\uff11"),
    _event("consumed", "c3", unit="B3", package="\uff30\uff13"),
]


@pytest.fixture
def earlier(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry that was filled while only case and white space were left out of account."""
    who = access.local_administrator(registry)
    with monkeypatch.context() as patched:
        patched.setattr(identifiers, "folded", str.casefold)
        identifiers.matching_key.cache_clear()
        for code, name in (("ACME", "Acme"), ("\uff21\uff23\uff2d\uff25", "Other")):
            parties.add_party(registry, who, code=code, name=name)
        _send(registry, f"Ohm Parts,R-100,{PLAIN},10,DN-1,R1,10")
        _send(registry, f"Ohm Parts,R-100,{WIDE},20,\uff24\uff2e-1,\uff32\uff12,20")
        _send(registry, f"{WIDE_MAKER},R-100,{PLAIN},40,DN-3,R3,40")
        _send(registry, f"{WIDE_MAKER},R-100,L2,80,DN-4,R4,80")
        outcomes = events.ingest(registry, who, EVENTS)
        assert [each.state for each in outcomes].count("accepted") == len(EVENTS) - 1
        migration.downgrade(registry.engine, "0012")
    identifiers.matching_key.cache_clear()
    return registry


def _upgrade(registry: Registry) -> None:
    database.upgrade(registry.settings)


def _found(registry: Registry, **wanted: str) -> list[str]:
    who = access.local_administrator(registry)
    return [row.id for row in lots.list_lots(registry, who, LotFilter(**wanted), PAGE)]


def test_lots_and_part_types_that_fall_together_are_one(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    (one,) = _found(earlier, code=WIDE)
    (row,) = lots.list_lots(earlier, who, LotFilter(code=PLAIN), PAGE)

    assert row.id == one
    assert (row.lot.manufacturer, row.lot.code) == ("Ohm Parts", PLAIN)  # the oldest spelling is shown
    assert [said.quantity for said, _ in row.submissions] == [10, 20, 40]
    assert len(_found(earlier, mpn="r-100")) == 2  # and L2
    assert _found(earlier, delivery_note="\uff44\uff4e-1") == [one]
    assert _found(earlier, delivery_note="dn-7") == [one]
    claims = package_claims.list_packages(earlier, who, one, PAGE)
    assert [claim.package for claim, _ in claims] == ["R1", "\uff32\uff12", "R3"]
    assert migration.differences(earlier.engine) == []


def test_a_list_that_is_sent_again_changes_the_shell_that_it_made_before(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    _send(earlier, f"Ohm Parts,R-100,{WIDE},25,DN-1,,")
    _send(earlier, "\uff2fhm Parts,R-100,L3,5,DN-1,,")
    _send(earlier, "Ohm Parts,R-100,L3,6,DN-1,,")

    told = {
        row.lot.code: sorted(said.quantity for said, _ in row.submissions)
        for row in lots.list_lots(earlier, who, LotFilter(), PAGE)
    }
    assert told == {PLAIN: [10, 25, 40], "L2": [80], "L3": [6]}


def test_the_genealogy_is_what_the_events_say(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    (one,) = _found(earlier, code=PLAIN)
    (other,) = _found(earlier, code="L2")
    used = {
        lot: [
            row.unit.serial
            for row in genealogy.where_used(earlier, who, lot, level=Level.BOARD, page=PAGE)[1]
        ]
        for lot in (one, other)
    }

    assert used == {one: ["B1", "B2"], other: ["B3"]}  # what waited is applied, too
    assert events.differs(earlier, Site(earlier.settings.site)) == []


def test_ids_that_were_given_out_answer_as_what_they_are_now(earlier: Registry) -> None:
    with earlier.read() as connection:
        numbers = (
            connection.execute(text("SELECT id FROM lot WHERE code <> 'L2' ORDER BY id")).scalars().all()
        )
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    answered = {
        lots.find_lot(earlier, who, to_public(earlier, who.site, Noun.LOT, each)).id for each in numbers
    }

    assert len(numbers) == 3
    assert answered == set(_found(earlier, code=PLAIN))


def test_parties_are_kept_apart(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    with earlier.read() as connection:
        found = [
            party_table.find_party(connection, who.site, each)
            for each in ("acme", "\uff21\uff23\uff2d\uff25", "\uff21cme", "Other")
        ]

    assert [each and each.name for each in found] == ["Acme", "Other", "Acme", "Other"]


def test_everything_that_fell_together_is_listed(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    listed = [
        (row.merge.kind, row.merge.manufacturer, row.merge.name)
        for row in merges.list_merges(earlier, who, PAGE)
    ]

    assert listed == [
        ("lot", "Ohm Parts", WIDE),
        ("lot", WIDE_MAKER, PLAIN),
        ("package", None, "\uff30\uff11"),
        ("part_type", WIDE_MAKER, None),
        ("party", None, "\uff21\uff23\uff2d\uff25"),
    ]


def test_goes_down_and_up_again_with_what_was_merged(earlier: Registry) -> None:
    _upgrade(earlier)

    migration.downgrade(earlier.engine, "0012")
    _upgrade(earlier)

    assert len(_found(earlier, code=PLAIN)) == 1
    assert migration.differences(earlier.engine) == []
    assert events.differs(earlier, Site(earlier.settings.site)) == []
