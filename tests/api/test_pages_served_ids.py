"""Pages of ids that several hold: who decides does so there, and nobody else sees them."""

import re

import pytest
from aas_samples import environment, id64, submodel, text
from page_visitor import visit, words_of

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ID = "https://bolt.example/<1>"


@pytest.fixture
def both(bolt, arro):
    for asker, name in ((arro, "arro"), (bolt, "bolt")):
        asker.upload(environment(submodel(ID, text("Of", name))))


def served(asker):
    return asker.get(f"/api/v3/submodels/{id64(ID)}").get_json()["submodelElements"][0]["value"]


@pytest.mark.usefixtures("both")
def test_quality_sees_who_holds_an_id_and_decides_with_a_reason(app, registry, quality):
    visitor = visit(app, registry, "quality", name="quinn")
    page = visitor.get("/identifiers")
    assert "held first" in words_of(page)
    assert re.findall(r'<option value="(bolt|arro)">', page.text) == ["arro", "bolt"]
    form = {"kind": "submodel", "identifier": ID, "party": "bolt"}

    assert visitor.send("/identifiers/decision", form | {"reason": " "}).status_code == 400
    answer = visitor.send("/identifiers/decision", form | {"reason": "Bolt makes it."})

    assert (answer.status_code, answer.location) == (303, "/identifiers")
    assert served(quality) == "bolt"
    shown = words_of(visitor.get("/identifiers?kind=&onlyDiffering=true"))
    assert "decided" in shown
    assert "quinn (token): bolt. Bolt makes it." in shown
    assert "No identifier is held by several" in words_of(visitor.get("/identifiers?kind=shell"))


@pytest.mark.usefixtures("both")
def test_an_administrator_pins_a_prefix_and_removes_it(app, registry, quality):
    visitor = visit(app, registry, "administrator")
    assert "No prefix is pinned yet" in words_of(visitor.get("/identifiers/prefixes"))

    pinned = visitor.send("/identifiers/prefixes", {"prefix": "https://bolt.example/", "party": "bolt"})

    assert pinned.status_code == 303
    assert served(quality) == "bolt"
    assert "https://bolt.example/ bolt" in words_of(visitor.get("/identifiers/prefixes"))
    assert (
        visitor.send("/identifiers/prefixes", {"prefix": "https://bolt.example/", "party": ""}).status_code
        == 409
    )
    removed = visitor.send("/identifiers/prefixes/removal", {"prefix": "https://bolt.example/"})
    assert removed.status_code == 303
    assert served(quality) == "arro"


def test_a_field_that_nobody_reads_holds_a_prefix_as_it_was_pinned(app, registry, suppliers):
    visitor, turned = visit(app, registry, "administrator"), "urn:\u202e&1:"
    visitor.send("/identifiers/prefixes", {"prefix": turned, "party": "bolt"})

    page = visitor.get("/identifiers/prefixes").text
    (held,) = re.findall(r'name="prefix" value="(urn[^"]+)"', page)

    assert held == "urn:\u202e&amp;1:"
    assert page.count("\u202e") == 1
    assert visitor.send("/identifiers/prefixes/removal", {"prefix": turned}).status_code == 303


@pytest.mark.parametrize(
    ("role", "party"), [("supplier", "bolt"), ("auditor", None), ("customer_auditor", "meditec")]
)
def test_others_neither_find_nor_see_the_page(app, registry, suppliers, role, party):
    visitor = visit(app, registry, role, party)

    assert visitor.get("/identifiers").status_code == 403
    assert visitor.get("/identifiers/prefixes").status_code == 403
    assert "/identifiers" not in visitor.get("/reports" if role != "supplier" else "/uploads").text


def test_quality_pins_nothing_on_the_pages(app, registry, suppliers):
    visitor = visit(app, registry, "quality")

    assert visitor.get("/identifiers/prefixes").status_code == 403
    assert "/identifiers/prefixes" not in visitor.get("/identifiers").text
