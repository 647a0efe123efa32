"""A question narrowed to a delivery note: by the package's receipt, else by what lists say of that very reel."""

import io

import pytest

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L1"}
BOARDS = {
    "type": "unitCreated",
    "id": "boards",
    "happenedAt": "2026-03-02T06:00:00+00:00",
    "units": ["B1", "B2", "B3"],
}


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
        head = "Manufacturer,MPN,Lot code,Lot quantity,Delivery note,Reel id,Reel quantity,Date code"
        rows = (f"Bolt,BZX84,L1,300,{note},{each},100,2541" for each in reels)
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


def test_a_list_speaks_of_no_label_of_another_issuer(tell, tell_list, narrowed) -> None:
    """[4.5] The manufacturer is the issuer of the labels on a list."""
    tell_list("DN-1", "K1", "K2", "K3")
    labels = ({"id": "K1", "issuer": "Arro"}, {"id": "K2", "issuer": "BOLT"}, "K3")
    tell(*(reel(each) | {"id": f"made {n}"} for n, each in enumerate(labels)), BOARDS)
    tell(*(use(f"B{n + 1}", each) for n, each in enumerate(labels)))

    assert narrowed("DN-1") == {"B1": "possible", "B2": "exact", "B3": "exact"}
    assert narrowed("DN-2") == {"B1": "possible"}


def test_a_label_that_a_list_announced_and_an_event_names_is_one_package(tell, tell_list, quality) -> None:
    """[4.5] No list announces a label that an event makes known."""
    tell_list("DN-1", "K1")
    tell(BOARDS, use("B1", "K1"))
    tell(event("packageCreated", "named", 2, package="K1"))

    answer = quality.get("/trace/v1/where-used?level=board&package=K1")

    assert answer.status_code == 200, answer.get_json()
    assert [row["serial"] for row in answer.get_json()["result"]] == ["B1"]


def test_what_documents_say_of_a_lot_says_nothing_of_a_package_of_another_date_code(
    tell, tell_list, quality
) -> None:
    """[9.1] What was divided is of the date code of what it came from, before that of its lot."""
    tell_list("DN-1", "OTHER")
    bare = event("packageCreated", "bare", 1, package="K1", dateCode="2530")
    split = event("split", "split", 2, package="K1", into=[{"package": "K2"}])
    tell(bare, reel("K2"), split, BOARDS, use("B1", "K2"))

    def asked(**query):
        answer = quality.get("/trace/v1/where-used", query_string={"level": "board", **query}).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    for query in ({"dateCode": "2530"}, {"partNumber": "BZX84", "dateCodeTo": "2535"}):
        assert asked(**query) == {"B1": "exact"}, query
    for query in ({"dateCode": "2541"}, {"partNumber": "BZX84", "dateCodeFrom": "2535"}):
        assert asked(**query) == {}, query


def test_an_auditor_is_refused_a_set_with_a_date_code_that_no_material_of_theirs_has(
    tell, tell_list, asker
) -> None:
    """[11] That documents say it of a lot of theirs says nothing of a package that has its own."""
    tell_list("DN-1", "OTHER")
    made = event("unitCreated", "theirs", 1, units=["C1"], customer="meditec")
    tell(reel("K1", dateCode="2530"), made, use("C1", "K1"))
    auditor = asker("customer_auditor", "meditec")

    def asked(**query):
        return auditor.get("/trace/v1/where-used", query_string={"level": "board", **query})

    assert asked(package="K1", dateCode="2530").status_code == 200
    for code in ("2541", "2542"):
        answer = asked(package="K1", dateCode=code)
        assert answer.status_code == 404, answer.get_json()
        assert answer.get_json()["messages"][0]["code"] == "SUBJECT-NOT-FOUND"
