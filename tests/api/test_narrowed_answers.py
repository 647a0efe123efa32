"""A narrowed answer says to what it was narrowed: in the headline of the API, on pages, and beside signed reports."""

import re
from html import unescape

import pytest
from page_visitor import visit, words_of

# What is asked of the database is tested on both by the tests of the questions.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def said(kind, number, hour, /, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


def reel(package, **members):
    lots = [{"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L1"}]
    return said("packageCreated", package, 6, package=package, lots=lots, **members)


PLANT = [
    reel("R1", dateCode="2601", receipt={"deliveryNote": "DN 1", "line": "1"}),
    reel("R2", dateCode="2610"),
    said("unitCreated", "a", 6, units=["A"], kind="board", run="RUN", firstSequence=1, customer="meditec"),
    said(
        "unitCreated", "b", 6, units=["B", "C"], kind="board", run="RUN", firstSequence=2, customer="railway"
    ),
    said("consumed", "u1", 7, unit="A", package="R1", run="RUN"),
    said("consumed", "u2", 7, unit="B", package="R2", run="RUN"),
    said("consumed", "u3", 7, unit="C", package="R2", run="RUN"),
    said("unitCompleted", "done", 8, units=["A", "B", "C"], run="RUN"),
    said("removed", "x", 9, unit="C", package="R2"),
]
NOTHING = {"dateCodeFrom": None, "dateCodeTo": None, "deliveryNote": None, "customer": None}
NARROWED = [
    ({"dateCodeFrom": "2609", "dateCodeTo": "2612"}, "Only material of date codes 2609 to 2612 counts."),
    ({"dateCodeFrom": "2609"}, "Only material of date code 2609 or later counts."),
    ({"dateCodeTo": "2609"}, "Only material of date code 2609 or earlier counts."),
    ({"dateCodeFrom": "2650"}, "Only material of date code 2650 or later counts."),
    ({"deliveryNote": "DN 1"}, "Only material that came on delivery note DN 1 counts."),
    ({"deliveryNote": "Typo"}, "Only material that came on delivery note Typo counts."),
    ({"customer": "railway"}, "Only units for customer railway count."),
]
WHOLE_ONLY = "Signed reports are of the whole question: not narrowed, and without what once was."


@pytest.fixture
def lot(quality, suppliers) -> str:
    taken = quality.post("/trace/v1/events", json=PLANT).get_json()["result"]
    assert {each["state"] for each in taken} == {"accepted"}, taken
    return quality.get("/trace/v1/lots?code=L1").get_json()["result"][0]["id"]


def hidden_of(page):
    """Return the hidden fields of the form that asks again."""
    form = page.text.split('<form class="filters card">')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def link_to(page, words):
    links = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', page.text, flags=re.DOTALL)
    (address,) = [address for address, inside in links if words in inside]
    return unescape(address)


@pytest.mark.parametrize("narrowed", [narrowed for narrowed, _ in NARROWED])
@pytest.mark.parametrize("more", [{}, {"groupBy": "customer"}, {"level": "customer"}])
def test_the_headline_says_to_what_the_question_was_narrowed(lot, quality, narrowed, more):
    query = {"level": "board", **more, **narrowed}
    for path, about in ((f"/trace/v1/lots/{lot}/where-used", {}), ("/trace/v1/where-used", {"lot": lot})):
        asked = quality.get(path, query_string={**query, **about})

        assert asked.get_json()["headline"]["narrowedTo"] == {**NOTHING, **narrowed}


def test_the_headline_of_a_whole_question_says_that_it_is(lot, quality):
    head = quality.get(f"/trace/v1/lots/{lot}/where-used").get_json()["headline"]

    assert (head["narrowedTo"], head["ever"]) == (None, False)
    assert quality.get(f"/trace/v1/lots/{lot}/where-used?ever=true").get_json()["headline"]["ever"] is True


@pytest.mark.parametrize(("narrowed", "told"), NARROWED)
@pytest.mark.parametrize("page", ["/lots/{lot}", "/lots/{lot}/where-used", "/where-used"])
def test_pages_say_to_what_the_question_was_narrowed_and_keep_it(lot, app, registry, narrowed, told, page):
    quinn = visit(app, registry, "quality")
    query = {"level": "board", **narrowed, **({"lot": lot} if page == "/where-used" else {})}

    shown = quinn.get(page.format(lot=lot), query_string=query)

    words = words_of(shown)
    assert told in words
    assert "The answer to the narrowed question is" in words
    assert "The answer is" not in words
    assert "puts material of this lot" not in words
    if page == "/where-used":
        for name, value in narrowed.items():
            assert f'name="{name}" value="{value}"' in shown.text
    else:
        assert hidden_of(shown) == narrowed
    whole = words_of(quinn.get(link_to(shown, "Ask without narrowing")))
    assert "2 boards hold" in whole or "2 units hold" in whole
    assert "Only" not in whole.partition("The answer is complete.")[0].partition("In short")[2]


def test_what_a_lot_was_asked_is_kept_where_more_is_asked(lot, app, registry):
    quinn = visit(app, registry, "quality")
    shown = quinn.get(f"/lots/{lot}?level=board&dateCodeFrom=2609&ever=true")

    more = quinn.get(link_to(shown, "Ask about more"))

    assert "Only material of date code 2609 or later counts." in words_of(more)
    assert re.search(r'name="ever" value="true" checked', more.text)


@pytest.mark.parametrize(
    "query", ["customer=railway", "dateCodeFrom=2609", "deliveryNote=DN%201", "ever=true"]
)
@pytest.mark.parametrize("page", ["/lots/{lot}", "/lots/{lot}/where-used"])
def test_no_report_of_another_question_is_offered_beside_an_answer(lot, app, registry, query, page):
    quinn = visit(app, registry, "quality")
    shown = quinn.get(f"{page.format(lot=lot)}?level=board&{query}")

    assert WHOLE_ONLY in words_of(shown)
    assert 'action="/reports"' not in shown.text
    whole = quinn.get(link_to(shown, "Show that"))
    assert WHOLE_ONLY not in words_of(whole)
    assert 'action="/reports"' in whole.text
    assert WHOLE_ONLY not in words_of(visit(app, registry, "customer_auditor", "railway").get(f"/lots/{lot}"))


def test_no_report_of_what_is_in_it_is_offered_beside_what_once_was(lot, app, registry, quality):
    unit = quality.get("/trace/v1/units?serial=C").get_json()["result"][0]["id"]
    quinn = visit(app, registry, "quality")

    assert 'action="/reports"' not in quinn.get(f"/units/{unit}?ever=true").text
    assert 'action="/reports"' in quinn.get(f"/units/{unit}").text


@pytest.mark.parametrize("language", ["de", "ja"])
def test_to_what_it_was_narrowed_is_told_in_german_and_japanese(lot, app, registry, language):
    quinn = visit(app, registry, "quality")
    quinn.get(f"/language/{language}")

    told = words_of(quinn.get(f"/lots/{lot}?dateCodeFrom=2609&dateCodeTo=2612"))

    assert {"de": "der Datumscodes 2609 bis 2612.", "ja": "デートコード2609"}[language] in told
