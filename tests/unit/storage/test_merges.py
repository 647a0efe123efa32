"""The upgrade to one form of names: keys are computed again, what falls together is merged and listed."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from aas_registry.domain import identifiers
from aas_registry.domain.canonical_json import canonical_bytes, digest_of
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.genealogy import AsRecorded, Level
from aas_registry.domain.identifiers import Site
from aas_registry.domain.items import Scheme
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Role
from aas_registry.domain.sought import Subjects
from aas_registry.services import access, audit, database, merges, parties
from aas_registry.services.genealogy import events, genealogy, lots, package_claims
from aas_registry.services.genealogy.lots import LotFilter
from aas_registry.services.intake import spreadsheets
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.public_ids import Noun, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import migration
from aas_registry.storage import parties as party_table
from aas_registry.storage.clock import last_recording, recording_time
from aas_registry.storage.tables import metadata
from aas_registry.storage.tables.certificates import certificate_scope
from aas_registry.storage.tables.lots import lot
from aas_registry.storage.tables.merges import name_merge
from aas_registry.storage.tables.reports import report

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
        with registry.write(who.site) as connection:
            (wide,) = connection.execute(select(lot.c.id).where(lot.c.code == WIDE)).scalars()
            spoken = {"certificate": 1, "kind": "lot", "value": f"Ohm Parts R-100 {WIDE}", "item": wide}
            connection.execute(insert(certificate_scope).values(site=who.site, **spoken))
            details = {"Manufacturer": "Ohm Parts", "MPN": "R-100"}
            question = canonical_bytes({"subject": {"kind": "lot", "name": WIDE, "details": details}})
            asked = {"id": 1, "direction": "where-used", "subject": wide, "question": question, "size": 1}
            made = {"sha256": "0" * 64, "made_by": "quality", "made_at": registry.clock()}
            connection.execute(insert(report).values(site=who.site, **asked, **made))
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


def test_every_key_on_record_is_that_of_its_text(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)
    _send(earlier, "\uff2fhm\u00ad Parts,\uff32-200,E\u0301\u200b7,5,\uff24N-9,R\uff19,5")
    later = [_event("receipt", "r9", deliveryNote="D\u00adN-9", line="1", lots=[_lot("\uff21", "E\u0301")])]
    later.append(_event("unitCreated", "u9", units=["\uff22\u200b9"]))
    coded = {"dateCode": "26\u00ad31", "internalPartNumber": "\uff21-1"}
    later.append(_event("packageCreated", "k9", package="R\u200b10", **coded))
    later.append(_event("setUp", "s9", station="ST", slots=[{"slot": "\uff261", "package": "R10"}]))
    later.append(_event("consumed", "c9", unit="B9", package="R10", slot="F\u00ad1"))
    assert {each.state for each in events.ingest(earlier, who, later)} == {"accepted"}
    access.add_user(earlier, who, name="Zo\u0065\u0301", role=Role.QUALITY, password="x" * 20)
    keys = [each for table in metadata.sorted_tables for each in table.c if each.name.endswith("_key")]

    seen = set()
    for key in keys:
        text_of = key.table.c.get(key.name.removesuffix("_key"))
        if text_of is None:
            continue  # what an event waits for is an alias of its own
        wanted = select(text_of, key).where(text_of.is_not(None))
        if key.name == "value_key":  # ids of events are exact
            wanted = wanted.where(key.table.c.scheme != Scheme.EVENT)
        with earlier.read() as connection:
            rows = connection.execute(wanted).all()
        assert [kept for _, kept in rows] == [identifiers.matching_key(written) for written, _ in rows]
        seen.update({f"{key.table.name}.{key.name}"} if rows else ())

    assert seen == {
        f"{key.table.name}.{key.name}" for key in keys if key.name.removesuffix("_key") in key.table.c
    }


def test_the_genealogy_is_what_the_events_say(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)

    (one,) = _found(earlier, code=PLAIN)
    (other,) = _found(earlier, code="L2")
    used = {lot: [row.unit.serial for row in _used_in(earlier, who, lot)] for lot in (one, other)}

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


def _answered(registry: Registry, lot: str, at: datetime | None) -> tuple[AsRecorded, int]:
    who = access.local_administrator(registry)
    about = Subjects(lots=(lot,))
    question = genealogy.WhereUsedQuestion(about=about, level=Level.BOARD, as_of=at, recorded_as_of=at)
    head, rows = genealogy.where_used(registry, who, question, page=PAGE)
    return head.recorded, len(rows)


def _used_in(registry: Registry, who, lot: str):
    question = genealogy.WhereUsedQuestion(about=Subjects(lots=(lot,)), level=Level.BOARD)
    return genealogy.where_used(registry, who, question, page=PAGE)[1]


def test_the_answer_to_a_fixed_question_says_that_an_upgrade_merged_names(earlier: Registry) -> None:
    who = access.local_administrator(earlier)
    with earlier.read() as connection:
        at = last_recording(connection, who.site)
    _upgrade(earlier)
    (one,) = _found(earlier, code=PLAIN)

    recorded, boards = _answered(earlier, one, at)

    assert (recorded.at, boards) == (at, 2)  # and before of P1 alone
    assert recorded.merged is not None
    (merged,) = {row.merge.merged_at for row in merges.list_merges(earlier, who, PAGE)}
    assert (recorded.merged, recorded.parted) == (merged, None)
    merges.part(earlier, who, _merge(earlier, "lot", "Ohm Parts"))
    parted_at = earlier.clock.now
    assert _answered(earlier, one, at)[0].parted == parted_at


def test_what_is_merged_comes_after_what_is_recorded_whatever_the_clock_says(earlier: Registry) -> None:
    site, late = Site(earlier.settings.site), datetime(2099, 1, 1, tzinfo=UTC)
    recorded = {"at": (late - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), "site": site}
    with earlier.engine.begin() as connection:
        connection.execute(text("UPDATE site_clock SET recorded_at = :at WHERE site = :site"), recorded)
    migration.upgrade(earlier.engine)

    with earlier.read() as connection:
        (merged,) = connection.execute(select(name_merge.c.merged_at).distinct()).scalars()

    assert merged == late + timedelta(microseconds=1)


def test_parties_that_are_kept_apart_change_no_answer(registry: Registry) -> None:
    who = access.local_administrator(registry)
    _send(registry, f"Ohm Parts,R-100,{PLAIN},10,DN-1,R1,10")
    (one,) = _found(registry, code=PLAIN)
    with registry.read() as connection:
        before = last_recording(connection, who.site)
    with registry.write(who.site) as connection:
        at = recording_time(connection)
        said = {"merged_at": at, "parted_at": at + timedelta(days=1), "parted_by": "database upgrade"}
        row = {"kind": "party", "id": 9, "merged_into": 8, "name": "\uff22olt"}
        connection.execute(insert(name_merge).values(site=who.site, **row, **said))

    recorded, _ = _answered(registry, one, before)

    assert (recorded.at, recorded.merged, recorded.parted) == (before, None, None)


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


@pytest.mark.parametrize("said", ["20260301T060000Z", "2026-03-01T06:00:00+00:60", "2026-W09-7T05:00:00Z"])
def test_an_event_that_was_taken_is_read_as_it_was_whatever_is_refused_since(
    earlier: Registry, said: str
) -> None:
    with earlier.engine.begin() as connection:
        for number in ("p2", "c2"):
            body = canonical_bytes(
                next(each for each in EVENTS if each["id"] == number) | {"happenedAt": said}
            )
            told = {"body": body, "digest": digest_of(body), "id": number}
            connection.execute(
                text("UPDATE event SET body = :body, digest = :digest WHERE event_id = :id"), told
            )

    _upgrade(earlier)

    (one,) = _found(earlier, code=PLAIN)
    assert _answered(earlier, one, None)[1] == 2
    who = access.local_administrator(earlier)
    (refused,) = events.ingest(
        earlier, who, [_event("unitCreated", "u7", units=["B7"]) | {"happenedAt": said}]
    )
    assert (refused.state, refused.code) == ("rejected", "EVENT-INVALID")


def test_goes_down_and_up_again_with_what_was_merged(earlier: Registry) -> None:
    _upgrade(earlier)

    migration.downgrade(earlier.engine, "0012")
    _upgrade(earlier)

    assert len(_found(earlier, code=PLAIN)) == 1
    assert migration.differences(earlier.engine) == []
    assert events.differs(earlier, Site(earlier.settings.site)) == []


def _merge(registry: Registry, kind: str, manufacturer: str) -> str:
    listed = merges.list_merges(registry, access.local_administrator(registry), PAGE)
    (found,) = (row.id for row in listed if (row.merge.kind, row.merge.manufacturer) == (kind, manufacturer))
    return found


def _told(registry: Registry) -> dict[tuple[str, str], tuple[list[int], list[str], list[str]]]:
    """Return by maker and code: the quantities said of a lot, its reels, and the boards it is in."""
    who = access.local_administrator(registry)
    return {
        (row.lot.manufacturer, row.lot.code): (
            [int(said.quantity or 0) for said, _ in row.submissions],
            [claim.package for claim, _ in package_claims.list_packages(registry, who, row.id, PAGE)],
            [each.unit.serial for each in _used_in(registry, who, row.id)],
        )
        for row in lots.list_lots(registry, who, LotFilter(), PAGE)
    }


def test_a_lot_is_parted_with_all_that_was_said_under_its_spelling(earlier: Registry) -> None:
    with earlier.read() as connection:
        wide = connection.execute(select(lot.c.id).where(lot.c.code == WIDE)).scalar_one()
    _upgrade(earlier)
    who = access.local_administrator(earlier)
    _send(earlier, f"Ohm Parts,R-100,{WIDE},21,DN-9,R8,21")  # of the shell that said 20

    parted = merges.part(earlier, who, _merge(earlier, "lot", "Ohm Parts"))

    assert parted.merge.parted_by == who.name
    assert _told(earlier) == {
        ("Ohm Parts", PLAIN): ([10, 40], ["R1", "R3"], ["B1", "B2"]),  # both packages are one
        ("Ohm Parts", WIDE): ([21], ["\uff32\uff12", "R8"], ["B1", "B2"]),
        ("Ohm Parts", "L2"): ([80], ["R4"], ["B3"]),
    }
    public = to_public(earlier, who.site, Noun.LOT, wide)
    assert lots.find_lot(earlier, who, public).lot.code == WIDE
    assert sorted(_found(earlier, code=PLAIN)) == sorted(_found(earlier, code=WIDE))
    assert len(_found(earlier, delivery_note="dn-7")) == 2
    with earlier.read() as connection:
        assert connection.execute(select(certificate_scope.c.item)).scalars().all() == [wide]
        assert connection.execute(select(report.c.subject)).scalars().all() == [wide]
    assert events.differs(earlier, who.site) == []
    assert [each.what for each, _ in audit.list_audit(earlier, who, PAGE)].count("lot parted") == 1


def test_what_arrives_later_goes_by_its_exact_spelling(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)
    merges.part(earlier, who, _merge(earlier, "lot", "Ohm Parts"))

    new = [
        _event("packageCreated", "p8", package="P8", lots=[_lot("Ohm Parts", WIDE.lower())]),
        _event("packageCreated", "p9", package="P9", lots=[_lot("Ohm Parts", "\uff37L1")]),
        _event("unitCreated", "u9", units=["B8", "B9"]),
        _event("consumed", "c8", unit="B8", package="P8"),
        _event("consumed", "c9", unit="B9", package="P9"),
    ]
    events.ingest(earlier, who, new)

    told = _told(earlier)
    assert told["Ohm Parts", WIDE][2] == ["B1", "B2", "B8"]
    assert told["Ohm Parts", PLAIN][2] == ["B1", "B2", "B9"]


def test_lists_of_a_parted_part_type_leave_the_older_ones_alone(earlier: Registry) -> None:
    _upgrade(earlier)
    who = access.local_administrator(earlier)
    _send(earlier, "Ohm Parts,R-100,L9,9,DN-9,R9,9")
    _send(earlier, f"{WIDE_MAKER},R-100,L9,10,DN-9,R10,10")
    merges.part(earlier, who, _merge(earlier, "part_type", WIDE_MAKER))

    _send(earlier, "Ohm Parts,R-100,L9,11,DN-9,R11,11")
    _send(earlier, f"{WIDE_MAKER},R-100,L9,12,DN-9,R12,12")
    _send(earlier, "Ohm Parts,R-100,L9,13,DN-9,R13,13")

    told = _told(earlier)
    assert told["Ohm Parts", "L9"][:2] == ([13], ["R13"])
    assert told[WIDE_MAKER, "L9"][:2] == ([12], ["R12"])


def test_a_part_type_is_parted_with_its_lots(earlier: Registry) -> None:
    with earlier.read() as connection:
        numbers = connection.execute(select(lot.c.id).order_by(lot.c.id)).scalars().all()
    _upgrade(earlier)
    who = access.local_administrator(earlier)
    _send(earlier, f"{WIDE_MAKER},R-100,L3,5,DN-9,,")

    with pytest.raises(ConflictError):
        merges.part(earlier, who, _merge(earlier, "lot", WIDE_MAKER))
    merge = _merge(earlier, "part_type", WIDE_MAKER)
    merges.part(earlier, who, merge)

    told = _told(earlier)
    assert told["Ohm Parts", PLAIN][0] == [10, 20]
    assert told[WIDE_MAKER, PLAIN] == ([40], ["R3"], [])
    assert told[WIDE_MAKER, "L2"] == ([80], ["R4"], ["B3"])
    assert told[WIDE_MAKER, "L3"][0] == [5]
    assert len(told) == 4
    assert {*numbers} - {row.lot.id for row in lots.list_lots(earlier, who, LotFilter(), PAGE)} == {
        numbers[1]
    }
    assert events.differs(earlier, who.site) == []
    with pytest.raises(NotFoundError):
        merges.part(earlier, who, merge)


def test_spellings_that_were_kept_apart_are_so_as_they_are_seen(registry: Registry) -> None:
    who = access.local_administrator(registry)
    for code in ("Z2", "Z\u00b2\u200b"):
        _send(registry, f"Ohm,R-1,{code},1,DN-1,,")
    older = _found(registry, code="Z2")[0]
    merges.part_spelling(registry, who, older, "Z\u00b2\u200b")
    migration.downgrade(registry.engine, "0024")
    before = _kept_apart(registry)

    _upgrade(registry)

    assert (before, _kept_apart(registry)) == (["", "z\u00b2\u200b"], ["", "z\u00b2"])
    assert events.differs(registry, who.site) == []
    _send(registry, "Ohm,R-1,Z\u00b2,5,DN-1,,")
    assert _told(registry)["Ohm", "Z\u00b2\u200b"][0] == [5]


def test_two_parted_spellings_that_look_alike_both_go_up(registry: Registry) -> None:
    who = access.local_administrator(registry)
    for code in ("Z2", "Z\u00b2"):
        _send(registry, f"Ohm,R-1,{code},1,DN-1,,")
    merges.part_spelling(registry, who, _found(registry, code="Z2")[0], "Z\u00b2")
    migration.downgrade(registry.engine, "0024")
    with registry.write(who.site) as connection:
        row = dict(connection.execute(select(lot).order_by(lot.c.id)).mappings().all()[1])
        alike = {"id": row["id"] + 100, "kept_apart": "z\u00b2\u200b", "code": "Z\u00b2\u200b"}
        connection.execute(insert(lot).values(**row | alike))

    _upgrade(registry)

    assert _kept_apart(registry) == ["", "z\u00b2", "z\u00b2\u200b"]


def _kept_apart(registry: Registry) -> list[str]:
    with registry.read() as connection:
        return list(connection.execute(select(lot.c.kept_apart).order_by(lot.c.id)).scalars())


@pytest.fixture
def crossed(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Of the lots Q\u00b2 L2 and Q2 L2, which fall together, that of the newer part type is the older."""
    who = access.local_administrator(registry)
    named = [("Q2", "L1"), ("Q\u00b2", "L2"), ("Q2", "L2"), ("Q\u2461", "L2")]
    with monkeypatch.context() as patched:
        patched.setattr(identifiers, "folded", str.casefold)
        identifiers.matching_key.cache_clear()
        for number, (mpn, code) in enumerate(named, start=1):
            _send(registry, f"Ohm,{mpn},{code},{number}0,DN-{number},R{number},{number}0")
        said = [_event("unitCreated", "u", units=["B2", "B3", "B4"])]
        for number, name in list(enumerate(named, start=1))[1:]:
            lots_of_it = {"package": f"P{number}", "lots": [_of(*name)]}
            said.append(_event("packageCreated", f"p{number}", **lots_of_it))
            said.append(_event("consumed", f"c{number}", unit=f"B{number}", package=f"P{number}"))
        assert {each.state for each in events.ingest(registry, who, said)} == {"accepted"}
        migration.downgrade(registry.engine, "0012")
    identifiers.matching_key.cache_clear()
    return registry


def _of(mpn: str, code: str) -> dict[str, str]:
    return {"manufacturer": "Ohm", "mpn": mpn, "lotCode": code}


def _by_part(registry: Registry) -> dict[str, tuple[str, list[int], list[str], list[str]]]:
    """Return by part number and code: the lot's id, the quantities said of it, its reels, its boards."""
    who = access.local_administrator(registry)
    return {
        f"{row.lot.mpn} {row.lot.code}": (
            row.id,
            [int(said.quantity or 0) for said, _ in row.submissions],
            [claim.package for claim, _ in package_claims.list_packages(registry, who, row.id, PAGE)],
            [each.unit.serial for each in _used_in(registry, who, row.id)],
        )
        for row in lots.list_lots(registry, who, LotFilter(), PAGE)
    }


def _part_type(registry: Registry, mpn: str) -> None:
    who = access.local_administrator(registry)
    rows = merges.list_merges(registry, who, PAGE)
    (merge,) = (row.id for row in rows if (row.merge.kind, row.merge.mpn) == ("part_type", mpn))
    merges.part(registry, who, merge)


def _is_whole(registry: Registry) -> bool:
    return all(database.check(registry.settings, full=full).is_whole for full in (False, True))


@pytest.mark.parametrize("order", [("Q\u00b2", "Q\u2461"), ("Q\u2461", "Q\u00b2")])
def test_a_lot_of_the_older_part_type_that_fell_together_with_one_that_leaves_is_itself_again(
    crossed: Registry, order: Sequence[str]
) -> None:
    with crossed.read() as connection:
        rows = connection.execute(
            text("SELECT lot.id, mpn, code FROM lot JOIN part_type ON part_type.id = lot.part_type")
        ).all()
    who = access.local_administrator(crossed)
    public = {f"{row.mpn} {row.code}": to_public(crossed, who.site, Noun.LOT, row.id) for row in rows}
    _upgrade(crossed)
    assert sorted(_by_part(crossed)) == ["Q2 L1", "Q2 L2"]

    for mpn in order:
        _part_type(crossed, mpn)
        assert _is_whole(crossed)

    assert _by_part(crossed) == {
        "Q2 L1": (public["Q2 L1"], [10], ["R1"], []),
        "Q2 L2": (public["Q2 L2"], [30], ["R3"], ["B3"]),
        "Q\u00b2 L2": (public["Q\u00b2 L2"], [20], ["R2"], ["B2"]),
        "Q\u2461 L2": (public["Q\u2461 L2"], [40], ["R4"], ["B4"]),
    }
    assert {lots.find_lot(crossed, who, each).lot.mpn for each in public.values()} == {
        "Q2",
        "Q\u00b2",
        "Q\u2461",
    }
    assert [row for row in merges.list_merges(crossed, who, PAGE) if row.merge.parted_at is None] == []


def test_what_stays_merged_with_a_part_type_is_one_lot_until_that_is_parted(crossed: Registry) -> None:
    _upgrade(crossed)

    _part_type(crossed, "Q\u00b2")

    told = _by_part(crossed)
    assert {name: each[1:] for name, each in told.items()} == {
        "Q2 L1": ([10], ["R1"], []),
        "Q2 L2": ([30, 40], ["R3", "R4"], ["B3", "B4"]),
        "Q\u00b2 L2": ([20], ["R2"], ["B2"]),
    }


def test_lots_that_events_alone_said_go_with_their_part_type_with_certificates(crossed: Registry) -> None:
    _upgrade(crossed)
    who = access.local_administrator(crossed)
    new = [
        _event("packageCreated", f"n{mpn}", package=f"N {mpn}", lots=[_of(mpn, "EV")]) for mpn in ("Q\u00b2",)
    ]
    new.append(
        _event("packageCreated", "both", package="N", lots=[_of("Q\u00b2", "BOTH"), _of("Q2", "BOTH")])
    )
    assert {each.state for each in events.ingest(crossed, who, new)} == {"accepted"}
    before = _by_part(crossed)
    with crossed.write(who.site) as connection:
        (number,) = connection.execute(select(lot.c.id).where(lot.c.code == "EV")).scalars()
        spoken = {"certificate": 1, "kind": "lot", "value": "Ohm Q2 EV", "item": number}
        connection.execute(insert(certificate_scope).values(site=who.site, **spoken))

    _part_type(crossed, "Q\u00b2")

    after = _by_part(crossed)
    assert {name for name in after if "L" not in name} == {"Q\u00b2 EV", "Q2 BOTH", "Q\u00b2 BOTH"}
    assert after["Q\u00b2 EV"][0] == before["Q2 EV"][0]
    assert after["Q2 BOTH"][0] == before["Q2 BOTH"][0]
    with crossed.read() as connection:
        assert connection.execute(select(certificate_scope.c.item)).scalars().all() == [number]
    assert _is_whole(crossed)


@pytest.mark.parametrize("mixed", [False, True])
def test_a_spelling_that_was_parted_stays_parted_when_its_part_type_is(
    crossed: Registry, mixed: bool
) -> None:
    _upgrade(crossed)
    who = access.local_administrator(crossed)
    _send(crossed, "Ohm,Q\u00b2,L\u00b2,70,DN-7,R7,70")
    if mixed:
        _send(crossed, "Ohm,Q2,L\u00b2,80,DN-8,R8,80")
    merges.part_spelling(crossed, who, _by_part(crossed)["Q2 L2"][0], "L\u00b2")
    before = _by_part(crossed)

    _part_type(crossed, "Q\u00b2")
    _send(crossed, "Ohm,Q\u00b2,L\u00b2,71,DN-9,R9,71")

    told = _by_part(crossed)
    assert told["Q\u00b2 L2"][1:3] == ([20], ["R2"])
    assert told["Q\u00b2 L\u00b2"][1:3] == ([71], ["R7", "R9"])
    assert told.get("Q2 L\u00b2", ("", [], []))[1:3] == (([80], ["R8"]) if mixed else ([], []))
    assert ("Q2 L\u00b2" in told) == mixed
    assert before["Q2 L\u00b2"][0] == told["Q2 L\u00b2" if mixed else "Q\u00b2 L\u00b2"][0]
    assert _is_whole(crossed)


def test_lots_of_a_parted_part_type_that_look_alike_stay_one(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(identifiers, "folded", str.casefold)
        identifiers.matching_key.cache_clear()
        for number, name in enumerate(("Q2,A", "Q\u00b2,B", "Q\u00b2,\u200bB")):
            _send(registry, f"Ohm,{name},{number}1,DN-{number},R{number},1")
        migration.downgrade(registry.engine, "0012")
    identifiers.matching_key.cache_clear()
    _upgrade(registry)

    _part_type(registry, "Q\u00b2")
    _send(registry, "Ohm,Q\u00b2,B,5,DN-5,R5,5")

    told = {name: each[1:3] for name, each in _by_part(registry).items()}
    assert told == {"Q2 A": ([1], ["R0"]), "Q\u00b2 B": ([21, 5], ["R1", "R2", "R5"])}
    assert _is_whole(registry)


def test_a_lot_that_fell_together_with_one_that_was_parted_is_itself_again_with_its_part_type(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Q\u00b2,L2", "Q2,L\u00b2", "Q\u2461,L2", "Q2,L2", "Q\u00b2,L\u00b2"]
    with monkeypatch.context() as patched:
        patched.setattr(identifiers, "folded", str.casefold)
        identifiers.matching_key.cache_clear()
        for number, name in enumerate(names):
            _send(registry, f"Ohm,{name},{number}1,DN-{number},R{number},1")
        before = _by_part(registry)
        migration.downgrade(registry.engine, "0012")
    identifiers.matching_key.cache_clear()
    _upgrade(registry)
    who = access.local_administrator(registry)

    listed = merges.list_merges(registry, who, PAGE)
    merges.part(registry, who, next(row.id for row in listed if (row.label) == "Ohm Q\u00b2 L\u00b2"))
    for mpn in ("Q2", "Q\u2461"):
        _part_type(registry, mpn)

    assert _by_part(registry) == before
    assert _is_whole(registry)
