"""CFX in its envelope tells of a station: who passed it, what its slots hold, what was completed."""

import itertools

import pytest

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}
ASSEMBLY, STORAGE = "CFX.Production.Assembly", "CFX.Materials.Storage"


def at(hour, minute=0):
    return f"2026-03-01T{hour:02}:{minute:02}:00+00:00"


def sent(message, hour, /, minute=0, source="mounter.2", **body):
    return {
        "MessageName": message,
        "UniqueID": f"{message} {hour} {minute} {source} {body.get('TransactionID')}",
        "TimeStamp": at(hour, minute),
        "Source": source,
        "MessageBody": body,
    }


def reel(package, code):
    return {
        "type": "packageCreated",
        "id": f"reel {package}",
        "happenedAt": at(5),
        "package": package,
        "lots": [{**LOT, "lotCode": code}],
    }


def loaded(hour, source="mounter.2", **slots):
    lines = [
        {
            "LocationIdentifier": f"id {slot}",
            "LocationName": slot,
            "MaterialPackage": {"UniqueIdentifier": package, "Quantity": 800.0},
            "CarrierInformation": {"UniqueIdentifier": f"feeder {slot}", "LaneNumber": 1},
        }
        for slot, package in slots.items()
    ]
    return sent(f"{STORAGE}.MaterialsLoaded", hour, source=source, Materials=lines)


def started(hour, transaction, *positions, minute=0):
    units = [{"UnitIdentifier": transaction.replace("T", "P"), "PositionNumber": each} for each in positions]
    body = {"TransactionID": transaction, "Lane": "1", "UnitCount": len(units), "Units": units}
    return sent("CFX.Production.WorkStarted", hour, minute, **body)


def completed(hour, transaction, **more):
    return sent(
        "CFX.Production.WorkCompleted", hour, TransactionID=transaction, **{"Result": "Completed", **more}
    )


def line(transaction, position, slot, package, quantity=1.0):
    return {
        "UnitIdentifier": transaction.replace("T", "P"),
        "UnitPositionNumber": position,
        "QuantityInstalled": quantity,
        "Material": {"UniqueIdentifier": package},
        "CarrierLocation": {"LocationName": slot, "CarrierInformation": {"UniqueIdentifier": "f"}},
        "InstalledComponents": [{"ReferenceDesignator": f"{slot}R"}] if quantity else [],
    }


def installed(hour, transaction, *lines, minute=0):
    body = {"TransactionId": transaction, "InstalledMaterials": list(lines)}
    return sent(f"{ASSEMBLY}.MaterialsInstalled", hour, minute, **body)


REELS = (reel("K1", "L1"), reel("K2", "L2"))


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer

    return send


@pytest.fixture
def headline(quality):
    def ask(code, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", **query}
        return quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()

    return ask


@pytest.fixture
def used(headline):
    return lambda code, **query: {
        row["serial"]: row["certainty"] for row in headline(code, **query)["result"]
    }


def test_units_that_a_machine_began_work_on_hold_what_its_slots_were_loaded_with(tell, used) -> None:
    tell(*REELS, loaded(6, S1="K1"), loaded(6, source="mounter.3", S1="K2"), started(7, "T1", 1, 2))

    assert used("L1") == {"P1/1": "assumed", "P1/2": "assumed"}
    assert used("L2") == {}


def test_a_report_of_the_transaction_speaks_for_the_slots_that_it_names(tell, used) -> None:
    tell(*REELS, loaded(6, S1="K1", S2="K2"), started(7, "T1", 1, 2, 3))
    tell(installed(7, "T1", line("T1", 1, "S1", "K1"), line("T1", 2, "S1", "K1", 0), minute=5))

    # Image 2 got nothing of slot 1, nor did 3, which the report leaves out; nobody tells of slot 2.
    assert used("L1") == {"P1/1": "exact"}
    assert used("L2") == {"P1/1": "assumed", "P1/2": "assumed", "P1/3": "assumed"}
    tell(installed(7, "T1", line("T1", 2, "S2", "K2"), minute=6))
    assert used("L2") == {"P1/2": "exact"}
    assert used("L2", asOf=at(7, 5)) == {"P1/1": "assumed", "P1/2": "assumed", "P1/3": "assumed"}


def test_a_report_of_the_transaction_that_names_another_package_contradicts_the_set_up(tell, quality) -> None:
    said = installed(7, "T1", line("T1", 1, "S1", "K2"), line("T1", 2, "S1", "K1"), minute=5)
    tell(*REELS, said, loaded(6, S1="K1"), started(7, "T1", 1, 2, 3))

    # That all boards of a transaction pass together is no contradiction.
    (found,) = quality.get("/trace/v1/anomalies").get_json()["result"]

    assert (found["kind"], [each["name"] for each in found["things"]]) == ("setupAgainstReport", ["P1/1"])
    events = [each["type"] for each in found["events"]]
    assert events == [f"{STORAGE}.MaterialsLoaded", f"{ASSEMBLY}.MaterialsInstalled"]


def test_a_new_transaction_is_a_new_pass_and_messages_of_one_are_at_its_first_time(tell, used) -> None:
    tell(*REELS, loaded(6, S1="K1"), started(7, "T1", 1), loaded(8, S1="K2"))
    tell(
        installed(9, "T1", line("T1", 1, "S9", "K2")),
        completed(9, "T1", Units=[{"UnitIdentifier": "P1", "PositionNumber": 1}]),
    )

    assert used("L1") == {"P1": "assumed"}
    assert used("L2") == {"P1": "exact"}
    tell(started(10, "T1b", 4), installed(10, "T1b", line("T1b", 4, "S1", "K2"), minute=5))
    assert used("L2") == {"P1": "exact", "P1b/4": "exact"}


def test_packages_that_were_unloaded_end_the_slots_that_held_them(tell, used) -> None:
    out = sent(f"{STORAGE}.MaterialsUnloaded", 8, MaterialPackageIdentifiers=["K1", "K7"])
    tell(out, started(9, "T2", 1), started(7, "T1", 1))
    tell(loaded(6, S1="K1", S2="K2"), *REELS)

    assert used("L1") == {"P1": "assumed"}
    assert used("L2") == {"P1": "assumed", "P2": "assumed"}


def test_feeders_of_several_lanes_in_one_slot_are_told_apart_and_a_carrier_without_place_says_nothing(
    tell, used
) -> None:
    both = loaded(6, S1="K1")
    (one,) = both["MessageBody"]["Materials"]
    two = {**one, "MaterialPackage": {"UniqueIdentifier": "K2"}, "CarrierInformation": {"LaneNumber": 2}}
    nowhere = {"LocationIdentifier": None, "MaterialPackage": {"UniqueIdentifier": "K1"}}
    both["MessageBody"]["Materials"] = [one, two, nowhere]
    tell(*REELS, both, started(7, "T1", 1))

    assert (used("L1"), used("L2")) == ({"P1": "assumed"}, {"P1": "assumed"})


@pytest.mark.parametrize(
    ("lane", "package", "against"),
    [(2, "K2", []), (1, "K1", []), (2, "K1", ["setupAgainstReport"]), (1, "K2", ["setupAgainstReport"])],
)
def test_a_report_is_compared_with_the_set_up_of_its_own_lane(tell, asker, lane, package, against) -> None:
    both = loaded(6, S1="K1")
    (one,) = both["MessageBody"]["Materials"]
    second = {"CarrierInformation": {"UniqueIdentifier": "feeder", "LaneNumber": 2}}
    two = {**one, "MaterialPackage": {"UniqueIdentifier": "K2"}, **second}
    both["MessageBody"]["Materials"] = [one, two]
    said = line("T1", 1, "S1", package)
    said["CarrierLocation"]["CarrierInformation"]["LaneNumber"] = lane
    tell(*REELS, both, started(7, "T1", 1), installed(7, "T1", said, minute=5))

    found = asker("quality").get("/trace/v1/anomalies").get_json()["result"]

    assert [each["kind"] for each in found] == against


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_message_that_lists_one_board_of_a_panel_does_not_make_it_the_panel(
    tell, used, asker, order
) -> None:
    places = [{"panel": "P1", "position": each} for each in (1, 2)]
    panel = {"type": "unitCreated", "id": "panel", "happenedAt": at(5), "units": ["P1"], "kind": "panel"}
    boards = {"type": "unitCreated", "id": "boards", "happenedAt": at(5), "units": places}
    links = [{"unit": each, "into": "P1", "relation": "panelOf"} for each in places]
    onto = {"type": "assembledInto", "id": "onto", "happenedAt": at(6), "links": links}
    told = ([panel, boards, onto], [started(8, "T1", 1)], [installed(7, "T1", line("T1", 1, "S1", "K1"))])
    paste = {"type": "consumed", "id": "paste", "happenedAt": at(7), "unit": "P1", "package": "K2"}
    tell(*REELS)
    for each in order:
        tell(*told[each])
    tell(paste)

    quality = asker("quality")
    assert [len(each) for each in (used("L1"), used("L2"))] == [1, 2]
    assert set(used("L1").values()) | set(used("L2").values()) == {"exact"}
    assert quality.get("/trace/v1/anomalies").get_json()["result"] == []
    assert len(quality.get("/trace/v1/units?serial=P1").get_json()["result"]) == 3


def test_a_pass_that_is_told_of_a_station_alone_has_no_number(tell, asker) -> None:
    tell(started(7, "T1", 1))
    quality = asker("quality")
    (unit,) = quality.get("/trace/v1/units?serial=P1").get_json()["result"]

    told = quality.get(f"/trace/v1/units/{unit['id']}/timeline").get_json()["result"]
    page = quality.get(f"/units/{unit['id']}", headers={"Accept": "text/html"}).text

    assert [each["sequence"] for each in told if each["kind"] == "passed"] == [None]
    assert "number -" not in page


@pytest.mark.parametrize(("result", "built"), [("Completed", 3), ("Aborted", None)])
def test_work_that_is_completed_tells_how_many_were_built(tell, headline, result, built) -> None:
    tell(*REELS, started(7, "T1", 1, 2, 3), installed(7, "T1", line("T1", 1, "S1", "K1"), minute=5))
    tell(completed(8, "T1", Result=result))

    coverage = headline("L1")["headline"]["coverage"]

    told = (coverage["unitsPassed"], coverage["unitsBuilt"], coverage["unitsReported"])
    assert told == (3, built, 1)
    assert [each["source"] for each in coverage["sources"]] == ["mounter.2"]


def test_a_message_without_an_envelope_tells_of_no_station(tell, used, asker) -> None:
    tell(*REELS, loaded(6, S1="K1"))
    body = started(7, "T1", 1)["MessageBody"]
    asker("production").post("/trace/v1/events?message=WorkStarted", json=body)

    assert used("L1") == {}


def test_a_unit_that_a_report_leaves_out_got_nothing_and_the_answer_is_not_complete(tell, headline) -> None:
    tell(*REELS, loaded(6, S1="K1"), started(7, "T1", 1, 2), completed(8, "T1"))
    tell(installed(7, "T1", line("T1", 1, "S1", "K1"), minute=5))

    answer = headline("L1")

    assert {row["serial"]: row["certainty"] for row in answer["result"]} == {"P1/1": "exact"}
    told = answer["headline"]
    assert (told["coverage"]["unitsBuilt"], told["coverage"]["unitsReported"]) == (2, 1)
    assert told["isComplete"] is False


def test_a_unit_of_which_the_report_could_not_be_read_may_have_got_anything(tell, headline) -> None:
    unread = line("T1", 2, "S1", "K1") | {"Material": None}
    tell(*REELS, loaded(6, S1="K1"), started(7, "T1", 1, 2), completed(8, "T1"))
    tell(installed(7, "T1", line("T1", 1, "S1", "K1"), unread, minute=5))

    assert headline("L1")["headline"]["unknown"]["unread"] == 1
    assert headline("L2")["headline"]["unknown"]["unread"] == 1


@pytest.mark.parametrize(("slot", "unread"), [("F1", 0), ("F2", 1), (None, 1)])
def test_material_that_was_loaded_and_cannot_be_read_may_be_in_what_passed_since(quality, slot, unread):
    message = loaded(6, F9="K9")
    message["MessageBody"]["Materials"].append({"LocationName": slot, "MaterialPackage": {"Quantity": 1.0}})
    told = [reel("K9", "L9"), reel("K1", "L1"), message, started(7, "T1", 1)]
    told.append(installed(7, "T1", line("T1", 1, "F1", "K1"), minute=1))
    answer = quality.post("/trace/v1/events", json=told).get_json()["result"]
    assert {each["state"] for each in answer} == {"accepted"}, answer

    (unit,) = quality.get("/trace/v1/units?serial=P1").get_json()["result"]

    contents = quality.get(f"/trace/v1/units/{unit['id']}/contents").get_json()
    assert contents["unknown"]["unread"] == unread
