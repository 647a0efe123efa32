"""Pieces, feeds, splices and panels over HTTP: what a unit holds, and what where-used says of its lots."""

import itertools
import json
import random

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

START = "2026-03-01T"
LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour, minute=0):
    return f"{START}{hour:02}:{minute:02}:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, *codes):
    lots = [{**LOT, "lotCode": code} for code in codes]
    return event("packageCreated", f"reel {package}", 5, package=package, lots=lots)


def boards(*names, hour=6, **more):
    return event(
        "unitCreated", f"made {'-'.join(names)}", hour, units=list(names), **{"firstSequence": 1, **more}
    )


def use(unit, package, hour, *designators, **more):
    number = f"use {unit} {package} {hour} {'-'.join(designators)}"
    return event("consumed", number, hour, unit=unit, package=package, designators=list(designators), **more)


def removal(unit, hour, **more):
    return event("removed", f"removed {unit} {hour}", hour, unit=unit, **more)


def splice(new, onto, hour, **more):
    return event(
        "merged", f"splice {new} {onto}", hour, packages=[{"package": new}], into=onto, how="splice", **more
    )


def feed(package, first, last, hour, **more):
    ranges = [{"package": package, "sequenceFrom": first, "sequenceTo": last, **more}]
    return event("feed", f"feed {package} {first}", hour, run="RUN", feeds=ranges)


def passing(number, hour, minute=0):
    """Board ``B<number>`` passes the run at its number."""
    return {
        **boards(f"B{number}", hour=hour, run="RUN", firstSequence=number),
        "happenedAt": at(hour, minute),
    }


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert [each["state"] for each in answer["result"]] == ["accepted"] * len(events), answer

    return send


@pytest.fixture
def used(quality):
    """Answer which units hold a lot, with how sure that is."""

    def ask(code, **query):
        lots = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        if not lots:
            return {}
        asked = {"level": "board", **query}
        answer = quality.get(f"/trace/v1/lots/{lots[0]['id']}/where-used", query_string=asked).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


@pytest.fixture
def contents(quality):
    def ask(serial, asker=quality, **query):
        (unit,) = asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        return asker.get(f"/trace/v1/units/{unit['id']}/contents", query_string=query).get_json()["result"]

    return ask


def pieces(rows):
    return sorted((row["quantity"], tuple(row["designators"])) for row in rows)


# Pieces


def test_one_of_four_is_removed_without_saying_where(tell, contents) -> None:
    tell(reel("R", "L"), boards("B"), use("B", "R", 7, "C1", "C2", "C3", "C4", quantity=4))
    tell(removal("B", 8, package="R", quantity=1))

    assert pieces(contents("B")) == [("3", ("C1", "C2", "C3", "C4"))]
    assert pieces(contents("B", asOf=at(7, 30))) == [("4", ("C1", "C2", "C3", "C4"))]


def test_one_of_two_is_removed_and_one_is_placed_again(tell, contents) -> None:
    tell(reel("R", "L"), boards("B"), use("B", "R", 7, "C1", "C2", quantity=2))
    tell(removal("B", 8, package="R", designators=["C1"], quantity=1), use("B", "R", 9, "C1", quantity=1))

    assert pieces(contents("B")) == [("1", ("C1",)), ("1", ("C2",))]


@pytest.mark.check
def test_the_case_of_one_of_two_removed(tell, contents, cases) -> None:
    tell(*json.loads((cases / "c05-one-of-two-removed.json").read_bytes()))

    assert pieces(contents("C05-B1")) == [("1", ("C1",)), ("1", ("C2",))]


def test_pieces_whose_number_nobody_said_are_told_only_where_the_places_do_not(tell, contents) -> None:
    tell(reel("R", "L"), boards("B"), use("B", "R", 7, "C1", "C2", "C3"))
    assert pieces(contents("B")) == [(None, ("C1", "C2", "C3"))]

    tell(removal("B", 8, package="R", quantity=1))

    (row,) = contents("B")
    assert (row["quantity"], row["designators"]) == ("2", ["C1", "C2", "C3"])


def test_over_several_uses_of_a_package_the_latest_loses_first(tell, contents, used) -> None:
    tell(reel("R", "L"), boards("B"), use("B", "R", 7, quantity=2), use("B", "R", 8, quantity=2))

    tell(removal("B", 9, package="R", quantity=3))
    assert pieces(contents("B")) == [("1", ())]

    tell(removal("B", 10, package="R"))
    assert contents("B") == []
    assert used("L") == {}
    assert used("L", asOf=at(9, 30)) == {"B": "exact"}


# A feed has from and to


def test_a_feed_that_was_told_at_the_reels_end_answers_within_it(tell, contents, used) -> None:
    tell(reel("R", "L"), *(passing(number, 8, 10 * number) for number in range(1, 4)))
    tell(feed("R", 1, 3, 12, **{"from": at(8), "to": at(11)}))

    assert used("L", asOf=at(8)) == {}
    assert used("L", asOf=at(8, 20)) == {"B1": "exact", "B2": "exact"}
    assert used("L") == {"B1": "exact", "B2": "exact", "B3": "exact"}
    assert [row["installedAt"] for row in contents("B2")] == [at(8, 20)]
    assert contents("B3", asOf=at(8, 20)) == []


@pytest.mark.parametrize(
    ("told", "when", "sure"),
    [
        (12, {"from": 9, "to": 10}, ["possible", "exact", "exact", "possible"]),
        (12, {"to": 9}, ["exact", "exact", "possible", "possible"]),
        (12, {"from": 10}, ["possible", "possible", "exact", "exact"]),
        (12, {"from": 12}, ["possible"] * 4),
        (9, {"to": 10}, ["possible", "exact", "exact", "possible"]),
        (9, {}, ["exact"] * 4),
    ],
)
def test_a_range_holds_possibly_in_who_passed_when_its_package_did_not_stand_there(
    tell, used, contents, registry, told, when, sure
) -> None:
    tell(reel("R", "L"), *(passing(number, 7 + number) for number in range(1, 5)))
    tell(feed("R", 1, 4, told, **{name: at(hour) for name, hour in when.items()}))

    names = ["B1", "B2", "B3", "B4"]
    assert used("L") == used("L", ever="true") == dict(zip(names, sure, strict=True))
    assert used("L", explain="true") == used("L")
    assert [contents(name)[0]["certainty"] for name in names] == sure
    assert [contents(name, explain="true")[0]["certainty"] for name in names] == sure
    assert differs(registry, Site(registry.settings.site)) == []


def test_a_range_is_exact_in_who_passed_at_any_number_of_it_while_its_package_stood_there(tell, used) -> None:
    tell(
        reel("R", "L"),
        passing(1, 8),
        event("unitProcessed", "again", 8, units=["B1"], run="RUN", firstSequence=2),
    )
    tell(feed("R", 1, 2, 12, **{"from": at(9), "to": at(10)}))
    assert used("L") == {"B1": "possible"}

    tell(event("unitProcessed", "later", 9, units=["B1"], run="RUN", firstSequence=2))
    assert used("L") == {"B1": "possible"}  # told again, it passed when that was told first
    tell(event("correction", "no", 11, corrects="again"))
    assert used("L") == {"B1": "exact"}


def test_what_was_removed_after_the_pass_is_out_though_the_feed_was_told_later(tell, contents, used) -> None:
    tell(reel("R", "L"), passing(1, 8), passing(2, 8, 30))
    tell(removal("B1", 9, package="R"), feed("R", 1, 2, 12), removal("B2", 8, package="R"))

    assert used("L") == {"B2": "exact"}
    assert used("L", asOf=at(8, 45)) == {"B1": "exact", "B2": "exact"}
    assert [row["removedAt"] for row in contents("B1", asOf=at(8, 45))] == [None]


def test_a_feed_that_ends_before_it_began_is_refused(asker) -> None:
    told = feed("R", 1, 2, 12, **{"from": at(9), "to": at(8)})

    (outcome,) = asker("production").post("/trace/v1/events", json=told).get_json()["result"]

    assert outcome["state"] == "rejected"
    assert "'to' is before 'from'." in json.dumps(outcome)


# Splices

RUN = [passing(number, 6 + number) for number in range(1, 9)]  # B1 at 7 … B8 at 14


@pytest.mark.parametrize(
    "zone",
    [
        {"zone": {"run": "RUN", "sequenceTo": 5}},
        {"zone": {"until": at(11, 30)}},
        {"greyZone": 4},
        {"zone": {"until": at(11, 30)}, "greyZone": 100},
    ],
    ids=["number", "time", "pieces", "the zone goes before the pieces"],
)
def test_a_splice_is_a_zone_of_the_run(tell, used, contents, zone) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), *RUN, feed("OLD", 1, 8, 15, quantityPerUnit=2))
    told = splice("NEW", "OLD", 9, **zone)  # as B3 passes
    tell({**told, "happenedAt": at(9, 30)})

    assert used("O") == {
        **dict.fromkeys(("B1", "B2", "B3"), "exact"),
        **dict.fromkeys(("B4", "B5"), "possible"),
    }
    assert used("N") == {
        **dict.fromkeys(("B4", "B5"), "possible"),
        **dict.fromkeys(("B6", "B7", "B8"), "exact"),
    }
    assert {row["lot"]["code"]: row["certainty"] for row in contents("B4")} == {
        "O": "possible",
        "N": "possible",
    }
    assert [row["lot"]["code"] for row in contents("B6")] == ["N"]
    assert used("N", asOf=at(9)) == {}


@pytest.mark.check
def test_the_case_of_a_splice(tell, used, cases) -> None:
    tell(*json.loads((cases / "c03-splice.json").read_bytes()))

    assert used("C03-OLD-LOT") == {"C03-B1": "exact", "C03-B2": "possible"}
    assert used("C03-NEW-LOT") == {"C03-B2": "possible"}


def test_a_third_reel_is_never_suspect_of_the_first(tell, used) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), reel("THIRD", "T"), *RUN, feed("OLD", 1, 8, 15))
    tell(splice("NEW", "OLD", 9), splice("THIRD", "OLD", 12))
    tell(boards("X"), use("X", "THIRD", 16), boards("Y"), use("Y", "NEW", 16))

    assert used("O") == {"B1": "exact", "B2": "exact", **dict.fromkeys(("B3", "B4", "B5"), "possible")}
    assert used("N") == {
        **dict.fromkeys(("B3", "B4", "B5", "B6", "B7", "B8"), "possible"),
        "Y": "exact",
    }
    assert used("T") == {**dict.fromkeys(("B6", "B7", "B8"), "possible"), "X": "exact"}


def test_what_is_drawn_from_a_spliced_label_is_what_it_held_then(tell, used) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), splice("NEW", "OLD", 10, zone={"until": at(12)}))
    for hour, (kind, name) in zip(
        (9, 11, 13), (("split", "P9"), ("split", "P11"), ("relabelled", "P13")), strict=True
    ):
        into = name if kind == "relabelled" else [{"package": name}]
        tell(event(kind, name, hour, package="OLD", into=into), boards(f"B{hour}"))
        tell(use(f"B{hour}", name, 14))

    assert used("O") == {"B9": "exact", "B11": "possible"}
    assert used("N") == {"B11": "possible", "B13": "exact"}


def test_merged_reels_are_possible_from_then_on_and_of_one_lot_exact(tell, used) -> None:
    tell(reel("A", "L"), reel("B", "L"), reel("C", "M"))
    both = [{"package": "A"}, {"package": "B"}]
    tell(event("merged", "same", 7, packages=both, into="SAME"))
    tell(event("merged", "mixed", 8, packages=[{"package": "C"}], into="A"))
    tell(boards("X", "Y", "Z"), use("X", "SAME", 9), use("Y", "A", 9), use("Z", "A", 7))

    assert used("L") == {"X": "exact", "Y": "possible", "Z": "exact"}
    assert used("M") == {"Y": "possible"}


def test_several_that_are_spliced_at_once_have_a_label_of_their_own_that_may_hold_either(tell, used) -> None:
    """As the program told it before splices had zones: found by upgrading its demo plant."""
    tell(reel("OLD", "O"), reel("NEW", "N"), *RUN, feed("OLD", 1, 2, 15), feed("NEW", 5, 8, 15))
    both = [{"package": "OLD"}, {"package": "NEW"}]
    tell(event("merged", "joint", 12, packages=both, into="JOINT", how="splice", greyZone=1))

    tell(feed("JOINT", 3, 4, 15))  # which passed before the joint was told

    either = dict.fromkeys(("B3", "B4"), "possible")
    assert used("O") == {"B1": "exact", "B2": "exact", **either}
    assert used("N") == {**either, **dict.fromkeys(("B5", "B6", "B7", "B8"), "exact")}


def test_passes_told_late_and_a_correction_move_the_end_of_a_zone(tell, used) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), splice("NEW", "OLD", 9, zone={"run": "RUN", "sequenceTo": 4}))
    tell(feed("OLD", 1, 8, 15))
    late, *others = RUN
    for each in random.Random(8).sample(others, len(others)):
        tell(each)

    assert used("N") == {
        "B3": "possible",
        "B4": "possible",
        **dict.fromkeys(("B5", "B6", "B7", "B8"), "exact"),
    }
    tell(late, event("correction", "undo", 16, corrects="splice NEW OLD"))
    assert used("N") == {}
    assert set(used("O").values()) == {"exact"}


def test_a_chain_of_splices_in_any_order_of_arrival(tell, used, registry) -> None:
    told = [
        *(reel(name, f"L{name}") for name in "ABC"),
        *RUN,
        feed("A", 1, 8, 15, quantityPerUnit=1),
        splice("B", "A", 9, greyZone=1),
        splice("C", "A", 11, greyZone=2),
    ]
    tell(*random.Random(11).sample(told, len(told)))

    assert used("LA") == {"B1": "exact", "B2": "exact", "B3": "possible"}
    assert used("LB") == {"B3": "possible", "B4": "exact", "B5": "possible", "B6": "possible"}
    assert used("LC") == {"B5": "possible", "B6": "possible", "B7": "exact", "B8": "exact"}


def test_a_unit_of_the_zone_that_is_given_its_parts_late_may_hold_either(tell, used) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), *RUN)
    tell(splice("NEW", "OLD", 9, zone={"run": "RUN", "sequenceTo": 4}))
    tell(use("B6", "OLD", 15, "C1"), use("B4", "OLD", 14, "C1"))

    assert used("O") == {"B4": "possible"}
    assert used("N") == {"B4": "possible", "B6": "exact"}


@pytest.mark.parametrize("zone", [{"zone": {"run": "RUN", "sequenceTo": 4}}, {"greyZone": 2}])
def test_messages_board_by_board_move_the_end_of_a_zone_and_late_ones_too(tell, used, zone) -> None:
    tell(reel("OLD", "O"), reel("NEW", "N"), splice("NEW", "OLD", 9, **zone))
    told = [
        (each, use(each["units"][0], "OLD", number + 6, "C1")) for number, each in enumerate(RUN, start=1)
    ]
    for board in (0, 1, 2, 4, 5, 3, 6, 7):  # B4 is late
        tell(*told[board])

    assert used("O") == {"B1": "exact", "B2": "exact", "B3": "possible", "B4": "possible"}
    assert used("N") == {
        "B3": "possible",
        "B4": "possible",
        **dict.fromkeys(("B5", "B6", "B7", "B8"), "exact"),
    }


@pytest.mark.parametrize(
    "zone",
    [
        {"zone": {"run": "RUN"}},
        {"zone": {"sequenceTo": 3}},
        {"zone": {"run": "RUN", "sequenceTo": 3, "until": at(9)}},
        {"zone": {}},
        {"zone": {"until": at(9)}, "how": "merge"},
    ],
)
def test_a_zone_that_says_no_one_end_is_refused(asker, zone) -> None:
    told = {**splice("NEW", "OLD", 9), **zone}

    (outcome,) = asker("production").post("/trace/v1/events", json=told).get_json()["result"]

    assert (outcome["state"], outcome["code"]) == ("rejected", "EVENT-INVALID")


# Panels


def panel(*names, hour=7):
    links = [{"unit": name, "into": "PANEL", "relation": "panelOf"} for name in names]
    return [
        event("unitCreated", "panel", hour, units=["PANEL"], kind="panel"),
        boards(*names, hour=hour),
        event("assembledInto", "images", hour, links=links),
    ]


def test_a_panel_of_four_is_four_boards(tell, used, quality) -> None:
    tell(reel("R", "L"), *panel("P1", "P2", "P3", "P4"), use("PANEL", "R", 8, quantity=8))

    for level in ("board", "product"):
        assert used("L", level=level) == dict.fromkeys(("P1", "P2", "P3", "P4"), "exact")


def test_a_panel_of_which_no_board_is_known_stands_for_itself(tell, used, contents) -> None:
    tell(reel("R", "L"), boards("PANEL", kind="panel"), use("PANEL", "R", 8, quantity=8))

    assert used("L") == used("L", level="product") == {"PANEL": "exact"}
    assert [(row["quantity"], row["panelQuantity"]) for row in contents("PANEL")] == [("8", None)]


def test_what_is_used_on_a_panel_that_all_boards_have_left_is_the_panels(tell, used, contents) -> None:
    tell(reel("R", "L"), reel("S", "M"), *panel("P1"), boards("BOX", kind="product"))
    tell(event("assembledInto", "cut", 8, links=[{"unit": "P1", "into": "BOX"}]))
    tell(use("PANEL", "R", 7), use("PANEL", "S", 9))

    assert used("L") == {"P1": "exact"}
    assert used("M") == used("M", ever=True) == used("M", level="product") == {"PANEL": "exact"}
    assert sorted(row["package"] for row in contents("PANEL")) == ["R", "S"]


def test_of_a_panel_with_anothers_board_its_customer_is_told_as_if_it_had_none(
    tell, used, quality, asker
) -> None:
    tell(reel("R", "L"), boards("PANEL", kind="panel", customer="meditec"), use("PANEL", "R", 8))
    auditor = asker("customer_auditor", "meditec")
    (lot,) = quality.get("/trace/v1/lots?code=L").get_json()["result"]
    asked = f"/trace/v1/lots/{lot['id']}/where-used?level=board"
    before = auditor.get(asked).get_json()["result"]

    tell(boards("ZC", customer="railway"))
    tell(event("assembledInto", "onto", 7, links=[{"unit": "ZC", "into": "PANEL", "relation": "panelOf"}]))

    assert used("L") == {"ZC": "exact"}
    assert [row["serial"] for row in before] == ["PANEL"]
    assert auditor.get(asked).get_json()["result"] == before


def test_a_quantity_on_a_panel_is_no_boards(tell, contents, asker) -> None:
    tell(reel("R", "L"), *panel("P1", "P2"), use("PANEL", "R", 8, quantity=8), use("P1", "R", 9, quantity=2))

    assert sorted((row["quantity"] or "", row["panelQuantity"]) for row in contents("P1")) == [
        ("", "8"),
        ("2", None),
    ]
    assert [(row["quantity"], row["panelQuantity"]) for row in contents("P2")] == [(None, "8")]


def test_a_customer_is_not_told_how_much_went_onto_a_whole_panel(tell, contents, asker) -> None:
    tell(reel("R", "L"), *panel("P1", "P2"), use("PANEL", "R", 8, quantity=8))
    tell(boards("BOX", kind="product", customer="meditec"))
    tell(event("assembledInto", "mount", 10, links=[{"unit": "P1", "into": "BOX"}]))

    (row,) = contents("BOX", asker("customer_auditor", "meditec"))

    assert (row["unit"]["serial"], row["quantity"], row["panelQuantity"]) == ("P1", None, None)


def test_what_was_used_on_a_panel_after_a_board_was_cut_is_not_in_it(tell, used) -> None:
    tell(reel("R", "L"), reel("S", "M"), *panel("P1", "P2"))
    tell(use("PANEL", "R", 8), boards("BOX", kind="product"))
    tell(event("assembledInto", "mount", 9, links=[{"unit": "P1", "into": "BOX"}]), use("PANEL", "S", 10))

    assert used("L") == {"P1": "exact", "P2": "exact"}
    assert used("M") == {"P2": "exact"}


def test_what_is_taken_from_a_panel_after_a_board_was_cut_stays_in_it(tell, used, contents) -> None:
    tell(reel("R", "L"), *panel("P1", "P2"), use("PANEL", "R", 8), boards("BOX", kind="product"))
    tell(event("assembledInto", "mount", 9, links=[{"unit": "P1", "into": "BOX"}]))
    tell(removal("PANEL", 10, package="R"))

    assert used("L") == {"P1": "exact"}
    assert [row["unit"]["serial"] for row in contents("P1")] == ["P1"]
    assert contents("P2") == []


def test_what_rework_took_out_of_a_panel_is_out_of_its_boards(tell, contents, used) -> None:
    tell(reel("R", "L"), *panel("P1", "P2"), use("PANEL", "R", 8, "R1", "R2", quantity=8))

    tell(removal("PANEL", 9, designators=["R1"]))
    (row,) = contents("P1")
    assert (row["designators"], row["quantity"], row["panelQuantity"]) == (["R2"], None, "4")

    tell(removal("P1", 10, designators=["R2"]))
    assert used("L") == {"P2": "exact"}


def test_every_order_of_a_small_story_gives_one_answer(asker, used, contents, database_url) -> None:
    mes, answers = asker("production"), set()
    orders = list(itertools.permutations(range(5)))[:: 7 if database_url else 1]  # of PostgreSQL some
    for number, order in enumerate(orders):
        old, new, board = (f"{name}{number}" for name in ("OLD", "NEW", "B"))
        told = [
            reel(old, f"O{number}"),
            {**boards(board), "id": f"made {number}"},
            use(board, old, 9, "C1", "C2", quantity=2),
            splice(new, old, 8, greyZone=2),
            removal(board, 10, package=old, quantity=1),
        ]
        mes.post("/trace/v1/events", json=reel(new, f"N{number}"))
        for each in order:
            mes.post("/trace/v1/events", json=told[each])
        held = (used(f"O{number}")[board], used(f"N{number}")[board])
        answers.add((*pieces(contents(board)), *held))

    assert answers == {(("1", ("C1", "C2")), ("1", ("C1", "C2")), "possible", "possible")}
