"""The page that asks where a set of things went, and what the pages of a lot and a unit say of ever and now."""

import re

import pytest
from page_visitor import visit, words_of

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def said(kind, number, day, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-{day:02}T06:00:00Z", **members}


def reel(package, code, **members):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": code}]
    return said("packageCreated", package, 1, package=package, lots=lots, **members)


PLANT = [
    reel("R1", "L1", dateCode="2541"),
    reel("R2", "L2", dateCode="2546"),
    said("unitCreated", "made", 2, units=["B1", "B2", "B3"]),
    said("consumed", "u1", 3, unit="B1", package="R1"),
    said("consumed", "u2", 3, unit="B2", package="R2"),
    said("consumed", "u3", 25, unit="B3", package="R1"),
    said("shipped", "s1", 4, units=["B1"], shipment="S1", customer="meditec"),
    said("removed", "x1", 5, unit="B2", package="R2"),
]


@pytest.fixture
def quinn(app, registry, quality):
    answer = quality.post("/trace/v1/events", json=PLANT)
    assert {each["state"] for each in answer.get_json()["result"]} == {"accepted"}
    return visit(app, registry, "quality")


def units_in(answer):
    assert answer.status_code == 200, words_of(answer)
    return re.findall(r'data-title="[^"]+"><a href="/units/[^"]+"><code class="code">([^<]+)', answer.text)


def test_the_page_begins_with_a_form_and_asks_nothing(quinn):
    answer = quinn.get("/where-used")

    assert answer.status_code == 200
    assert 'name="dateCode"' in answer.text
    assert 'id="used-title"' not in answer.text


def test_several_things_are_one_question_of_a_form(quinn):
    answer = quinn.get("/where-used?package=R1%0D%0AR2&receipt=&dateCode=&partNumber=&receiptFrom=&ever=true")

    assert units_in(answer) == ["B1", "B2"]
    words = words_of(answer)
    assert "2 units hold some of it, or once did." in words
    assert "1 statement is left out: it is dated ahead, and its time has not come." in words
    assert ">R1\nR2</textarea>" in answer.text


def test_pages_of_a_set_follow_each_other(quinn):
    first = quinn.get("/where-used?dateCode=2541&dateCode=2546&ever=true&limit=1")
    following = re.search(r'href="(/where-used\?[^"]*cursor=[^"]+)"', first.text)[1].replace("&amp;", "&")

    assert units_in(first) + units_in(quinn.get(following)) == ["B1", "B2"]


def test_the_page_says_to_whom_it_went(quinn):
    answer = quinn.get("/where-used?partNumber=BZX84&level=customer&groupBy=customer")

    assert "1 customer received some of it." in words_of(answer)
    assert re.search(r'data-title="Customer">meditec<', answer.text)


def test_the_page_of_a_lot_has_customers_and_what_ever_was(quinn, quality):
    lots = {each["code"]: each["id"] for each in quality.get("/trace/v1/lots").get_json()["result"]}

    assert "1 customer received this lot." in words_of(quinn.get(f"/lots/{lots['L1']}?level=customer"))
    assert units_in(quinn.get(f"/lots/{lots['L2']}?level=board")) == []
    assert units_in(quinn.get(f"/lots/{lots['L2']}?level=board&ever=true")) == ["B2"]
    assert f'href="/where-used?lot={lots["L1"]}"' in quinn.get(f"/lots/{lots['L1']}").text
    assert units_in(quinn.get(f"/where-used?lot={lots['L1']}&lot={lots['L2']}&ever=true")) == ["B1", "B2"]


def test_the_page_of_a_unit_shows_what_was_taken_out(quinn, quality):
    unit = quality.get("/trace/v1/units?serial=B2").get_json()["result"][0]["id"]

    assert "L2" not in words_of(quinn.get(f"/units/{unit}"))
    assert "L2" in words_of(quinn.get(f"/units/{unit}?ever=true"))


def test_a_name_that_is_not_on_record_is_told(quinn):
    answer = quinn.get(
        "/where-used?package=R1&package=NOBODYS&deliveryNote=Q&dateCodeFrom=2540&ever=true&level=board"
    )

    assert answer.status_code == 404
    assert "Nothing that you may see is on record as package NOBODYS." in words_of(answer)
    assert re.search(
        r'<textarea name="package"[^>]*aria-invalid="true"[^>]*>R1\nNOBODYS</textarea>', answer.text
    )
    for kept in (
        'name="deliveryNote" value="Q"',
        'name="dateCodeFrom" value="2540"',
        'name="level" value="board"',
    ):
        assert kept in answer.text
    assert re.search(r'name="ever" value="true" checked', answer.text)


@pytest.mark.parametrize(
    ("asked", "field", "told"),
    [
        ("package=R1&dateCodeFrom=26", "dateCodeFrom", "four digits"),
        ("package=R1&dateCodeFrom=2599", "dateCodeFrom", "01 to 53"),
        ("package=R1&dateCodeTo=0000", "dateCodeTo", "01 to 53"),
        ("package=R1&dateCodeFrom=2610&dateCodeTo=2541", "dateCodeTo", "2610 to 2541"),
        ("package=R1&receiptFrom=Bolt", "receiptFrom", "Bolt"),
        ("receiptFrom=Bolt", "receiptFrom", "Bolt"),
        ("package=R1&customer=ZZZ", "customer", "ZZZ"),
        ("package=R1&dateCode=1234", "dateCode", "1234"),
        ("package=R1&partNumber=Q-9", "partNumber", "Q-9"),
        ("package=R1&receipt=DN-9", "receipt", "DN-9"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_api_names_it_too(quinn, quality, asked, field, told):
    page = quinn.get(f"/where-used?{asked}")
    api = quality.get(f"/trace/v1/where-used?{asked}")

    assert page.status_code == api.status_code in (400, 404)
    (beside,) = re.findall(rf'id="wrong-{field}-1">(.*?)</small>', page.text, flags=re.DOTALL)
    assert told in beside
    (finding,) = api.get_json()["findings"]
    assert finding["path"].partition(".")[0] == field
    assert told in finding["message"]
    assert finding["code"] == api.get_json()["messages"][0]["code"]


def test_a_lot_that_is_not_on_record_is_named(quinn, quality):
    asked = "/where-used?package=R1&lot=zzz"

    assert "on record as lot zzz." in words_of(quinn.get(asked))
    (finding,) = quality.get(f"/trace/v1{asked}").get_json()["findings"]
    assert (finding["path"], finding["message"]) == (
        "lot",
        "Nothing that you may see is on record as lot zzz.",
    )


def test_a_time_that_is_none_is_told_above_the_form(quinn):
    answer = quinn.get("/where-used?package=R1&asOf=2026-13-01T00:00&level=board")

    assert answer.status_code == 400
    assert "asOf" in words_of(answer)
    assert ">R1</textarea>" in answer.text
    assert 'name="asOf"' not in answer.text


def test_a_label_with_a_semicolon_means_the_same_on_the_page_and_in_the_api(quinn, quality):
    quality.post(
        "/trace/v1/events", json=[reel("R;1", "L9"), said("consumed", "u9", 3, unit="B2", package="R;1")]
    )

    assert units_in(quinn.get("/where-used?package=R%3B1")) == ["B2"]
    told = quality.get("/trace/v1/where-used?package=R%3B1").get_json()
    assert [each["serial"] for each in told["result"]] == ["B2"]


def test_the_menu_leads_to_the_question(quinn):
    assert '<a href="/where-used" ' in quinn.get("/search").text


@pytest.mark.parametrize("language", ["de", "ja"])
def test_the_page_speaks_german_and_japanese(quinn, language):
    english = words_of(quinn.get("/where-used?package=R1"))
    quinn.get(f"/language/{language}")

    translated = words_of(quinn.get("/where-used?package=R1"))

    assert "Delivery notes" in english
    assert "Delivery notes" not in translated
    assert {"de": "Lieferscheine", "ja": "納品書"}[language] in translated


def test_each_row_says_why_where_that_is_asked_for_also_of_what_once_was(quinn):
    plain, explained = (
        quinn.get(f"/where-used?package=R2&level=board&ever=true{more}") for more in ("", "&explain=true")
    )

    (why,) = re.findall(r'<details class="why">.*?</details>', explained.text, re.DOTALL)
    told = " ".join(re.sub(r"<[^>]+>", " ", why).split())
    assert "used: R2 → B2 exact" in told
    assert re.search(r"u2 · until .* x1", told)
    assert units_in(explained) == units_in(plain) == ["B2"]
    assert 'class="why"' not in plain.text
    assert quinn.get("/where-used?package=R1&level=customer&explain=true").status_code == 200


def test_the_page_of_a_unit_tells_what_it_left_in(quinn, quality):
    link = {"unit": "B2", "into": {"container": "BOX"}, "relation": "packedIn"}
    sent = [
        said("assembledInto", "pack", 5, links=[link]),
        said("shipped", "s2", 6, units=[{"container": "BOX"}], shipment="S2"),
    ]
    assert {each["state"] for each in quality.post("/trace/v1/events", json=sent).get_json()["result"]} == {
        "accepted"
    }
    (unit,) = quality.get("/trace/v1/units", query_string={"serial": "B2"}).get_json()["result"]

    assert "left with S2 in BOX" in words_of(quinn.get(f"/units/{unit['id']}"))
