"""Genealogy on the command line: both ways, at a time, and what an identifier may mean."""

import io

import pytest
from aas_samples import lot_aasx
from plant_samples import events
from sqlalchemy import insert

from aas_registry.domain.identifiers import Site
from aas_registry.services import access, parties
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.storage.clock import recording_time
from aas_registry.storage.tables.merges import name_merge


@pytest.fixture
def plant(registry) -> None:
    administrator = access.local_administrator(registry)
    for code, name in (("bolt", "Bolt Components GmbH"), ("meditec", "Meditec"), ("railway", "Railway")):
        parties.add_party(registry, administrator, code=code, name=name)
    event_service.ingest(registry, administrator, events())


def another_maker(registry) -> None:
    uploads.take_upload(
        registry,
        access.local_administrator(registry),
        Arrival(io.BytesIO(lot_aasx(maker="Arro Distribution")), "lot.aasx"),
    )


def test_a_lot_is_found_by_its_code_in_every_unit_that_holds_it(run, plant) -> None:
    ran = run("trace", "where-used", "0042", "--level", "board", "--json")

    assert ran.code == 0
    assert ran.json["headline"]["units"] == {"exact": 4, "possible": 1, "assumed": 0, "total": 5}
    assert [each["serial"] for each in ran.json["result"]] == [f"BRD-{number}" for number in range(1, 6)]
    assert ran.json["hasMore"] is False


def test_a_person_reads_the_headline_and_a_table(run, plant) -> None:
    ran = run("trace", "where-used", "0042", "--level", "board", "--limit", "2")

    assert ran.code == 0
    assert "Lot 0042 (CAP-100N-0603, Bolt Components GmbH): 4 boards hold this lot.\n" in ran.out
    assert "4 exact, 1 possible, 0 assumed\n" in ran.out
    assert "BRD-2" in ran.out
    assert "BRD-3" not in ran.out
    assert "raise --limit" in ran.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--date-code-from", "2541"], "Only material of date code 2541 or later counts."),
        (["--date-code-to", "2541"], "Only material of date code 2541 or earlier counts."),
        (
            ["--date-code-from", "2541", "--date-code-to", "2546"],
            "Only material of date codes 2541 to 2546 counts.",
        ),
        (["--delivery-note", "DN 7"], "Only material that came on delivery note DN 7 counts."),
        (["--customer", "railway"], "Only units for customer railway count."),
    ],
)
def test_a_person_reads_to_what_the_question_was_narrowed(run, plant, options, told) -> None:
    ran = run("trace", "where-used", "0042", "--level", "board", *options)

    head = ran.out.splitlines()[0]
    assert head.startswith("Lot 0042")
    assert head.endswith(told)
    assert "The answer to the narrowed question is" in ran.out


def test_a_person_reads_that_what_once_was_is_counted(run, plant) -> None:
    once = "Counted is also what once held it"

    assert once in run("trace", "where-used", "0042", "--level", "customer", "--ever").out
    assert once not in run("trace", "where-used", "0042", "--level", "customer").out
    assert "holds, or once held:" in run("trace", "contents", "PRD-1", "--ever").out


def test_counts_by_customer(run, plant) -> None:
    ran = run("trace", "where-used", "0042", "--group-by", "customer", "--json")

    assert {each["group"].casefold(): each["total"] for each in ran.json["groups"]} == {
        "meditec": 2,
        "railway": 1,
    }
    assert "total" in run("trace", "where-used", "0042", "--group-by", "customer").out


def test_before_it_happened_nothing_was_there(run, plant) -> None:
    for option in ("--as-of", "--recorded-as-of"):
        ran = run("trace", "where-used", "0042", option, "2026-03-01T00:00:00Z", "--json")
        assert ran.json["headline"]["units"]["total"] == 0


@pytest.mark.parametrize("question", [["where-used", "0042"], ["contents", "PRD-1"]])
def test_a_time_after_the_last_recording_is_answered_as_that_one_and_says_so(run, plant, question) -> None:
    later = ["--recorded-as-of", "2090-01-01T00:00:00Z"]
    plain, asked = run("trace", *question, "--json").json, run("trace", *question, *later, "--json").json
    known = plain.get("headline", plain)["recordedAsOf"]

    assert asked.get("headline", asked)["recordedAsOf"] == known
    assert asked.get("headline", asked)["laterThanKnown"] == "2090-01-01T00:00:00+00:00"
    said = f"Nothing was recorded after {known}, which is what is answered."
    assert said in run("trace", *question, *later).out
    assert said not in run("trace", *question).out


@pytest.mark.parametrize("question", [["where-used", "0042"], ["contents", "PRD-1"]])
def test_a_time_before_names_were_parted_is_answered_with_the_word_that_they_were(
    run, plant, registry, clock, question
) -> None:
    site = Site(registry.settings.site)
    known = run("trace", *question, "--json").json
    known = known.get("headline", known)["recordedAsOf"]
    clock.advance(hours=1)
    with registry.write(site) as connection:
        at = recording_time(connection)
        row = {
            "kind": "lot",
            "id": 1008,
            "merged_into": 1007,
            "merged_at": at,
            "parted_at": at,
            "parted_by": "quinn",
        }
        connection.execute(insert(name_merge).values(site=site, **row))

        merged = {"kind": "lot", "id": 1009, "merged_into": 1007, "merged_at": at}
        connection.execute(insert(name_merge).values(site=site, **merged))

    for said in (f"Names were parted on {at.isoformat()}", f"Names were merged on {at.isoformat()}"):
        assert said in run("trace", *question, "--recorded-as-of", known).out
        assert said not in run("trace", *question).out


@pytest.mark.parametrize(
    "time",
    ["yesterday", "2026-03-01T00:00:00", "20261129", "20260301T000000Z", "1e9", "2026-03-01T00:00:00Z\n"],
)
def test_a_time_without_an_offset_is_none(run, plant, time) -> None:
    assert run("trace", "where-used", "0042", "--as-of", time).code == 2


def test_a_unit_tells_what_it_holds(run, plant) -> None:
    ran = run("trace", "contents", "PRD-1", "--json")

    assert ran.code == 0
    assert {each["lot"]["code"] for each in ran.json["result"]} == {"0042"}
    assert {each["unit"]["serial"] for each in ran.json["result"]} == {"BRD-1", "BRD-2"}
    assert run("trace", "contents", ran.json["unit"]["id"], "--json").json["result"] == ran.json["result"]
    assert "REEL-1" in run("trace", "contents", "PRD-1").out


def test_a_quantity_of_a_whole_panel_is_marked_as_such(run, plant, registry) -> None:
    told = [
        {
            "type": "unitCreated",
            "id": "n1",
            "happenedAt": "2026-03-10T11:00:00Z",
            "units": ["NUTZEN"],
            "kind": "panel",
        },
        {"type": "unitCreated", "id": "n2", "happenedAt": "2026-03-10T11:00:00Z", "units": ["IMAGE-1"]},
        {
            "type": "assembledInto",
            "id": "n3",
            "happenedAt": "2026-03-10T11:00:00Z",
            "links": [{"unit": "IMAGE-1", "into": "NUTZEN", "relation": "panelOf"}],
        },
        {
            "type": "consumed",
            "id": "n4",
            "happenedAt": "2026-03-10T11:10:00Z",
            "unit": "NUTZEN",
            "package": "REEL-1",
            "quantity": 8,
        },
    ]
    event_service.ingest(registry, access.local_administrator(registry), told)

    assert "8 (panel)" in run("trace", "contents", "IMAGE-1").out


def test_a_code_of_two_lots_lists_both_and_guesses_nothing(run, plant, registry) -> None:
    another_maker(registry)

    ran = run("trace", "where-used", "0042", "--json")

    assert ran.code == 9
    assert ran.json["error"]["code"] == "IDENTIFIER-AMBIGUOUS"
    candidates = ran.json["error"]["candidates"]
    assert {each["manufacturer"] for each in candidates} == {"Bolt Components GmbH", "Arro Distribution"}
    for each in candidates:
        assert run("trace", "where-used", each["id"]).code == 0
    told = run("trace", "where-used", "0042")
    assert all(each["id"] in told.out for each in candidates)
    assert "[IDENTIFIER-AMBIGUOUS]" in told.err


@pytest.mark.parametrize(
    ("command", "code"), [("where-used", "LOT-NOT-FOUND"), ("contents", "UNIT-NOT-FOUND")]
)
def test_what_nobody_recorded_is_not_found(run, plant, command, code) -> None:
    ran = run("trace", command, "nothing of this name")

    assert ran.code == 4
    assert f"[{code}]" in ran.err


@pytest.mark.parametrize(
    "spell",
    [
        lambda text: f"{text[:2]}\u200b{text[2:]}",
        lambda text: f"\u00a0{text}\u00a0 ",
        lambda text: "".join(chr(ord(each) + 0xFEE0) for each in text),
    ],
)
def test_names_are_found_in_every_spelling(run, plant, spell, tmp_path) -> None:
    used = run("trace", "where-used", spell("0042"), "--level", "board", "--json")
    held = run("trace", "contents", spell("PRD-1"), "--json")

    assert used.json["headline"]["units"]["total"] == 5, used.err
    assert held.json["result"]
    upload = tmp_path / "lot.aasx"
    upload.write_bytes(lot_aasx("0077"))
    assert run("upload", upload, "--on-behalf-of", spell("bolt")).code == 0
    assert run("export", tmp_path / "a.aasx", "--lot", spell("0077")).code == 0
    assert run("export", tmp_path / "b.json", "--party", spell("bolt")).code == 0
    assert run("prefix", "pin", "urn:bolt:", spell("bolt")).code == 0


def test_a_set_of_things_is_one_question(run, plant) -> None:
    one = run("trace", "where-used", "0042", "--level", "board", "--json")
    both = run(
        "trace",
        "where-used",
        "--package",
        "REEL-1",
        "--part-number",
        "CAP-100N-0603",
        "--level",
        "board",
        "--json",
    )

    assert one.code == both.code == 0
    assert [(each["kind"], each["name"]) for each in both.json["headline"]["asked"]] == [
        ("package", "REEL-1"),
        ("partNumber", "CAP-100N-0603"),
    ]
    assert {each["serial"] for each in one.json["result"]} <= {each["serial"] for each in both.json["result"]}
    told = run("trace", "where-used", "--package", "REEL-1", "--level", "customer", "--ever")
    assert "package REEL-1: 1 customer received some of it." in told.out
    assert run("trace", "where-used").code != 0
    assert run("trace", "where-used", "--package", "NOBODYS").code != 0
    assert run("trace", "where-used", "0042", "--date-code-from", "soon").code != 0


def test_contents_tell_what_ever_was(run, plant) -> None:
    now = run("trace", "contents", "PRD-1", "--json").json
    ever = run("trace", "contents", "PRD-1", "--ever", "--json").json

    assert (now["ever"], ever["ever"], now["datedAhead"]) == (False, True, 0)
    assert len(ever["result"]) >= len(now["result"])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["where-used", "0042"], "PRD-1"),
        (["where-used", "0042", "--level", "board", "--explain"], "BRD-1"),
        (["where-used", "0042", "--level", "customer"], "Meditec"),
        (["where-used", "0042", "--level", "shipment", "--ever"], "that were shipped"),
        (["where-used", "0042", "--group-by", "day"], "2026-03-"),
        (["contents", "PRD-1"], "REEL-1"),
        (["contents", "PRD-1", "--ever"], "REEL-1"),
        (["contents", "PRD-1", "--explain"], "REEL-1"),
        (["timeline", "BRD-1"], "What happened to unit BRD-1"),
        (["timeline", "BRD-1", "--as-of", "2026-01-01T00:00:00Z"], "Nothing that was reported."),
    ],
)
def test_every_question_is_answered_in_words(run, plant, asked, told) -> None:
    ran = run("trace", *asked)

    assert (ran.code, ran.err) == (0, "")
    assert told.casefold() in ran.out.casefold()


def test_a_chain_says_each_statement_the_right_way_round(run, plant) -> None:
    told = run("trace", "where-used", "0042", "--level", "board", "--explain").out

    assert "REEL-1 holds 0042 at" in told
    assert "BRD-1 used REEL-1 at" in told or " passed " in told
    assert "0042 holds" not in told


def test_what_has_not_left_is_not_said_to_be_in_no_unit(run, plant) -> None:
    told = run("trace", "where-used", "0042", "--level", "shipment", "--as-of", "2026-03-01T12:00:00Z").out

    assert "Nothing that is known to hold this lot has left the plant." in told
    assert "No unit holds" not in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--date-code-from", "99"], "--date-code-from"),
        (["--date-code-from", "2610", "--date-code-to", "2541"], "2610 to 2541"),
        (["--receipt-from", "Bolt"], "none"),
        (["--customer", "ZZZ"], "ZZZ"),
    ],
)
def test_what_is_wrong_is_called_as_it_was_given(run, plant, options, told) -> None:
    ran = run("trace", "where-used", "0042", *options)

    assert ran.code != 0
    assert told in ran.err
    assert "date_code" not in ran.err
