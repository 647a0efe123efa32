"""Of several objects with one id one is served: decided, pinned, or held longest; now and then."""

from datetime import datetime
from typing import Any

import pytest
from aas_samples import shell, submodel, text
from sqlalchemy import event, update
from taken_bodies import PLANT, take

from aas_registry.domain.identifiers import PartyId
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage.documents import conflicts, documents, served_ids, versions
from aas_registry.storage.documents.served_ids import Pin, ServedDecision, key_of
from aas_registry.storage.tables.documents import document, served_since

EVERYTHING = Scope(PLANT)
SUBMODEL = IdentifiableKind.SUBMODEL
LONG = "https://bolt.example/" + "x" * 1500


def bring(registry: Registry, clock: Any, party: int | None, *identifiers: str) -> datetime:
    """Store submodels that say whose they are, a minute later; return when."""
    clock.advance(minutes=1)
    take(registry, *(submodel(each, text("Of", str(party))) for each in identifiers), party=party)
    return registry.clock()


def end(registry: Registry, clock: Any, party: int, identifier: str) -> datetime:
    clock.advance(minutes=1)
    with registry.write(PLANT) as connection:
        held = versions.find_held(connection, PLANT, SUBMODEL, identifier, party=PartyId(party))
        assert held is not None
        versions.end_documents(connection, PLANT, [held.id], now=registry.clock())
    return registry.clock()


def pin(registry: Registry, clock: Any, prefix: str, party: int | None) -> datetime:
    clock.advance(minutes=1)
    holder, now = None if party is None else PartyId(party), registry.clock()
    with registry.write(PLANT) as connection:
        assert served_ids.add_pin(
            connection, PLANT, Pin(prefix=prefix, party=holder, pinned_at=now, pinned_by="Ada")
        )
        served_ids.settle_prefix(connection, PLANT, prefix, now=now)
    return now


def served(registry: Registry, identifier: str, *, at: datetime | None = None) -> int | None:
    """Return whose object is served; -1 for none."""
    with registry.read() as connection:
        found = documents.find_document(connection, EVERYTHING, SUBMODEL, identifier, at=at)
    return -1 if found is None else found.party


def test_the_first_is_served_and_the_next_when_it_is_deleted(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 2, "urn:1")
    bring(registry, clock, 1, "urn:1")
    bring(registry, clock, None, "urn:1")
    assert served(registry, "urn:1") == 2

    end(registry, clock, 2, "urn:1")
    assert served(registry, "urn:1") == 1

    end(registry, clock, 1, "urn:1")
    assert served(registry, "urn:1") is None


def test_who_deletes_and_comes_back_stands_behind_those_who_stayed(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 2, "urn:1")
    bring(registry, clock, 1, "urn:1")
    end(registry, clock, 2, "urn:1")

    bring(registry, clock, 2, "urn:1")

    assert served(registry, "urn:1") == 1


def test_a_later_version_keeps_its_place(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 2, "urn:1")
    bring(registry, clock, 1, "urn:1")
    take(registry, submodel("urn:1", text("Changed")), party=2)

    assert served(registry, "urn:1") == 2


@pytest.mark.parametrize("identifier", ["https://bolt.example/1", LONG])
def test_the_longest_pinned_prefix_counts_whose_party_holds_the_id(
    registry: Registry, clock: Any, identifier: str
) -> None:
    for party in (3, 2, 1):
        bring(registry, clock, party, identifier)

    pin(registry, clock, "https://", 2)
    assert served(registry, identifier) == 2
    pin(registry, clock, "https://bolt.example/", 1)
    assert served(registry, identifier) == 1
    pin(registry, clock, identifier[:24], 9)
    assert served(registry, identifier) == 1
    end(registry, clock, 1, identifier)
    assert served(registry, identifier) == 2

    with registry.write(PLANT) as connection:
        assert served_ids.remove_pin(connection, PLANT, "https://")
        served_ids.settle_prefix(connection, PLANT, "https://", now=registry.clock())
    assert served(registry, identifier) == 3


def test_a_prefix_is_taken_as_it_is_written(registry: Registry, clock: Any) -> None:
    for party in (3, 2):
        bring(registry, clock, party, "urn:A%1", "urn:a_1")

    pin(registry, clock, "urn:a%", 2)
    pin(registry, clock, "urn:A_", 2)

    assert served(registry, "urn:A%1") == served(registry, "urn:a_1") == 3


def test_a_prefix_pinned_before_serves_its_party_as_soon_as_it_comes(registry: Registry, clock: Any) -> None:
    pin(registry, clock, "urn:", None)
    bring(registry, clock, 2, "urn:1")
    assert served(registry, "urn:1") == 2

    bring(registry, clock, None, "urn:1")

    assert served(registry, "urn:1") is None


def test_a_decision_counts_before_every_pin_as_long_as_its_holder_holds(
    registry: Registry, clock: Any
) -> None:
    for party in (3, 2, 1):
        bring(registry, clock, party, "urn:1")
    pin(registry, clock, "urn:", 2)

    decision = ServedDecision(
        party=PartyId(1), reason="its maker", decided_at=registry.clock(), decided_by="Quinn"
    )
    with registry.write(PLANT) as connection:
        served_ids.set_decision(connection, PLANT, key_of(SUBMODEL, "urn:1"), decision)
    assert served(registry, "urn:1") == 1

    end(registry, clock, 1, "urn:1")
    assert served(registry, "urn:1") == 2


def test_a_past_time_answers_what_was_served_then(registry: Registry, clock: Any) -> None:
    times = [
        (bring(registry, clock, 3, "urn:1"), 3),
        (bring(registry, clock, 2, "urn:1"), 3),
        (pin(registry, clock, "urn:", 2), 2),
        (end(registry, clock, 2, "urn:1"), 3),
        (end(registry, clock, 3, "urn:1"), -1),
        (bring(registry, clock, 1, "urn:1"), 1),
        (bring(registry, clock, 2, "urn:1"), 2),
    ]

    assert [served(registry, "urn:1", at=at) for at, _ in times] == [party for _, party in times]
    assert served(registry, "urn:1") == 2
    with registry.read() as connection:
        own = documents.find_document(
            connection, Scope(PLANT, party=PartyId(3)), SUBMODEL, "urn:1", at=times[3][0]
        )
    assert own is not None
    assert own.party == 3


def test_the_history_is_of_the_one_that_is_served_or_was_last(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 3, "urn:1")
    bring(registry, clock, 2, "urn:1")
    take(registry, submodel("urn:1", text("Changed")), party=2)

    def history() -> list[int]:
        with registry.read() as connection:
            rows = documents.list_versions(connection, EVERYTHING, SUBMODEL, "urn:1", PageRequest(9))
        return [row[0] for row in rows]

    assert history() == [1]
    end(registry, clock, 3, "urn:1")
    assert history() == [2, 1]
    end(registry, clock, 2, "urn:1")
    assert history() == [2, 1]


def test_what_one_alone_holds_leaves_no_row_behind(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 2, "urn:1")
    end(registry, clock, 2, "urn:1")
    bring(registry, clock, 2, "urn:1")

    with registry.read() as connection:
        assert connection.execute(served_since.select()).all() == []


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_conflicts_come_in_pages_each_once(registry: Registry, clock: Any, limit: int) -> None:
    for party in (4, 2, 3):
        bring(registry, clock, party, "urn:1", "urn:2", LONG)
        take(registry, shell("urn:shell"), party=party)
    bring(registry, clock, 2, "urn:alone")
    end(registry, clock, 4, "urn:2")

    seen: list[Any] = []
    asked = PageRequest(limit)
    while True:
        with registry.read() as connection:
            found = conflicts.list_conflicts(
                connection, PLANT, list(IdentifiableKind), asked, only_differing=False
            )
        seen += found[:limit]
        if len(found) <= limit:
            break
        asked = PageRequest(limit, (found[limit - 1].kind.value, found[limit - 1].place))

    told = [(each.kind.value, each.identifier, [held.party for held in each.objects]) for each in seen]
    assert told == [
        ("shell", "urn:shell", [4, 2, 3]),
        ("submodel", "urn:1", [4, 2, 3]),
        ("submodel", "urn:2", [2, 3]),
        ("submodel", LONG, [4, 2, 3]),
    ]
    assert [each.holders for each in seen] == [3, 3, 2, 3]


def test_only_differing_ones_are_listed_where_that_is_asked(registry: Registry, clock: Any) -> None:
    for party in (1, 2):
        bring(registry, clock, party, "urn:other")
        take(registry, submodel("urn:same"), party=party)

    with registry.read() as connection:
        found = conflicts.list_conflicts(connection, PLANT, [SUBMODEL], PageRequest(9), only_differing=True)

    assert [each.identifier for each in found] == ["urn:other"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_settling_walks_through_no_rows_of_other_ids(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 1, "urn:1", "urn:2")
    plans: list[str] = []

    def explain(
        _connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if "document" in statement and statement.startswith(
            ("UPDATE document ", "INSERT INTO served", "SELECT")
        ):
            rows = cursor.connection.execute(
                f"EXPLAIN QUERY PLAN {statement}", parameters[0] if many else parameters
            )
            plans.extend(row[3] for row in rows)

    event.listen(registry.engine, "before_cursor_execute", explain)
    bring(registry, clock, 2, "urn:1", "urn:2")
    end(registry, clock, 1, "urn:2")
    event.remove(registry.engine, "before_cursor_execute", explain)

    searches = [each for each in plans if each.startswith("SEARCH") and "prefix_pin" not in each]
    assert len(searches) > 20
    assert [each for each in plans if each.startswith("SCAN") and "VIRTUAL TABLE" not in each] == [], plans
    assert [each for each in searches if each.endswith(("(site=?)", "(site=? AND kind=?)"))] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_list_of_what_is_served_is_read_in_its_order_from_one_index(registry: Registry) -> None:
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        plans.extend(
            row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        )

    event.listen(registry.engine, "before_cursor_execute", explain)
    with registry.read() as connection:
        page = PageRequest(9, (5,))
        documents.list_documents(connection, EVERYTHING, SUBMODEL, documents.Filter(), page)
        conflicts.list_conflicts(connection, PLANT, [SUBMODEL], page=PageRequest(9), only_differing=False)
    event.remove(registry.engine, "before_cursor_execute", explain)

    assert any("ix_document_served (site=? AND kind=? AND is_served=? AND place>?)" in each for each in plans)
    assert any("ix_document_served (site=? AND kind=? AND is_served=?)" in each for each in plans), plans
    assert [each for each in plans if "TEMP B-TREE" in each] == []


def test_no_index_lets_a_party_hold_an_id_twice(registry: Registry, clock: Any) -> None:
    bring(registry, clock, 1, "urn:1", "urn:2")
    same = update(document).where(document.c.identifier == "urn:2").values(identifier="urn:1")

    with registry.write(PLANT) as connection, pytest.raises(Exception, match=r"(?i)unique"):
        connection.execute(same)
