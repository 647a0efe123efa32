"""The page of a unit: what is in it, at any depth, what it is in, and what happened to it."""

import re

import pytest
from page_visitor import visit, words_of
from plant_samples import events

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def plant(quality):
    tested = {
        "id": "t1",
        "type": "tested",
        "happenedAt": "2026-03-10T11:30:00+01:00",
        "units": ["PRD-1"],
        "result": "failed",
        "test": "FCT",
    }
    sent = quality.post("/trace/v1/events", json=[*events(), tested]).get_json()["result"]
    assert {each["state"] for each in sent} == {"accepted"}


@pytest.fixture
def quinn(plant, app, registry):
    return visit(app, registry, "quality")


def unit_called(visitor, name):
    """Return the page's address of the one unit with a name."""
    answer = visitor.get("/search", query_string={"q": name})
    assert answer.status_code == 303, words_of(answer)
    return answer.location


def test_a_product_shows_the_material_of_its_boards(quinn):
    answer = quinn.get(unit_called(quinn, "PRD-1"))

    rows = re.findall(r"<tr>\s*<td data-title=\"Lot\">.*?</tr>", answer.text, re.DOTALL)
    assert len(rows) == 2
    assert all("0042" in row and "REEL-1" in row and "C1, C2" in row and "exact" in row for row in rows)
    assert ["BRD-1" in rows[0], "BRD-2" in rows[1]] == [True, True]


def test_a_quantity_of_a_whole_panel_is_marked_as_such(quinn, quality):
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
    quality.post("/trace/v1/events", json=told)

    assert "8 pcs on the whole panel" in words_of(quinn.get(unit_called(quinn, "IMAGE-1")))


def test_how_sure_is_said_with_a_word(quinn):
    answer = quinn.get(unit_called(quinn, "PRD-3"))

    assert re.search(r'badge-possible">.*?<span>possible</span>', answer.text, re.DOTALL)


def test_a_board_shows_what_it_is_in(quinn):
    words = words_of(quinn.get(unit_called(quinn, "BRD-3")))

    assert "PRD-2 part of" in words
    assert "MAIN-BOARD" in words


def test_the_history_tells_what_happened_in_order(quinn):
    page = quinn.get(unit_called(quinn, "PRD-1")).text

    history = page.split('aria-labelledby="history"')[1].split("</table>")[0]
    times = re.findall(r'data-title="When"><time datetime="([^"]+)"', history)
    kinds = re.findall(r'data-title="What">([a-z ]+?) ?<', history)
    assert times == sorted(times)
    assert kinds == ["declared", "took in", "took in", "was tested", "left with"]
    assert "FCT" in history
    assert "SHP-1" in history
    assert re.search(r"badge-failed.*?failed", history, re.DOTALL)


def test_an_earlier_time_shows_what_was_in_it_then(quinn):
    address = unit_called(quinn, "PRD-1")

    assert "No material is on record" in words_of(quinn.get(f"{address}?asOf=2026-03-10T08:30"))
    assert "No material is on record" not in words_of(quinn.get(f"{address}?asOf=2026-03-10T09:30"))


def test_the_contents_are_paged_by_links(quinn):
    address = unit_called(quinn, "PRD-1")

    first = quinn.get(f"{address}?limit=1")
    link = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = quinn.get(link)

    assert first.text.count('data-title="Lot"') == second.text.count('data-title="Lot"') == 1
    assert 'rel="next"' not in second.text


def test_a_unit_of_another_customer_is_not_found(quinn, app, registry):
    auditor = visit(app, registry, "customer_auditor", "meditec")
    theirs, another = unit_called(quinn, "PRD-1"), unit_called(quinn, "PRD-3")

    assert auditor.get(theirs).status_code == 200
    assert auditor.get(another).status_code == 404


def test_a_customers_auditor_is_led_from_a_lot_to_where_it_went(quinn, app, registry):
    auditor = visit(app, registry, "customer_auditor", "meditec")

    page = auditor.get(unit_called(auditor, "PRD-1")).text
    [link] = set(re.findall(r'data-title="Lot"><a href="([^"]+)"', page))

    assert link.endswith("/where-used")
    assert auditor.get(link).status_code == 200


def test_a_supplier_may_not_open_units(quinn, app, registry):
    address = unit_called(quinn, "PRD-1")

    assert visit(app, registry, "supplier", "bolt").get(address).status_code == 403


def test_the_kind_of_a_name_is_said_in_the_language_of_the_page(quinn):
    address = quinn.get("/search?q=BRD-1").location

    answer = quinn.get(address, headers={"Accept-Language": "de"})

    assert "BRD-1 Seriennummer" in words_of(answer)


def test_each_row_of_the_material_says_why_where_that_is_asked_for(quinn):
    address = unit_called(quinn, "PRD-1")

    explained = quinn.get(f"{address}?explain=true").text

    whys = re.findall(r'<details class="why">.*?</details>', explained, re.DOTALL)
    assert len(whys) == 2
    assert all("lot in package" in why and "REEL-1" in why and "PRD-1" in why for why in whys)
    assert 'class="why"' not in quinn.get(address).text
