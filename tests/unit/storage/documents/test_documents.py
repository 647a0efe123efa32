"""Look-ups of documents in batches: they walk through an index, not through the plant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from aas_registry.domain.identifiers import DocumentId, Site, SubmissionId
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Scope
from aas_registry.services.registry import Registry
from aas_registry.storage import lot_names
from aas_registry.storage.documents import documents
from aas_registry.storage.documents.served_ids import key_of
from aas_registry.storage.documents.versions import NewContent, add_documents, find_all_held
from aas_registry.storage.uploads.submissions import add_files, known_digests

PLANT = Site("plant")
SHELL, SUBMODEL, CONCEPT = IdentifiableKind
MEBIBYTE = 1024 * 1024


def add(
    registry: Registry, *identifiers: str, kind: IdentifiableKind = SUBMODEL, body: bytes = b"{}", **more: Any
) -> list[DocumentId | None]:
    contents = [
        NewContent(kind=kind, identifier=each, id_short=None, semantic_id=None, digest="0", body=body, **more)
        for each in identifiers
    ]
    with registry.write(PLANT) as connection:
        return add_documents(
            connection,
            registry.allocator,
            PLANT,
            contents,
            party=1,
            submission=SubmissionId(1),
            now=registry.clock(),
        )


@contextmanager
def plans(registry: Registry) -> Iterator[list[str]]:
    """Gather how SQLite answers each query."""
    found: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(row[3] for row in rows)

    event.listen(registry.engine, "before_cursor_execute", explain)
    yield found
    event.remove(registry.engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_look_up_in_batches_walks_through_all_rows_of_the_plant(registry: Registry) -> None:
    wanted = [f"urn:{number}" for number in range(40)]
    keys = [key_of(SUBMODEL, each) for each in wanted]
    names = [("Bolt", f"MPN {each}", f"L {each}") for each in wanted]
    numbers = [each for each in add(registry, *wanted) if each is not None]

    with plans(registry) as found, registry.write(PLANT) as connection:
        assert len(find_all_held(connection, PLANT, keys, party=1)) == 40
        assert documents.shells_naming(connection, PLANT, wanted, party=None) == []
        assert len(list(documents.read_submodels(connection, Scope(PLANT), numbers))) == 40
        made = lot_names.find_or_create_lots(
            connection, registry.allocator, PLANT, names, now=registry.clock()
        )

    assert len(set(made)) == 40
    searches = [each for each in found if each.startswith("SEARCH")]
    assert len(searches) >= 5
    assert [each for each in searches if each.endswith("(site=?)")] == []


def test_what_is_on_record_is_not_added_again(registry: Registry) -> None:
    (first,) = add(registry, "urn:1")

    again = add(registry, "urn:1", "urn:2", "urn:2")

    assert first is not None
    assert again[0] is None
    assert again[1] is not None
    assert again[2] is None


def test_a_concept_description_of_each_holder_is_held_apart(registry: Registry) -> None:
    add(registry, "urn:cd", kind=CONCEPT)
    key = key_of(CONCEPT, "urn:cd")

    with registry.read() as connection:
        own = find_all_held(connection, PLANT, [key], party=1)
        of_another = find_all_held(connection, PLANT, [key], party=2)

    assert own[key].party == 1
    assert of_another == {}


def test_large_shells_are_read_a_few_at_a_time(registry: Registry) -> None:
    body = b"x" * (3 * MEBIBYTE)
    numbers = add(registry, *(f"urn:{number}" for number in range(5)), kind=SHELL, body=body)
    wanted = [each for each in numbers if each is not None]

    with registry.read() as connection:
        batches = list(documents.read_shells(connection, PLANT, wanted, party=1))
        of_another = list(documents.read_shells(connection, PLANT, wanted, party=2))

    assert [[number for number, _ in batch] for batch in batches] == [wanted[:2], wanted[2:4], wanted[4:]]
    assert of_another == []


def test_a_stored_file_is_there_once(registry: Registry) -> None:
    sizes = {f"{number:064x}": number for number in range(600)}

    with registry.write(PLANT) as connection:
        add_files(connection, PLANT, sizes, now=registry.clock())
        add_files(connection, PLANT, sizes | {"f" * 64: 1}, now=registry.clock())

    with registry.read() as connection:
        assert len(known_digests(connection, [*sizes, "f" * 64])) == 601
