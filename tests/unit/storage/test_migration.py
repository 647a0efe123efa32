"""The schema goes up, down and up again, and is what the tables declare."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aas_samples import concept, environment, shell, submodel
from plant_samples import events
from sqlalchemy import Engine, inspect, select
from taken_bodies import PLANT, take

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.events import EventState
from aas_registry.domain.genealogy import Moment
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Role, Scope
from aas_registry.services import access, example_lists
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry, open_database
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.storage.database import begin_read, begin_write
from aas_registry.storage.documents import conflicts, documents
from aas_registry.storage.genealogy import projection, shipments
from aas_registry.storage.secrets import add_secret, find_secrets
from aas_registry.storage.tables.certificates import certificate_step
from aas_registry.storage.tables.documents import document
from aas_registry.storage.tables.events import event
from aas_registry.storage.tables.genealogy import filling


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    opened = open_database(settings)
    yield opened
    opened.dispose()


def test_the_migrations_make_what_the_tables_declare(engine: Engine) -> None:
    assert migration.differences(engine) == []
    assert migration.is_current(engine)


def test_goes_down_and_up_again(engine: Engine) -> None:
    migration.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert migration.is_empty(engine)

    migration.upgrade(engine)

    assert migration.differences(engine) == []


def test_an_upgrade_of_a_current_schema_changes_nothing(engine: Engine) -> None:
    migration.upgrade(engine)

    assert migration.is_current(engine)


def test_an_upgrade_counts_what_earlier_submissions_brought(registry: Registry) -> None:
    who = access.local_administrator(registry)
    for number in (1, 2):
        content = environment(*(submodel(f"urn:sm:{number}:{each}") for each in range(number)))
        uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "a.json"))
    content = example_lists.example_list()
    uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "a.xlsx"))
    before = [each.counts for each in uploads.list_uploads(registry, who, PageRequest(9))]

    migration.downgrade(registry.engine, "0010")
    migration.upgrade(registry.engine)

    assert [each.counts for each in uploads.list_uploads(registry, who, PageRequest(9))] == before
    assert sorted(each["submodels"] for each in before) == [1, 2, 20]


def test_an_upgrade_gives_unfinished_uploads_to_whom_their_name_alone_stands_for(registry: Registry) -> None:
    local = access.local_administrator(registry)
    for name in ("ada", "both"):
        access.add_user(registry, local, name=name, password="correct horse", role=Role.QUALITY)
    for name in ("both", "line 4"):
        access.issue_token(registry, local, name=name, role=Role.QUALITY)
    owners = {"1": "ada", "2": "both", "3": "line 4", "4": "local", "5": "gone"}
    migration.downgrade(registry.engine, "0013")
    with registry.write(local.site) as connection:
        for number, name in owners.items():
            connection.exec_driver_sql(
                "INSERT INTO partial_upload (site, id, owner, file_name, media_type, metadata, length,"
                f" created_at, expires_at) VALUES ('plant-1', '{number}', 'name {name}', 'a', 'b', '', 1, 1, 1)"
            )
    migration.upgrade(registry.engine)

    with registry.read() as connection:
        kept = connection.exec_driver_sql("SELECT id, owner FROM partial_upload ORDER BY id").all()

    assert [tuple(row) for row in kept] == [
        ("1", "user 1"), ("2", "nobody"), ("3", "token 2"), ("4", "local"), ("5", "nobody"),
    ]  # fmt: skip


def test_an_upgrade_keeps_users_and_their_names_become_those_of_their_site(registry: Registry) -> None:
    local = access.local_administrator(registry)
    for name in ("ada", "bob"):
        access.add_user(registry, local, name=name, password="correct horse", role=Role.QUALITY)

    migration.downgrade(registry.engine, "0013")
    migration.upgrade(registry.engine)

    elsewhere = replace(local, site=Site("plant-2"))
    access.add_user(registry, elsewhere, name="Ada", password="correct horse", role=Role.QUALITY)
    migration.downgrade(registry.engine, "0013")
    migration.upgrade(registry.engine)
    assert migration.differences(registry.engine) == []
    assert [each.name for each, _ in access.list_users(registry, local, PageRequest(9))] == ["ada", "bob"]
    assert access.get_user(registry, elsewhere, "ADA")[0].name == "Ada"


def test_a_secret_of_the_program_before_keeps_its_value_down_and_up(engine: Engine, clock) -> None:
    migration.downgrade(engine, "0016")
    with begin_write(engine, Site("")) as connection:
        add_secret(connection, "shared", b"a secret", now=clock())

    migration.upgrade(engine)
    with begin_read(engine) as connection:
        assert find_secrets(connection) == {"identifiers": b"a secret"}

    migration.downgrade(engine, "0016")
    with begin_read(engine) as connection:
        assert find_secrets(connection) == {"shared": b"a secret"}
    migration.upgrade(engine)  # a borrowed database goes back as it came


def test_an_upgrade_goes_on_serving_what_was_served(registry: Registry, clock: Any) -> None:
    """Of concept descriptions it was the plant's, or else the oldest; of the others the only one."""
    kind, long = IdentifiableKind.CONCEPT_DESCRIPTION, "urn:" + "x" * 1500
    take(registry, concept("urn:cd", "OfBolt"), concept("urn:old", "OfBolt"), submodel(long), party=1)
    take(registry, shell("urn:shell", submodels=[long]), party=1)
    clock.advance(minutes=1)
    take(registry, concept("urn:cd", "OfArro"), concept("urn:old", "OfArro"), party=2)
    before = registry.clock()
    clock.advance(minutes=1)
    take(registry, concept("urn:cd", "OfThePlant"), party=None)

    migration.downgrade(registry.engine, "0017")
    migration.upgrade(registry.engine)

    everything = Scope(PLANT)
    with registry.read() as connection:
        held = [
            documents.find_document(connection, everything, kind, identifier, at=at)
            for identifier, at in (("urn:cd", None), ("urn:cd", before), ("urn:old", None))
        ]
        shared = conflicts.list_conflicts(connection, PLANT, [kind], PageRequest(9), only_differing=False)
        of_shell = documents.shells_naming(connection, PLANT, [long], party=PartyId(1))
        found = documents.find_document(connection, everything, IdentifiableKind.SUBMODEL, long)
        listed = documents.list_documents(connection, everything, kind, documents.Filter(), PageRequest(9))
    assert [each and each.party for each in held] == [None, 1, 1]
    assert [(each.identifier, each.holders) for each in shared] == [("urn:cd", 3), ("urn:old", 2)]
    assert shared[0].decision is not None
    assert shared[0].decision.party is shared[1].decision is None
    assert [each.identifier for each in listed] == ["urn:cd", "urn:old"]
    assert len(of_shell) == 1
    assert found is not None
    assert found.identifier == long


def test_a_downgrade_keeps_what_several_hold(registry: Registry) -> None:
    for party in (2, 1, None):
        take(registry, submodel("urn:shared"), party=party)

    migration.downgrade(registry.engine, "0017")
    migration.upgrade(registry.engine)

    with registry.read() as connection:
        rows = connection.execute(select(document.c.holder, document.c.is_served)).tuples().all()
    assert sorted(rows) == [(0, True), (1, False), (2, False)]


def test_an_upgrade_says_that_the_registry_made_its_checks(registry: Registry, clock: Any) -> None:
    steps = (
        ("submitted", "bolt's token", "received"),
        ("needs review", "bolt's token", "content: the lot is not named"),
        ("needs review", "quinn", "accepted: seen on paper"),
        ("needs review", "quinn", "not accepted: unreadable"),
    )
    rows = [
        {"site": PLANT, "certificate": 1, "position": place, "state": CertificateState(state)}
        | {"who": who, "reason": reason, "at": clock()}
        for place, (state, who, reason) in enumerate(steps)
    ]
    with begin_write(registry.engine, PLANT) as connection:
        connection.execute(certificate_step.insert(), rows)
    migration.downgrade(registry.engine, "0020")

    migration.upgrade(registry.engine)

    with begin_read(registry.engine) as connection:
        order = certificate_step.c.position
        found = connection.execute(select(certificate_step.c.who).order_by(order)).scalars().all()
    assert found == ["bolt's token", "registry", "quinn", "quinn"]


def test_an_upgrade_finds_shipments_by_their_order_and_the_genealogy_stays_whole(registry: Registry) -> None:
    administrator = access.local_administrator(registry)
    told = events()
    told[-1] |= {"order": "\uff30\uff2f-\uff11"}
    event_service.ingest(registry, administrator, told)

    migration.downgrade(registry.engine, "0021")
    migration.upgrade(registry.engine)
    event_service.rebuild_owed(registry)

    moment = Moment(as_of=registry.clock())
    with registry.read() as connection:
        found = {
            text: shipments.find_shipments(
                connection, Scope(administrator.site), text, moment, by_prefix=by_prefix, limit=9
            )
            for text, by_prefix in (("po-1", False), ("PO-", True), ("po-2", False))
        }
        damaged = projection.damaged_tables(connection, administrator.site)
    assert {text: [each.name for each in listed] for text, listed in found.items()} == {
        "po-1": ["SHP-1"],
        "PO-": ["SHP-1"],
        "po-2": [],
    }
    assert damaged == []


def test_an_upgrade_folds_what_packages_held_and_counts_pieces_anew(registry: Registry) -> None:
    who = access.local_administrator(registry)
    told = event_service.ingest(registry, who, [*events(), *_SPLICED])
    assert {each.state for each in told} == {EventState.ACCEPTED}
    with registry.read() as connection:
        before = projection.fingerprint(connection, who.site)

    migration.downgrade(registry.engine, "0025")
    migration.upgrade(registry.engine)
    rebuilt = event_service.rebuild_owed(registry)

    with registry.read() as connection:
        assert projection.fingerprint(connection, who.site) == before
        assert projection.damaged_tables(connection, who.site) == []
        folded = connection.execute(select(filling).where(filling.c.valid_to.is_not(None))).all()
    assert rebuilt == 1
    assert folded


def test_a_downgrade_leaves_events_in_states_that_the_program_before_knows(registry: Registry) -> None:
    who = access.local_administrator(registry)
    reel = _SPLICED[0]
    taken_back = {"type": "correction", "id": "no", "happenedAt": reel["happenedAt"], "corrects": reel["id"]}
    event_service.ingest(registry, who, [reel, {**reel, "id": "again"}, taken_back, _SPLICED[1]])
    event_service.ingest(registry, who, [{**_SPLICED[1], "id": "copy"}])

    def states() -> dict[str, str]:
        with registry.read() as connection:
            return {row.event_id: row.state for row in connection.execute(select(event))}

    before = states()
    migration.downgrade(registry.engine, "0037")
    downgraded = states()
    migration.upgrade(registry.engine)
    event_service.rebuild_owed(registry)

    assert (before["reel spliced-onto"], before["copy"]) == ("corrected", "duplicate")
    assert set(downgraded.values()) == {"accepted"}
    assert states() == before


_SPLICED: list[dict[str, Any]] = [
    {
        "type": "packageCreated",
        "id": f"reel {package}",
        "happenedAt": "2026-03-01T06:00:00Z",
        "package": package,
        "lots": [{"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": f"lot {package}"}],
    }
    for package in ("spliced-onto", "spliced")
] + [
    {
        "type": "merged",
        "id": "splice",
        "happenedAt": "2026-03-01T09:00:00Z",
        "packages": [{"package": "spliced"}],
        "into": "spliced-onto",
        "how": "splice",
        "zone": {"until": "2026-03-01T10:00:00Z"},
    },
]
