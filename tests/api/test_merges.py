"""What fell together: a paged list for quality and administrators alone."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage.tables.merges import name_merge

MERGES = "/trace/v1/merges"
AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def merged(registry: Registry) -> None:
    rows = [
        {"kind": "part_type", "id": 2, "merged_into": 1, "manufacturer": "\uff2fhm", "mpn": "R-1"},
        {"kind": "lot", "id": 8, "merged_into": 7, "manufacturer": "Ohm", "mpn": "R-1", "name": "L\uff11"},
        {"kind": "lot", "id": 9, "part_type": 2},  # came to another part type only
    ]
    site = Site(registry.settings.site)
    with registry.write(site) as connection:
        for row in rows:
            connection.execute(insert(name_merge).values(site=site, merged_at=AT, **row))


def test_quality_sees_what_fell_together_page_by_page(quality, merged) -> None:
    first = quality.get(MERGES, query_string={"limit": 1}).get_json()
    cursor = first["paging_metadata"]["cursor"]
    second = quality.get(MERGES, query_string={"limit": 1, "cursor": cursor}).get_json()

    (lot,) = first["result"]
    (part_type,) = second["result"]
    assert (lot["kind"], lot["name"], lot["mergedAt"]) == ("lot", "L\uff11", AT.isoformat())
    assert len(lot["id"]) == len(lot["mergedInto"]) == 22
    assert (part_type["kind"], part_type["manufacturer"]) == ("part_type", "\uff2fhm")
    assert second["paging_metadata"] == {}


def test_what_is_not_merged_cannot_be_parted(quality, merged) -> None:
    listed = quality.get(MERGES).get_json()["result"]

    answers = [quality.post(f"{MERGES}/{each}/part") for each in ("unknown", listed[0]["mergedInto"])]

    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].get_json()["messages"][0]["code"] == "MERGE-NOT-FOUND"
    assert listed[0]["partedAt"] is None


def test_a_supplier_learns_nothing_of_it(bolt, merged) -> None:
    assert bolt.get(MERGES).status_code == 403
    assert bolt.post(f"{MERGES}/unknown/part").status_code == 403
