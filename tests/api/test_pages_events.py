"""The page of events: what arrived, what waits, what was refused."""

import re

import pytest
from page_visitor import visit, words_of


@pytest.fixture
def posted(production):
    """One event that waits for a reel, and one that counts."""
    events = [
        {"type": "unitCreated", "id": "e-1", "happenedAt": "2026-03-01T09:00:00Z", "kind": "board",
         "units": ["B-1"]},
        {"type": "consumed", "id": "e-2", "happenedAt": "2026-03-01T09:00:00Z", "unit": "B-1",
         "package": "R-<1>"},
    ]  # fmt: skip
    return production.post("/trace/v1/events", json=events).get_json()["result"]


@pytest.fixture
def production(suppliers, asker):
    return asker("production")


def test_production_begins_with_its_events(posted, app, registry):
    visitor = visit(app, registry, "production")

    assert [each["state"] for each in posted] == ["accepted", "pending"]
    assert visitor.get("/").headers["Location"] == "/events"
    words = words_of(visitor.get("/events"))
    assert "e-1" in words
    assert "waits for" in words
    assert "R-<1>" in words


@pytest.mark.parametrize("state", ["", "accepted"])
def test_what_was_recorded_last_comes_first_page_by_page(posted, production, app, registry, state):
    later = {
        "type": "unitCreated",
        "id": "e-0",
        "happenedAt": "2026-02-01T09:00:00Z",
        "kind": "board",
        "units": ["B-2"],
    }
    production.post("/trace/v1/events", json=[later])
    visitor = visit(app, registry, "production")

    first = visitor.get(f"/events?state={state}&limit=1")
    second = visitor.get(re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&"))

    assert re.findall(r"e-\d", words_of(first)) == ["e-0"]
    assert re.findall(r"e-\d", words_of(second)) == ["e-2" if not state else "e-1"]


def test_the_events_of_one_state_are_shown_alone(posted, app, registry):
    visitor = visit(app, registry, "production")

    assert "e-1" not in words_of(visitor.get("/events?state=pending"))
    assert visitor.get("/events?state=rejected").status_code == 400
    assert "e-1" in words_of(visitor.get("/events?state="))


def test_a_supplier_has_no_page_of_events(app, registry, suppliers):
    assert visit(app, registry, "supplier", "bolt").get("/events").status_code == 403
