"""The page of the clock: loud while nothing is recorded, and the administrator's word ends it."""

import re

import pytest
from page_visitor import visit, words_of

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_jump_is_told_on_every_page_of_an_administrator_and_confirmed_with_a_reason(
    app, registry, suppliers, administrator, clock
):
    visitor = visit(app, registry, "administrator")
    assert "nothing is recorded" not in words_of(visitor.get("/clock"))
    clock.advance(days=-40)

    told = visitor.get("/clock")
    elsewhere = visitor.get("/lots")

    assert "The clock has jumped; nothing is recorded." in words_of(elsewhere)
    assert re.search(r"-3,45\d,\d{3} s \(40 days\)", words_of(told))
    jump = re.search(r'name="jumpS" value="([^"]+)"', told.text)[1]
    assert visitor.send("/clock", {"jumpS": jump, "reason": " "}).status_code == 400
    assert visitor.send("/clock", {"jumpS": jump, "reason": "NTP was wrong"}).status_code == 303
    assert "confirmed, and behind the last recording" in words_of(visitor.get("/clock"))
    assert "nothing is recorded" not in words_of(visitor.get("/lots"))


def test_the_page_is_the_administrators(app, registry, suppliers):
    assert visit(app, registry, "quality").get("/clock").status_code == 403
