"""The page of contradictions: what does not fit, filtered, page by page, with what it concerns."""

import re

import pytest
from page_visitor import visit, words_of

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


def put(unit, into, hour):
    return event("assembledInto", f"{unit} in {into}", hour, links=[{"unit": unit, "into": into}])


LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L-77"}


@pytest.fixture
def told(suppliers, asker):
    """A board with two parents, and one that came back without having left; it holds a lot."""
    for sent in (
        [
            event("packageCreated", "reel", 5, package="R-1", lots=[LOT]),
            event("unitCreated", "made", 5, units=["A-1", "B-1", "C-1"]),
            event("consumed", "used", 6, unit="A-1", package="R-1"),
            put("A-1", "B-1", 7),
            put("A-1", "C-1", 8),
        ],
        [event("returned", "back-<1>", 9, units=["A-1"])],
        [event("correction", "sorry", 10, corrects="back-<1>")],
    ):
        asker("production").post("/trace/v1/events", json=sent)


@pytest.mark.usefixtures("told")
def test_what_does_not_fit_is_shown_with_what_it_concerns(app, registry, quality):
    page = visit(app, registry, "quality").get("/anomalies")

    said = words_of(page)
    assert "came back without having left resolved" in said
    assert "put elsewhere without being taken out open A-1 unit B-1 unit C-1 unit A-1 in B-1" in said
    assert re.search(r"resolved \S+ \S+ UTC · sorry A-1 unit back-<1> returned", said)
    (unit,) = quality.get("/trace/v1/units?serial=A-1").get_json()["result"]
    assert f'href="/units/{unit["id"]}"' in page.text
    assert 'href="/anomalies?event=back-%3C1%3E"' in page.text


@pytest.mark.usefixtures("told")
def test_the_page_is_filtered_and_paged(app, registry):
    visitor = visit(app, registry, "quality")

    assert (
        "came back" not in words_of(visitor.get("/anomalies?state=open&kind=&event=")).partition("Known")[2]
    )
    assert "No contradiction fits" in words_of(visitor.get("/anomalies?kind=overdrawn"))
    first = visitor.get("/anomalies?limit=1")
    second = visitor.get(re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&"))
    shown = [words_of(each).partition("Known since")[2] for each in (first, second)]
    assert ["back-<1>" in each for each in shown] == [True, False]
    assert ["A-1 in B-1" in each for each in shown] == [False, True]


@pytest.mark.usefixtures("told")
def test_the_pages_of_a_unit_and_a_lot_say_what_touches_them(app, registry, quality):
    (unit,) = quality.get("/trace/v1/units?serial=A-1").get_json()["result"]
    (lot,) = quality.get("/trace/v1/lots?code=L-77").get_json()["result"]
    visitor = visit(app, registry, "quality")

    for address in (f"/units/{unit['id']}", f"/lots/{lot['id']}", f"/lots/{lot['id']}/where-used"):
        page = visitor.get(address)
        said = "Contradictions touch this answer: put elsewhere without being taken out (1)"
        assert said in words_of(page), address
        thing = f"&amp;thing={unit['id']}" if address.startswith("/units") else ""
        assert f'href="/anomalies?kind=twoParents&amp;state=open{thing}"' in page.text


@pytest.mark.usefixtures("told")
def test_production_sees_the_page_without_links_to_units(app, registry):
    page = visit(app, registry, "production").get("/anomalies")

    assert "A-1 unit" in words_of(page)
    assert "/units/" not in page.text
    assert 'href="/anomalies"' in page.text


def test_where_everything_fits_the_page_says_so(app, registry, suppliers):
    assert "Everything fits" in words_of(visit(app, registry, "quality").get("/anomalies"))


@pytest.mark.usefixtures("told")
def test_a_customer_is_not_told_that_everything_fits(app, registry):
    said = words_of(visit(app, registry, "customer_auditor", "meditec").get("/anomalies"))

    assert "No contradiction that you may see is on record." in said
    assert "Everything fits" not in said


def test_a_supplier_neither_finds_nor_sees_the_page(app, registry, suppliers):
    visitor = visit(app, registry, "supplier", "bolt")

    assert visitor.get("/anomalies").status_code == 403
    assert "/anomalies" not in visitor.get("/lots").text


@pytest.mark.usefixtures("told")
def test_a_customers_auditor_is_offered_no_filter_of_what_they_are_told_nothing(app, registry):
    page = visit(app, registry, "customer_auditor", "meditec").get("/anomalies").text

    assert re.findall(r'name="(\w+)"', page).count("event") == 0
    assert 'value="notShipped"' in page
    assert 'value="overdrawn"' not in page
    assert 'value="overdrawn"' in visit(app, registry, "quality").get("/anomalies").text
