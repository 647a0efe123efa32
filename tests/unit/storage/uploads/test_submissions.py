"""Submissions and stored files: what is looked up by key."""

import pytest
from sqlalchemy import event

from aas_registry.domain.identifiers import Sha256, Site
from aas_registry.services.registry import Registry
from aas_registry.storage.uploads.submissions import add_files, known_digests

PRESENT, ABSENT = Sha256("a" * 64), Sha256("b" * 64)


def test_a_file_of_any_site_is_known(registry: Registry) -> None:
    with registry.write(Site("other")) as connection:
        add_files(connection, Site("other"), {PRESENT: 1}, now=registry.clock())

    with registry.read() as connection:
        assert known_digests(connection, [PRESENT, ABSENT]) == {PRESENT}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_digests_are_looked_up_and_not_scanned_for(registry: Registry) -> None:
    asked: list[tuple[str, tuple[str, ...]]] = []
    with registry.read() as connection:
        event.listen(
            connection, "before_cursor_execute", lambda _c, _k, sql, values, *_: asked.append((sql, values))
        )
        known_digests(connection, [PRESENT, ABSENT])
        statement, values = asked[-1]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()

    assert [row.detail.split()[0] for row in plan] == ["SEARCH"]
