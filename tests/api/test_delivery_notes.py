"""A question narrowed to a delivery note: by the package's receipt, else by what lists say of that very reel."""

import io

import pytest

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L1"}


def at(day):
    return f"2026-03-{day:02}T06:00:00+00:00"


def event(event_type, number, day, **members):
    return {"type": event_type, "id": number, "happenedAt": at(day), **members}


def reel(package, **more):
    return event("packageCreated", f"made {package}", 1, package=package, lots=[LOT], **more)


def use(unit, package):
    return event("consumed", f"{unit} {package}", 3, unit=unit, package=package)


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        answer = asker("production").post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} == {"accepted"}, answer

    return send


@pytest.fixture
def tell_list(suppliers, asker):
    """Send a supplier's list of reels of the lot on a delivery note."""

    def send(note, *reels):
        head = "Manufacturer,MPN,Lot code,Lot quantity,Delivery note,Reel id,Reel quantity"
        rows = (f"Bolt,BZX84,L1,300,{note},{each},100" for each in reels)
        file = {"file": (io.BytesIO("\n".join((head, *rows)).encode()), "reels.csv")}
        answer = asker("supplier", "bolt").post(
            "/trace/v1/spreadsheets", data=file, content_type="multipart/form-data"
        )
        assert answer.status_code in {200, 201}, answer.get_json()

    return send


@pytest.fixture
def narrowed(quality):
    def ask(note, **query):
        asked = {"level": "board", "partNumber": "BZX84", "deliveryNote": note, **query}
        answer = quality.get("/trace/v1/where-used", query_string=asked).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


def test_a_list_says_of_a_reel_on_which_note_it_came(tell, tell_list, narrowed) -> None:
    tell_list("DN-1", "R1")
    tell_list("DN-2", "R2")
    tell(event("unitCreated", "boards", 2, units=["B1", "B2", "B3"]), reel("R2"), reel("R3"))
    tell(use("B1", "R1"), use("B2", "R2"), use("B3", "R3"))

    # Of R3 nobody said the note: its lot came with two, and may have come with a third.
    assert narrowed("dn-1") == {"B1": "exact", "B3": "possible"}
    assert narrowed("DN-2") == {"B2": "exact", "B3": "possible"}
    assert narrowed("DN-3") == {"B3": "possible"}


def test_a_lot_that_came_on_one_note_only_makes_none_of_its_reels_exact(tell, tell_list, narrowed) -> None:
    tell_list("DN-1", "R1")
    tell(event("unitCreated", "boards", 2, units=["B1"]), reel("R2"), use("B1", "R2"))

    assert narrowed("DN-1") == narrowed("DN-2") == {"B1": "possible"}


def test_a_receipt_comes_before_a_list(tell, tell_list, narrowed) -> None:
    note = {"deliveryNote": "DN-9", "from": "bolt"}
    tell_list("DN-1", "R1")
    tell(event("unitCreated", "boards", 2, units=["B1"]), event("receipt", "came", 1, **note))
    tell(reel("R1", receipt=note), use("B1", "R1"))

    assert narrowed("DN-9") == {"B1": "exact"}
    assert narrowed("DN-1") == {}


def test_a_list_that_says_another_lot_of_the_label_says_nothing_of_the_reel(
    tell, tell_list, narrowed
) -> None:
    tell_list("DN-1", "R1")
    other = {**reel("R1"), "lots": [{**LOT, "lotCode": "L2"}]}
    tell(event("unitCreated", "boards", 2, units=["B1"]), other, use("B1", "R1"))

    assert narrowed("DN-1") == {"B1": "possible"}
