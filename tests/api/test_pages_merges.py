"""The page of names that fell together: whoever may part them does so there, and nobody else sees it."""

import re
from datetime import UTC, datetime

import pytest
from page_visitor import log_in, visit, words_of
from sqlalchemy import insert

from aas_registry.domain.identifiers import Site
from aas_registry.storage.tables.merges import name_merge

# What the pages ask of the database is tested on both by the tests of the API.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIST = b"Manufacturer,MPN,Lot code,Lot quantity,Delivery note\r\nOhm,R-1,L1,100,DN-1\r\n"
WIDE = "L\uff11"


@pytest.fixture
def merged(registry, quality):
    """A lot with which another spelling fell together, and what an upgrade notes beside it."""
    quality.upload(LIST, name="list.csv")
    lot = registry.opaque_ids.decode("lot", Site(registry.settings.site), lots_of(quality)["L1"])
    wide = {"manufacturer": "Ohm", "mpn": "R-1", "name": WIDE, "merged_into": lot}
    type_8 = {"id": 8, "manufacturer": "\uff2fhm", "mpn": "R-1"}
    rows = [
        {"kind": "lot", "id": lot + 1000, **wide},
        {"kind": "lot", "id": lot + 1001, **wide, "name": "l1", "part_type": 8},
        {"kind": "part_type", "merged_into": 1, **type_8},
        {"kind": "party", "id": 9, "merged_into": 1, "name": "B\uff2fLT", "parted_at": AT},
        {"kind": "unit", "id": 10, "merged_into": 11, "name": "S\uff11"},
    ]
    site = Site(registry.settings.site)
    with registry.write(site) as connection:
        for row in rows:
            connection.execute(insert(name_merge).values(site=site, merged_at=AT, **row))


def lots_of(asker):
    return {each["code"]: each["id"] for each in asker.get("/trace/v1/lots").get_json()["result"]}


@pytest.mark.usefixtures("merged")
def test_what_fell_together_is_shown_with_what_it_is_one_with(app, registry, suppliers, quality):
    page = visit(app, registry, "quality", name="quinn").get("/merges")

    said = words_of(page)
    assert f"lot Ohm R-1 {WIDE} Ohm R-1 L1 2026-03-01" in said
    assert f'href="/lots/{lots_of(quality)["L1"]}"' in page.text
    assert "Ohm R-1 l1 Ohm R-1 L1 2026-03-01 00:00 UTC with its part type" in said
    assert "part type \uff2fhm R-1 Ohm R-1" in said
    assert re.search(r"B\uff2fLT bolt 2026-03-01 00:00 UTC kept apart", said)
    assert re.search(r"unit S\uff11 the older one 2026-03-01 00:00 UTC one thing", said)
    assert len(re.findall(r'action="/merges/[^"]+/part"', page.text)) == 2


@pytest.mark.usefixtures("merged")
def test_a_lot_is_parted_on_the_page_and_has_its_spelling_for_itself(app, registry, suppliers, quality):
    visitor = log_in(app, registry, "administrator")
    page = visitor.get("/merges").text
    [parting] = [each for each in page.split("<tr>") if WIDE in each]
    address = re.search(r'action="([^"]+)"', parting)[1]

    assert visitor.client.post(address).status_code == 400
    assert set(lots_of(quality)) == {"L1"}
    answer = visitor.send(address)

    assert (answer.status_code, answer.location) == (303, "/merges")
    assert set(lots_of(quality)) == {"L1", WIDE}
    shown = words_of(visitor.get("/merges"))
    assert re.search(rf"Ohm R-1 {WIDE} Ohm R-1 L1 2026-03-01 00:00 UTC kept apart \S+ \S+ UTC · quinn", shown)
    assert visitor.send(address).status_code == 404


def test_where_nothing_fell_together_the_page_says_so(app, registry, suppliers):
    assert "Nothing fell together" in words_of(visit(app, registry, "quality").get("/merges"))


@pytest.mark.parametrize(
    ("role", "party"),
    [("supplier", "bolt"), ("production", None), ("auditor", None), ("customer_auditor", "meditec")],
)
def test_others_neither_find_nor_see_the_page(app, registry, suppliers, role, party):
    visitor = visit(app, registry, role, party)

    assert visitor.get("/merges").status_code == 403
    assert visitor.send("/merges/unknown/part").status_code == 403
    assert 'href="/merges"' not in visitor.get("/", follow_redirects=True).text
