"""What keeps an answer from being called complete: packages of no known lot, lines that wait, what is ahead."""

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code=None):
    lots = [] if code is None else [{**LOT, "lotCode": code}]
    return event("packageCreated", f"reel {package}", 1, package=package, lots=lots)


def made(*names, hour=2, customer="meditec", **members):
    return event(
        "unitCreated",
        f"made {'-'.join(names)}",
        hour,
        units=list(names),
        customer=customer,
        **{"firstSequence": 1, **members},
    )


def passed(number, *names, hour=7, run="RUN", station="SMT 1", **more):
    where = {"id": run, "station": station}
    return event("unitProcessed", number, hour, units=list(names), run=where, **{"firstSequence": 1, **more})


def use(unit, package, hour=7, **more):
    return event("consumed", f"use {unit} {package} {hour}", hour, unit=unit, package=package, **more)


def set_up(number, hour, *slots, station="SMT 1"):
    told = [{"slot": slot, "package": package} for slot, package in slots]
    return event("setUp", number, hour, station=station, slots=told)


# One board of Meditec in one run, of which everything was reported.
WHOLE = [
    reel("K1", "L1"),
    made("B1"),
    passed("b1 passed", "B1"),
    use("B1", "K1", slot="F1", run="RUN"),
    event("unitCompleted", "b1 done", 9, units=["B1"], run="RUN"),
]


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer

    return send


@pytest.fixture
def headline(quality, asker):
    """Ask where a lot is: as quality, or as the auditor of a customer."""

    def ask(code="L1", customer=None, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        who = quality if customer is None else asker("customer_auditor", customer)
        asked = {"level": "board", **query}
        answer = who.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["headline"]

    return ask


def told_by(head):
    """Return whether an answer is complete, and what is unknown beside it."""
    return head["isComplete"], {name: count for name, count in head["unknown"].items() if count}


# Passes that nobody can tell of


def completed(*names, **members):
    return event("unitCompleted", "x", 9, units=list(names), **members)


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("waiting", passed("x", "B9", firstSequence=2)),
        ("waiting", completed("B9", run="RUN")),
        ("waiting", completed("B9")),
        ("unread", passed("x", {}, "B1")),
        ("unread", completed("B1", {}, run="RUN")),
        ("unread", completed("B1", {})),
        ("unread", event("unitCreated", "x", 2, units=["B8", {}], run="RUN", firstSequence=3)),
    ],
)
def test_who_passed_a_run_in_question_and_is_not_known_was_not_reported(tell, headline, state, line) -> None:
    tell(*WHOLE, made("B2"))
    assert told_by(headline()) == (True, {})

    tell(line)

    assert told_by(headline()) == (False, {state: 1})
    # It names no unit of theirs.
    assert told_by(headline(customer="meditec")) == (True, {})


def test_whoever_may_have_passed_a_run_in_question_counts_until_it_is_decided(tell, headline) -> None:
    one, other = ({"serial": "B9", "issuer": issuer} for issuer in ("a", "b"))
    tell(*WHOLE, event("unitCreated", "one", 2, units=[one], customer="railway"))
    tell(event("unitCreated", "other", 2, units=[other], customer="meditec"))

    tell(passed("x", "B9", firstSequence=2))

    assert told_by(headline()) == told_by(headline(customer="meditec")) == (False, {"undecided": 1})


def test_who_passed_another_run_does_not_touch_the_answer(tell, headline) -> None:
    tell(
        *WHOLE,
        passed("x", "B9", run="OTHER"),
        event("tested", "y", 9, units=["B9"], result="passed", run="RUN"),
    )
    tell(event("unitCompleted", "z", 9, units=["B9", {}], run="OTHER"))
    # As of a time before they passed.
    tell(passed("late", "B9", hour=12, firstSequence=2))

    assert told_by(headline(asOf=at(11))) == (True, {})


@pytest.mark.parametrize(
    "line", [passed("x", "B2", firstSequence=2), completed("B2", run="RUN"), completed("B9")]
)
def test_a_pass_that_is_dated_ahead_touches_as_one_that_waits(tell, headline, line) -> None:
    tell(*WHOLE, made("B2"), made("R1", customer="railway"), use("R1", "K1", run="RUN"))
    tell(line | {"happenedAt": "2098-01-01T00:00:00+00:00"})

    is_known = line["units"] == ["B2"]
    assert headline()["datedAhead"] == 1
    # R1 is in question, too, and its auditor is told of no other's.
    assert headline(customer="railway")["datedAhead"] == 0
    assert headline(customer="meditec")["datedAhead"] == int(is_known)


# Packages of no known lot


def test_a_set_up_puts_a_package_of_no_known_lot_into_the_units_that_pass(tell, headline) -> None:
    tell(*WHOLE, made("B2"), reel("K9"))
    assert told_by(headline(customer="meditec")) == (True, {})

    tell(set_up("up", 6, ("F7", "K9")))

    assert told_by(headline()) == (False, {"packagesWithoutLot": 1})
    assert told_by(headline(customer="meditec")) == (False, {"packagesWithoutLot": 1})
    # Nothing of Railway's passed while it stood.
    tell(made("R1", customer="railway"), use("R1", "K1"), set_up("down", 8, ("F7", None)))
    tell(passed("r1 passed", "R1", hour=9, firstSequence=5))
    assert headline(customer="railway")["unknown"]["packagesWithoutLot"] == 0


@pytest.mark.parametrize("way", ["run", "pass"])
def test_a_set_up_counts_where_a_unit_passed_while_it_stood(tell, headline, way) -> None:
    where = {"station": None} if way == "pass" else {}
    tell(*WHOLE, reel("K8"), reel("K9"), made("B2"))
    tell(set_up("up", 3, ("F7", "K9")), set_up("other", 5, ("F7", "K8")), set_up("none", 6, ("F7", None)))
    assert told_by(headline()) == (True, {})

    told = passed("b2 passed", "B2", hour=4, run="AOI", **where)
    tell(told | {"run": "AOI", "station": "SMT 1"} if way == "pass" else told)

    assert told_by(headline()) == (False, {"packagesWithoutLot": 1})
    assert headline(asOf=at(3))["unknown"]["packagesWithoutLot"] == 0


def test_a_set_up_of_which_a_report_says_another_package_put_nothing_in(tell, headline) -> None:
    tell(*WHOLE, reel("K9"), set_up("up", 6, ("F1", "K9")))

    for customer in (None, "meditec"):
        assert headline(customer=customer)["unknown"]["packagesWithoutLot"] == 0


def test_a_set_up_counts_only_what_passed_while_its_package_was_of_no_known_lot(tell, headline) -> None:
    split = event("split", "split", 4, package="K1", into=[{"package": "K9"}])
    came = event("merged", "into K9", 8, packages=[{"package": "K7"}], into="K9")
    tell(*WHOLE, split, came, set_up("up", 6, ("F7", "K9")))
    assert told_by(headline()) == (False, {"waiting": 1})

    tell(made("B2"), passed("b2 passed", "B2", hour=9, firstSequence=2))
    assert headline()["unknown"]["packagesWithoutLot"] == 1


@pytest.mark.parametrize("way", ["use", "set-up", "feed"])
def test_what_was_used_on_a_panel_is_in_the_boards_that_were_on_it_or_cut_from_it(
    tell, headline, way
) -> None:
    on = [
        {"unit": "B1", "into": "P1", "relation": "panelOf"},
        {"unit": "R1", "into": "P1", "relation": "panelOf"},
    ]
    tell(*WHOLE, made("P1", customer=None), made("R1", customer="railway"), reel("K9"))
    tell(event("assembledInto", "on", 3, links=on), event("removed", "cut", 6, unit="P1", part="R1"))
    used = {
        "use": [use("P1", "K9", 5)],
        "set-up": [set_up("up", 4, ("F7", "K9"), station="PRINTER")],
        "feed": [
            event(
                "feed", "fed", 5, run="PRINT", feeds=[{"package": "K9", "sequenceFrom": 1, "sequenceTo": 3}]
            )
        ],
    }
    assert told_by(headline(customer="meditec")) == (True, {})

    tell(passed("p1 passed", "P1", hour=5, run="PRINT", station="PRINTER"), *used[way])

    assert told_by(headline()) == (False, {"packagesWithoutLot": 1})
    assert told_by(headline(customer="meditec")) == (False, {"packagesWithoutLot": 1})
    tell(use("R1", "K1"))
    assert headline(customer="railway")["unknown"]["packagesWithoutLot"] == 1
    tell(reel("K8"), use("P1", "K8", 6))
    assert headline(customer="railway")["unknown"]["packagesWithoutLot"] == 1
    assert headline(customer="meditec")["unknown"]["packagesWithoutLot"] == 2


# Lines that name a unit beside what is not known


@pytest.fixture
def inside(quality):
    """Ask what is unknown beside the contents of a unit, the one of an issuer where several have the name."""

    def contents(serial, issuer=None, **query):
        found = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        (unit,) = [each for each in found if issuer in {None, *(name["issuer"] for name in each["names"])}]
        answer = quality.get(f"/trace/v1/units/{unit['id']}/contents", query_string=query)
        told = answer.get_json()["unknown"]
        return {name: count for name, count in told.items() if count}

    return contents


NAMING = {
    "sameUnit": (event("sameUnit", "x", 8, units=["B1", "ELSE"]), 1),
    "sameUnit of three": (event("sameUnit", "x", 8, units=["ELSE", "B1", "OTHER"]), 2),
    "assembledInto": (event("assembledInto", "x", 8, links=[{"unit": "ELSE", "into": "B1"}]), 1),
    "removed part": (event("removed", "x", 8, unit="B1", part="ELSE"), 1),
    "removed": (event("removed", "x", 8, unit="B1", package="ELSE"), 1),
}


@pytest.mark.parametrize("name", NAMING)
def test_a_line_that_waits_touches_the_unit_that_it_names(tell, headline, inside, registry, name) -> None:
    line, count = NAMING[name]
    tell(*WHOLE, made("B2"), line)

    assert told_by(headline()) == (False, {"waiting": count})
    assert told_by(headline(customer="meditec")) == (False, {"waiting": count})
    assert (inside("B1"), inside("B2")) == ({"waiting": count}, {})
    assert differs(registry, Site(registry.settings.site)) == []
    tell(event("correction", "no", 9, corrects="x"))
    assert told_by(headline()) == (True, {})


def test_names_of_one_unit_wait_no_more_when_all_are_known(tell, headline, inside) -> None:
    tell(*WHOLE, NAMING["sameUnit of three"][0], made("ELSE", customer=None))
    assert (inside("B1"), inside("ELSE")) == ({"waiting": 1}, {"waiting": 1})

    tell(event("unitCreated", "other", 2, units=["OTHER"]))

    assert inside("OTHER") == {}
    assert headline()["unknown"]["waiting"] == 0


def test_a_name_that_waits_touches_answers_as_of_any_time(tell, headline, inside) -> None:
    tell(*WHOLE, event("sameUnit", "x", 12, units=["B1", "ELSE"]))

    assert told_by(headline(asOf=at(10))) == (False, {"waiting": 1})
    assert inside("B1", asOf=at(10)) == {"waiting": 1}
    # What a name means does not depend on the time; what was done does.
    tell(event("assembledInto", "y", 12, links=[{"unit": "ELSE", "into": "B1"}]))
    assert (inside("B1", asOf=at(10)), inside("B1", asOf=at(12))) == ({"waiting": 1}, {"waiting": 2})


def test_of_two_set_ups_of_one_slot_in_one_event_the_last_stands(tell, headline, inside) -> None:
    tell(*WHOLE, set_up("up", 6, ("F7", "ELSE"), ("F7", "OTHER")))

    assert headline(customer="meditec")["unknown"]["waiting"] == 1
    assert (headline()["unknown"]["waiting"], inside("B1")) == (2, {"waiting": 1})


def test_a_range_that_waits_touches_no_unit_before_it_passed(tell, inside) -> None:
    numbers = {"package": "ELSE", "sequenceFrom": 1, "sequenceTo": 9}
    tell(*WHOLE, event("feed", "fed", 2, run="LATER", feeds=[numbers]))

    tell(passed("again", "B1", hour=12, run="LATER"))

    assert (inside("B1", asOf=at(10)), inside("B1", asOf=at(12))) == ({}, {"waiting": 1})


MEANING_TWO = {
    "nameReused": event("nameReused", "x", 8, unit="N"),
    "sameUnit": event("sameUnit", "x", 8, units=["N", "B1"]),
    "assembledInto": event("assembledInto", "x", 8, links=[{"unit": "N", "into": "B1"}]),
    "removed": event("removed", "x", 8, unit="N", package="K1"),
    "consumed": event("consumed", "x", 8, unit="N", package="K1"),
    "unitProcessed": event("unitProcessed", "x", 8, units=["B1", "N"], run="RUN", firstSequence=1),
    "unitCompleted": event("unitCompleted", "x", 8, units=["B1", "N"], run="RUN"),
    "tested": event("tested", "x", 8, units=["B1", "N"], result="passed"),
}


@pytest.mark.parametrize("name", MEANING_TWO)
def test_a_line_that_is_undecided_touches_each_unit_that_it_may_mean(tell, headline, inside, name) -> None:
    acorn, birch = ({"serial": "N", "issuer": each} for each in ("Acorn", "Birch"))
    tell(*WHOLE, made("B2"), event("unitCreated", "acorn", 2, units=[acorn], customer="meditec"))
    tell(
        event("unitCreated", "birch", 2, units=[birch], customer="railway"),
        use(acorn, "K1"),
        use(birch, "K1"),
    )

    tell(MEANING_TWO[name])

    assert [inside("N", each) for each in ("Acorn", "Birch")] == [{"undecided": 1}] * 2
    assert inside("B2") == {}
    for customer in (None, "meditec", "railway"):
        assert headline(customer=customer)["unknown"]["undecided"] == 1


# Lines that could not be read, as far as they can be

BAD = {"serial": "B1", "position": 7}
UNREADABLE = {
    "unitCreated": event(
        "unitCreated", "x", 8, units=["B3", {"serial": "B1", "sequence": 0}], run="AOI", firstSequence=1
    ),
    "unitProcessed": event("unitProcessed", "x", 8, units=["B3", BAD], run="AOI", firstSequence=1),
    "unitCompleted": event("unitCompleted", "x", 8, units=["B3", BAD], run="AOI"),
    "tested": event("tested", "x", 8, units=["B3", BAD], result="passed"),
    "shipped": event("shipped", "x", 8, units=["B3", BAD], shipment="S"),
    "returned": event("returned", "x", 8, units=["B3", BAD]),
    "sameUnit": event("sameUnit", "x", 8, units=["B3", "B4", {"serial": "B1", "at": "never"}]),
    "sameUnit, of the others": event("sameUnit", "x", 8, units=["B3", "B1", {"at": "never"}]),
    "assembledInto": event(
        "assembledInto",
        "x",
        8,
        links=[{"unit": "B3", "into": "B4"}, {"unit": "B1", "into": "B5", "position": 7}],
    ),
    "UnitsTested": {
        "MessageName": "CFX.Production.TestAndInspection.UnitsTested",
        "UniqueID": "x",
        "TimeStamp": at(8),
        "MessageBody": {
            "TestedUnits": [
                {"UnitIdentifier": "B3", "OverallResult": "Passed"},
                {"UnitIdentifier": "B1", "OverallResult": "Perhaps"},
            ]
        },
    },
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_line_that_cannot_be_read_touches_the_unit_that_it_names(
    tell, headline, inside, registry, name
) -> None:
    tell(*WHOLE, made("B2"), made("B3"), made("B4"), made("B5"))

    tell(UNREADABLE[name])

    head = headline()
    assert (head["isComplete"], head["unknown"]["unread"]) == (False, 1)
    assert (inside("B1"), inside("B2")) == ({"unread": 1}, {})
    assert headline(customer="meditec")["unknown"]["unread"] == 1
    assert differs(registry, Site(registry.settings.site)) == []


# What a line names, that says no unit's name


def fed(number, package, hour=8, first=1, last=1, run="RUN"):
    numbers = {"package": package, "sequenceFrom": first, "sequenceTo": last}
    return event("feed", number, hour, run=run, feeds=[numbers])


RAILWAYS = [
    made("R1", "R2", customer="railway"),
    passed("r passed", "R1", firstSequence=2),
    use("R1", "K1", slot="F1", run="RUN"),
    event("unitCompleted", "r done", 9, units=["R1"], run="RUN"),
]
ON_PANEL = [
    made("P1", customer=None),
    event("assembledInto", "on", 3, links=[{"unit": "B1", "into": "P1", "relation": "panelOf"}]),
    passed("p passed", "P1", hour=4, run="PRINT", station="PRINTER"),
    event("unitCompleted", "p done", 4, units=["P1"], run="PRINT"),
    event("removed", "cut", 5, unit="P1", part="B1"),
]
TOUCHING_B1 = {
    "range": [fed("x", "ELSE")],
    "range that is undecided": [fed("x", "TWO")],
    "set-up": [set_up("x", 6, ("F7", "ELSE"))],
    "use on its panel": [use("P1", "ELSE", 4, designators=["C1"])],
    "range on its panel": [fed("x", "ELSE", run="PRINT")],
    "set-up of its panel's station": [set_up("x", 3, ("F7", "ELSE"), station="PRINTER")],
}
TOUCHING_NONE = {
    "range of other numbers": [fed("x", "ELSE", first=3, last=9)],
    "set-up after it": [set_up("x", 8, ("F7", "ELSE"))],
    "set-up that was reported": [set_up("x", 6, ("F1", "ELSE"))],
    "set-up that ended": [set_up("x", 4, ("F7", "ELSE")), set_up("y", 5, ("F7", None))],
    "use on its panel when it had left": [use("P1", "ELSE", 6)],
    "range of another run": [fed("x", "ELSE", run="RUN 2")],
}


@pytest.fixture
def of_two_customers(tell):
    """A board of each of two customers in one run: of each everything was reported."""
    two = [
        reel("TWO", "T") | {"id": each, "package": {"id": "TWO", "issuer": each}} for each in ("Ohm", "Volt")
    ]
    tell(*WHOLE, *RAILWAYS, *ON_PANEL, *two)


@pytest.mark.parametrize("name", TOUCHING_B1)
def test_what_may_be_in_a_unit_of_theirs_is_told_to_an_auditor(
    tell, headline, inside, of_two_customers, name
) -> None:
    assert [headline(customer=each)["isComplete"] for each in ("meditec", "railway")] == [True, True]

    tell(*TOUCHING_B1[name])

    told = {"undecided" if "undecided" in name else "waiting": 1}
    assert inside("B1") == told
    assert told_by(headline()) == (False, told)
    assert told_by(headline(customer="meditec")) == (False, told)
    if name != "set-up":
        assert (inside("R1"), told_by(headline(customer="railway"))) == ({}, (True, {}))


@pytest.mark.parametrize("name", TOUCHING_NONE)
def test_what_can_be_in_no_unit_of_theirs_is_told_to_no_auditor(
    tell, headline, inside, of_two_customers, name
) -> None:
    tell(*TOUCHING_NONE[name])

    assert headline()["unknown"]["waiting"] == 1
    assert inside("B1") == {}
    assert told_by(headline(customer="meditec")) == (True, {})


def test_a_range_of_which_not_every_line_can_be_read_is_told_of_the_units_of_its_run(
    tell, headline, of_two_customers
) -> None:
    good = {"package": "K1", "sequenceFrom": 9, "sequenceTo": 9}
    tell(event("feed", "x", 8, run="RUN", feeds=[good, {"package": "K1"}]))
    tell(event("feed", "y", 8, run="RUN 2", feeds=[good, {"package": "K1"}]))

    assert headline()["unknown"]["unread"] == 2
    assert told_by(headline(customer="meditec")) == (False, {"unread": 1})


NO_PACKAGE = {"id": None}
UNREAD_OF_B1 = {
    "its slot": [set_up("x", 6, ("F9", None), ("F7", NO_PACKAGE))],
    "no slot": [set_up("x", 6, ("F9", None), (None, "K1"))],
    "no slot, and others set up since": [
        set_up("x", 5, ("F9", None), (None, "K1")),
        set_up("y", 6, ("F7", "K1")),
    ],
    "another slot set up since": [
        set_up("x", 5, ("F9", None), ("F7", NO_PACKAGE)),
        set_up("y", 6, ("F8", "K1")),
    ],
    "its panel's station": [set_up("x", 3, ("F9", None), ("F7", NO_PACKAGE), station="PRINTER")],
}
UNREAD_OF_NONE = {
    "after it": [set_up("x", 8, ("F9", None), ("F7", NO_PACKAGE))],
    "reported": [set_up("x", 6, ("F9", None), ("F1", NO_PACKAGE))],
    "ended": [set_up("x", 4, ("F9", None), ("F7", NO_PACKAGE)), set_up("y", 5, ("f7", None))],
    "another station": [set_up("x", 6, ("F9", None), ("F7", NO_PACKAGE), station="SMT 2")],
    "its panel's station when it had left": [
        passed("p again", "P1", hour=6, run="PRINT 2", station="PRINTER 2"),
        set_up("x", 5, ("F9", None), ("F7", NO_PACKAGE), station="PRINTER 2"),
    ],
}


@pytest.mark.parametrize("name", UNREAD_OF_B1)
def test_a_set_up_that_cannot_be_read_touches_what_passed_while_it_stood(
    tell, headline, inside, quality, asker, registry, of_two_customers, name
) -> None:
    tell(*UNREAD_OF_B1[name])

    assert inside("B1") == {"unread": 1}
    (unit,) = quality.get("/trace/v1/units?serial=B1").get_json()["result"]
    theirs = asker("customer_auditor", "meditec").get(f"/trace/v1/units/{unit['id']}/contents").get_json()
    assert theirs["unknown"]["unread"] == 1
    for who in (None, "meditec"):
        assert told_by(headline(customer=who)) == (False, {"unread": 1})
    if "panel" in name:
        assert (inside("R1"), told_by(headline(customer="railway"))) == ({}, (True, {}))
    assert differs(registry, Site(registry.settings.site)) == []
    tell(event("correction", "no", 10, corrects="x"))
    assert told_by(headline(customer="meditec")) == (True, {})


@pytest.mark.parametrize("name", UNREAD_OF_NONE)
def test_a_set_up_that_cannot_be_read_touches_nothing_that_passed_elsewhere_or_at_another_time(
    tell, headline, inside, of_two_customers, name
) -> None:
    tell(*UNREAD_OF_NONE[name])

    assert headline()["unknown"]["unread"] == 1
    assert inside("B1") == {}
    assert told_by(headline(customer="meditec")) == (True, {})


def test_what_is_put_onto_a_panel_is_no_line_of_the_others_on_it(tell, headline) -> None:
    links = [{"unit": "ELSE", "into": "P1", "relation": "panelOf"}]
    tell(*WHOLE, *ON_PANEL[:2], event("assembledInto", "x", 3, links=links))

    assert headline()["unknown"]["waiting"] == 1
    assert told_by(headline(customer="meditec")) == (True, {})
