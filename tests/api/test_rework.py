"""What rework took out, over HTTP: the same whatever was told first, and at every time what was known to have happened."""

import pytest


def at(hour, minute=0):
    return f"2026-03-01T{hour:02}:{minute:02}:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code):
    lot = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": code}
    return event("packageCreated", f"reel {package}", 1, package=package, lots=[lot])


def made(*units, **members):
    return event(
        "unitCreated", f"made {'-'.join(units)}", 1, units=list(units), **{"firstSequence": 1, **members}
    )


def passing(unit, hour, run, **members):
    return event(
        "unitProcessed", f"pass {unit} {run}", hour, units=[unit], run=run, **{"firstSequence": 1, **members}
    )


def use(unit, package, hour, **members):
    return event("consumed", f"use {unit} {package} {hour}", hour, unit=unit, package=package, **members)


def removal(unit, package, hour, **members):
    return event("removed", f"out {unit} {hour}", hour, unit=unit, package=package, **members)


def set_up(hour, **slots):
    told = [
        {"slot": slot, **(said if isinstance(said, dict) else {"package": said})}
        for slot, said in slots.items()
    ]
    return event("setUp", f"set-up {hour}", hour, station="SMT 1", slots=told)


START = (reel("K1", "L1"), reel("K2", "L2"), made("B1", "B2"))


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        for each in events:
            assert mes.post("/trace/v1/events", json=[each]).get_json()["result"][0]["state"] == "accepted"

    return send


@pytest.fixture
def used(quality):
    def ask(code, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", **query}
        answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


@pytest.fixture
def missed(quality):
    """Return the events of removals that, as known now, did not find all they name."""

    def ask():
        query = {"kind": "removedTwice", "state": "open"}
        found = quality.get("/trace/v1/anomalies", query_string=query).get_json()["result"]
        return [each["id"] for anomaly in found for each in anomaly["events"]]

    return ask


@pytest.mark.parametrize("is_first", [True, False])
def test_a_removal_is_matched_anew_when_the_run_of_a_report_turns_out_to_be_at_the_station(
    tell, used, missed, is_first
) -> None:
    where = passing("B2", 7, {"id": "RUN 2", "station": "SMT 1"})
    reworked = (
        set_up(6, F1="K1"),
        passing("B1", 7, {"id": "RUN", "station": "SMT 1"}),
        use("B1", "K2", 7, slot="F1", run="RUN 2"),
        removal("B1", "K1", 8),
    )

    tell(*START, *([where, *reworked] if is_first else [*reworked, where]))

    assert missed() == ["out B1 8"]
    tell(event("correction", "no pass", 9, corrects=where["id"]))
    assert missed() == []
    assert used("L1") == {}


def test_a_removal_is_matched_anew_when_its_board_turns_out_to_be_on_a_panel(tell, used, missed) -> None:
    ring = {"unit": "P1", "into": "B1"}
    tell(*START, made("P1", kind="panel"), use("P1", "K1", 6, designators=["R1"]))
    tell(removal("B1", "K1", 8, designators=["R1"]), event("assembledInto", "ring", 4, links=[ring]))
    tell(event("assembledInto", "on", 5, links=[{"unit": "B1", "into": "P1", "relation": "panelOf"}]))
    assert missed() == ["out B1 8"]

    tell(event("correction", "no ring", 9, corrects="ring"))

    assert missed() == []
    assert used("L1") == {}


HELD = (*START, set_up(6, F1="K1"), passing("B1", 7, {"id": "RUN", "station": "SMT 1"}))


def test_as_of_a_time_before_a_report_a_removal_took_out_what_the_set_up_had_put_in(
    tell, used, missed
) -> None:
    tell(*HELD, removal("B1", "K1", 8))
    assert used("L1", asOf=at(8, 30)) == {}

    tell(use("B1", "K2", 9, slot="F1", run="RUN"))

    assert used("L1", asOf=at(7, 30)) == {"B1": "assumed"}
    assert used("L1", asOf=at(8, 30)) == used("L1") == {}
    assert missed() == ["out B1 8"]


def test_a_removal_takes_out_what_a_set_up_had_put_in_before_the_run_moved(tell, used, missed) -> None:
    tell(*HELD, removal("B1", "K1", 8), passing("B2", 10, {"id": "RUN", "station": "SMT 2"}))

    assert used("L1", asOf=at(7, 30)) == {"B1": "assumed"}
    assert used("L1", asOf=at(9)) == used("L1") == {}
    assert missed() == []


def test_a_piece_comes_out_of_the_use_that_counted_then(tell, used, quality) -> None:
    """Of two uses of a reel the latest loses it: as of 8:30 that of the set-up, from the report on the other one."""
    slot = {"package": "K1", "quantityPerUnit": 1}
    tell(*START, use("B1", "K1", 5, slot="F2", quantity=1), set_up(6, F1=slot))
    tell(passing("B1", 7, {"id": "RUN", "station": "SMT 1"}), removal("B1", "K1", 8, quantity=1))
    tell(use("B1", "K2", 9, slot="F1", run="RUN"))

    assert used("L1", asOf=at(8, 30)) == {"B1": "exact"}
    assert used("L1") == {}
    (unit,) = quality.get("/trace/v1/units", query_string={"serial": "B1"}).get_json()["result"]
    inside = [
        quality.get(f"/trace/v1/units/{unit['id']}/contents", query_string=query).get_json()["result"]
        for query in ({"asOf": at(8, 30)}, {})
    ]
    assert [[(row["package"], row["slot"]) for row in rows] for rows in inside] == [
        [("K1", "F2")],
        [("K2", "F1")],
    ]


def test_as_of_a_time_before_a_removal_nothing_is_told_of_it(tell, quality) -> None:
    """[1.5] A removal dated ahead is none yet, either."""
    tell(reel("K1", "L1"), made("S1"), use("S1", "K1", 3), removal("S1", "K1", 6))
    unit = quality.get("/trace/v1/units?serial=S1").get_json()["result"][0]["id"]

    def told(**query):
        rows = quality.get(f"/trace/v1/units/{unit}/contents", query_string=query).get_json()["result"]
        page = quality.get(f"/units/{unit}", query_string=query, headers={"Accept": "text/html"}).data
        return [row["removedAt"] for row in rows], b"until" in page

    assert told(asOf=at(4)) == told(asOf=at(4), ever="true") == ([None], False)
    assert told(ever="true") == ([at(6)], True)


def cfx(message, hour, minute=0, **body):
    head = {"UniqueID": f"{message} {hour} {minute}", "TimeStamp": at(hour, minute), "Source": "SMT 1"}
    return {"MessageName": f"CFX.Production.{message}", **head, "MessageBody": body}


def installing(hour, minute, **slots):
    lines = [
        {
            "UnitIdentifier": unit,
            "QuantityInstalled": 0.0,
            "Material": {"UniqueIdentifier": "K2"},
            "CarrierLocation": {"LocationName": slot},
            "InstalledComponents": [],
        }
        for unit, slot in slots.items()
    ]
    return cfx("Assembly.MaterialsInstalled", hour, minute, TransactionId="T1", InstalledMaterials=lines)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_removal_is_matched_anew_when_a_report_of_the_pass_leaves_its_unit_out(
    tell, used, missed, is_first
) -> None:
    """[7.9] A slot that the report of a transaction names was reported for every unit that passed with it."""
    units = [{"UnitIdentifier": unit} for unit in ("B1", "B2")]
    report, removed = installing(7, 1, B1="F1"), removal("B2", "K1", 8)

    tell(*START, set_up(6, F1="K1"), cfx("WorkStarted", 7, TransactionID="T1", Units=units))
    tell(*([report, removed] if is_first else [removed, report]))

    assert missed() == ["out B2 8"]
    assert used("L1") == {}


def test_a_unit_that_a_report_tells_by_two_of_its_names_was_reported_at_all_of_its_slots(tell, used) -> None:
    tell(*START, set_up(6, F1="K1", F2="K1"), event("sameUnit", "same", 6, units=["B1", "B2"]))
    tell(installing(7, 0, B1="F1", B2="F2"))

    assert used("L1") == {}
