"""The database as a whole: what a backup holds comes back equal, on either database; damage shows."""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aas_samples import aasx, lot_aasx, shell
from plant_samples import events
from sqlalchemy import Update, and_, delete, insert, select

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import (
    ConfigurationError,
    ConflictError,
    InvalidRequestError,
    UnavailableError,
)
from aas_registry.domain.identifiers import Site
from aas_registry.domain.package import PackageFile
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Role
from aas_registry.services import access, database, parties
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.genealogy import lots
from aas_registry.services.genealogy.lots import LotFilter
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import integrity, migration
from aas_registry.storage.database import begin_read, begin_write
from aas_registry.storage.tables import metadata
from aas_registry.storage.tables.documents import document_version
from aas_registry.storage.tables.events import event, event_wait
from aas_registry.storage.tables.genealogy import (
    containment,
    declaration,
    feed,
    run_unit,
    source_heartbeat,
    unit,
)
from aas_registry.storage.tables.items import alias
from aas_registry.storage.tables.lots import lot, part_type
from aas_registry.storage.tables.namings import holder, naming
from aas_registry.storage.tables.parties import party
from aas_registry.storage.tables.projection_sums import projection_sum
from aas_registry.storage.tables.submissions import stored_file, submission_file

Place = Callable[[str], Settings]


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Give settings of a registry that is not there yet, on SQLite or PostgreSQL."""
    urls: list[str] = []

    def make(kind: str) -> Settings:
        folder = tmp_path / f"{kind}-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        if kind == "sqlite":
            return Settings(data_dir=folder)
        urls.append(request.getfixturevalue("postgresql").create_database())
        return Settings(data_dir=folder, database_url=urls[-1])

    yield make
    for url in urls:
        request.getfixturevalue("postgresql").drop(url)


@pytest.fixture
def fill(clock) -> Callable[[Settings], str]:
    """Make a registry with some of everything, and return a token of it."""

    def make(settings: Settings) -> str:
        database.upgrade(settings)
        registry = open_registry(settings, clock=clock)
        administrator = access.local_administrator(registry)
        for code in ("bolt", "meditec", "railway"):
            parties.add_party(registry, administrator, code=code, name=f"{code.title()} Ünicode GmbH")
        take(registry, lot_aasx())
        take(
            registry, aasx(shell("urn:pictured"), thumbnail=PackageFile.of("/a.png", "image/png", b"picture"))
        )
        event_service.ingest(registry, administrator, events())
        token = access.issue_token(registry, administrator, name="t", role=Role.SUPPLIER, party="bolt")
        registry.close()
        return token.text

    return make


def take(registry: Registry, content: bytes) -> None:
    uploads.take_upload(
        registry,
        access.local_administrator(registry),
        Arrival(io.BytesIO(content), "lot.aasx", options=UploadOptions(on_behalf_of="bolt")),
    )


def content_of(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but those that a backup's own trace changes."""
    engine = open_database(settings)
    with begin_read(engine) as connection:
        rows = {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in {"audit", "id_block", "site_lock"}
        }
    engine.dispose()
    return rows


def files_of(settings: Settings) -> dict[str, bytes]:
    folder = settings.data_dir / "files"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def back_up(settings: Settings, clock, target: Path, **options: bool) -> database.BackupSummary:
    registry = open_registry(settings, clock=clock)
    try:
        return database.backup(registry, access.local_administrator(registry), target, **options)
    finally:
        registry.close()


def is_blank(settings: Settings) -> bool:
    engine = open_database(settings)
    with begin_read(engine) as connection:
        blank = integrity.is_blank(connection)
    engine.dispose()
    return blank


@pytest.fixture
def sealed(place, fill, clock, tmp_path) -> Path:
    """A backup of a registry on SQLite."""
    settings = place("sqlite")
    fill(settings)
    back_up(settings, clock, tmp_path / "backup.zip")
    return tmp_path / "backup.zip"


def reseal(backup: Path, changes: dict[str, bytes]) -> Path:
    """Change members of a backup and seal it again, as somebody with ill intent would."""
    changed = backup.with_name("changed.zip")
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        new.comment = b"sha256:" + b"0" * 64
    content = changed.read_bytes()[:-64]
    changed.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return changed


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]
)
def test_a_backup_restores_to_equal_content_on_either_database(
    source, target, place, fill, clock, tmp_path
) -> None:
    settings, other = place(source), place(target)
    token = fill(settings)
    before = content_of(settings)

    made = back_up(settings, clock, tmp_path / "b.zip")
    restored = database.restore(other, tmp_path / "b.zip")

    assert made == restored
    assert made.files == len(files_of(settings)) > 0
    assert content_of(other) == before
    assert sum(map(len, before.values())) > 50
    assert files_of(other) == files_of(settings)
    assert database.check(other).is_whole
    registry = open_registry(other, clock=clock)
    assert access.authenticate_token(registry, access.token_key(token)).role is Role.SUPPLIER
    registry.close()


def test_a_restored_registry_takes_more_and_gives_no_id_twice(place, sealed, clock) -> None:
    settings = place("sqlite")
    database.restore(settings, sealed)
    registry = open_registry(settings, clock=clock)

    take(registry, lot_aasx("0043"))

    found = lots.list_lots(registry, access.local_administrator(registry), LotFilter(), PageRequest(9))
    assert sorted(row.lot.code for row in found) == ["0042", "0043"]
    assert len({row.id for row in found}) == 2
    registry.close()


@pytest.mark.check
def test_no_byte_of_a_backup_changes_unseen(place, sealed) -> None:
    content = sealed.read_bytes()
    settings = place("sqlite")
    places = {0, len(content) - 65, len(content) - 1, *range(1, len(content), max(1, len(content) // 150))}

    for position in sorted(places):
        broken = bytearray(content)
        broken[position] ^= 1
        sealed.write_bytes(broken)
        with pytest.raises(InvalidRequestError) as refused:
            database.restore(settings, sealed)
        assert refused.value.code is Code.BACKUP_INVALID

    assert not (settings.data_dir / "registry.sqlite3").exists()


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x05\x06" + bytes(200)])
def test_refuses_a_file_that_is_no_backup(content, place, tmp_path) -> None:
    (tmp_path / "b.zip").write_bytes(content)

    with pytest.raises(InvalidRequestError) as refused:
        database.restore(place("sqlite"), tmp_path / "b.zip")

    assert refused.value.code is Code.BACKUP_INVALID


def test_refuses_a_cut_off_backup(place, sealed) -> None:
    sealed.write_bytes(sealed.read_bytes()[:-100])

    with pytest.raises(InvalidRequestError) as refused:
        database.restore(place("sqlite"), sealed)

    assert refused.value.code is Code.BACKUP_INVALID


@pytest.mark.parametrize(
    "change",
    [
        lambda names: {"tables/lot.ndjson": b'["plant-1"]\n'},
        lambda names: {"tables/lot.ndjson": b""},
        lambda names: {"tables/lot.ndjson": b"[" * 100_000 + b"\n"},
        lambda names: {next(name for name in names if name.startswith("files/")): b"another file"},
        lambda names: {"MANIFEST.json": b"{}"},
    ],
)
def test_a_member_that_its_manifest_does_not_describe_leaves_nothing_behind(change, place, sealed) -> None:
    with zipfile.ZipFile(sealed) as archive:
        changed = reseal(sealed, change(archive.namelist()))
    settings = place("sqlite")
    database.upgrade(settings)

    with pytest.raises(InvalidRequestError) as refused:
        database.restore(settings, changed)

    assert refused.value.code is Code.BACKUP_INVALID
    assert is_blank(settings)


def test_restores_into_an_empty_registry_only(place, fill, sealed) -> None:
    settings = place("sqlite")
    fill(settings)
    before = content_of(settings)

    with pytest.raises(ConflictError) as refused:
        database.restore(settings, sealed)

    assert refused.value.code is Code.REGISTRY_NOT_EMPTY
    assert content_of(settings) == before


def test_a_backup_carries_the_signing_keys_only_where_asked_and_never_the_roots(
    place, fill, clock, tmp_path
) -> None:
    settings, other = place("sqlite"), place("sqlite")
    fill(settings)
    init_keys(settings.data_dir, organization="Plant", now=clock())

    without = back_up(settings, clock, tmp_path / "without.zip")
    made = back_up(settings, clock, tmp_path / "with.zip", with_keys=True)
    database.restore(other, tmp_path / "with.zip", with_keys=True)

    assert without.keys == 0
    assert b"PRIVATE KEY" not in (tmp_path / "without.zip").read_bytes()
    restored = {path.name for path in (other.data_dir / "keys").rglob("*") if path.is_file()}
    assert len(list((other.data_dir / "keys").rglob("*.pem"))) == made.keys - 2
    assert not [name for name in restored if name.startswith("OFFLINE")]
    registry = open_registry(other, clock=clock)
    assert registry.signers is not None
    registry.close()


def test_a_backup_is_for_its_owner_only_and_overwrites_nothing(sealed, place, fill, clock) -> None:
    settings = place("sqlite")
    fill(settings)
    before = sealed.read_bytes()

    assert sealed.stat().st_mode & 0o077 == 0
    with pytest.raises(ConflictError):
        back_up(settings, clock, sealed)
    assert sealed.read_bytes() == before
    assert [path.name for path in sealed.parent.iterdir() if path.name.startswith(".")] == []


def test_makes_no_backup_of_a_registry_that_could_not_be_restored(place, fill, clock, tmp_path) -> None:
    settings = place("sqlite")
    fill(settings)
    victim = next(path for path in (settings.data_dir / "files").rglob("*") if path.is_file())
    victim.write_bytes(b"damaged")

    with pytest.raises(UnavailableError) as refused:
        back_up(settings, clock, tmp_path / "b.zip")

    assert refused.value.code is Code.FILE_DAMAGED
    assert not (tmp_path / "b.zip").exists()


def test_a_sound_registry_has_no_finding(settings, fill) -> None:
    fill(settings)

    found = database.check(settings)

    assert found.findings == ()
    assert found.files > 0


def test_what_waits_is_no_damage(settings, fill, clock) -> None:
    """Found by upgrading a demo plant: rows of what waits were taken for rows of what counts."""
    fill(settings)
    registry = open_registry(settings, clock=clock)
    head = {"happenedAt": "2026-03-01T09:00:00Z"}
    slots = [{"slot": "1", "package": "NOBODY'S"}]
    told = [
        head | {"type": "consumed", "id": "use", "unit": "NOBODY'S BOARD", "package": "NOBODY'S"},
        head | {"type": "setUp", "id": "slot", "station": "SMT", "slots": slots},
        head | {"type": "split", "id": "split", "package": "NOBODY'S", "into": [{"package": "NEW"}]},
    ]
    outcomes = event_service.ingest(registry, access.local_administrator(registry), told)
    registry.close()

    assert {each.state for each in outcomes} == {"pending"}
    assert codes_of(settings) == []


def test_what_was_corrected_or_sent_twice_is_no_damage(settings, fill, clock) -> None:
    fill(settings)
    registry = open_registry(settings, clock=clock)
    head = {"happenedAt": "2026-03-01T09:00:00Z", "source": "line"}
    use = head | {"type": "consumed", "id": "use", "unit": "NOBODY'S BOARD", "package": "NOBODY'S"}
    made = head | {"type": "unitCreated", "id": "made", "units": ["BOARD"]}
    told = [use, made, made | {"id": "again"}, head | {"type": "correction", "id": "no", "corrects": "use"}]
    outcomes = event_service.ingest(registry, access.local_administrator(registry), told)
    registry.close()

    assert [each.state.value for each in outcomes] == ["corrected", "accepted", "duplicate", "accepted"]
    assert codes_of(settings) == []


def test_what_waits_again_is_no_damage(settings, fill, clock) -> None:
    fill(settings)
    registry = open_registry(settings, clock=clock)
    head = {"happenedAt": "2026-03-01T09:00:00Z"}
    lot = {"manufacturer": "Bolt", "mpn": "P", "lotCode": "W"}
    told = [
        [
            head | {"type": "packageCreated", "id": "w reel", "package": "W", "lots": [lot]},
            head | {"type": "unitCreated", "id": "w board", "units": ["W1"]},
            head | {"type": "consumed", "id": "w use", "unit": "W1", "package": "W"},
        ],
        [head | {"type": "correction", "id": "w error", "corrects": "w reel"}],
    ]
    for each in told:
        event_service.ingest(registry, access.local_administrator(registry), each)
    registry.close()

    assert codes_of(settings) == []
    assert database.check(settings, full=True).findings == ()


def codes_of(settings: Settings) -> list[Code]:
    return [each.code for each in database.check(settings).findings]


def test_finds_files_that_are_missing_damaged_or_nobodys(settings, fill) -> None:
    fill(settings)
    (victim, *_) = sorted(path for path in (settings.data_dir / "files").rglob("*") if path.is_file())
    whole = victim.read_bytes()

    victim.write_bytes(whole[:-1] + b"!")
    assert codes_of(settings) == [Code.FILE_DAMAGED]
    victim.unlink()
    assert codes_of(settings) == [Code.FILE_MISSING]
    victim.write_bytes(whole)
    stray = settings.data_dir / "files" / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    assert codes_of(settings) == [Code.FILE_UNNAMED]
    assert database.check(settings).is_whole


def test_finds_a_thumbnail_whose_file_is_not_on_record(settings, fill) -> None:
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        digest = connection.execute(select(submission_file.c.sha256)).scalar_one()
        connection.execute(stored_file.delete().where(stored_file.c.sha256 == digest))
    engine.dispose()

    found = database.check(settings).findings

    assert [(each.code, each.file) for each in found] == [
        (Code.FILE_MISSING, digest),
        (Code.FILE_UNNAMED, digest),
    ]
    assert "submission_file" in found[0].message


def test_finds_a_document_whose_bytes_were_changed(settings, fill) -> None:
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        connection.execute(document_version.update().values(body=b'{"id":"another"}'))
    engine.dispose()

    found = database.check(settings)

    assert {each.code for each in found.findings} == {Code.ROW_DAMAGED}
    assert not found.is_whole


def test_says_that_the_schema_is_another_and_looks_no_further(place) -> None:
    settings = place("sqlite")
    engine = open_database(settings)
    migration.upgrade(engine, "0011")
    engine.dispose()

    assert codes_of(settings) == [Code.DATABASE_OUTDATED]


def test_a_question_makes_no_registry(place) -> None:
    settings = place("sqlite")

    with pytest.raises(ConfigurationError) as refused:
        database.check(settings)

    assert refused.value.code is Code.NO_REGISTRY
    assert str(settings.data_dir) in str(refused.value)
    assert not settings.data_dir.exists() or not list(settings.data_dir.iterdir())


def test_a_rebuilt_projection_is_what_it_was(settings, fill, clock) -> None:
    fill(settings)
    before = content_of(settings)
    registry = open_registry(settings, clock=clock)
    administrator = access.local_administrator(registry)

    assert [*database.recompute_projection(registry, administrator.site)] == []
    applied = database.rebuild_projection(registry, administrator)

    assert [*database.recompute_projection(registry, administrator.site)] == []
    registry.close()
    assert codes_of(settings) == []
    after = content_of(settings)
    assert applied == len(events())
    for name in ("alias", "event"):
        assert after[name] == before[name]


def test_finds_a_projection_that_is_not_what_the_events_say(settings, fill, clock) -> None:
    fill(settings)
    registry = open_registry(settings, clock=clock)
    administrator = access.local_administrator(registry)
    with registry.write(administrator.site) as connection:
        connection.execute(feed.update().values(seq_to=feed.c.seq_to + 1))
    before = content_of(settings)

    (found,) = database.recompute_projection(registry, administrator.site)

    assert (found.code, found.path) == (Code.PROJECTION_DIFFERS, "feed")
    assert content_of(settings) == before
    assert codes_of(settings) == [Code.PROJECTION_DIFFERS]
    database.rebuild_projection(registry, administrator)
    assert [*database.recompute_projection(registry, administrator.site)] == []
    registry.close()
    assert codes_of(settings) == []


@pytest.mark.parametrize(
    "change",
    [
        feed.delete(),
        feed.update().values(recorded_to=None, slot="forged"),
        unit.update().values(customer=None),
        run_unit.delete().where(run_unit.c.seq == 1),
        containment.update().values(recorded_to=datetime(2026, 3, 1, tzinfo=UTC)),
    ],
    ids=["deleted", "feed", "unit", "pass", "ended"],
)
def test_the_quick_check_finds_rows_that_were_changed_behind_it(settings, fill, clock, change) -> None:
    fill(settings)
    assert codes_of(settings) == []
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        assert connection.execute(change).rowcount > 0
    engine.dispose()

    (found,) = database.check(settings).findings

    assert (found.code, found.path) == (Code.PROJECTION_DIFFERS, change.table.name)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (event.delete().where(event.c.type == "unitCreated"), Code.PROJECTION_DIFFERS),
        (event.update().values(recorded_at=datetime(2026, 3, 1, tzinfo=UTC)), Code.PROJECTION_DIFFERS),
        (event.update().values(recorded_by="somebody else"), Code.PROJECTION_DIFFERS),
        (event.update().values(state="pending"), Code.ROW_DAMAGED),
        (event.update().values(state="rejected"), Code.ROW_DAMAGED),
        (alias.update().values(value="another"), Code.ROW_DAMAGED),
        (alias.update().values(kind="shipment"), Code.ROW_DAMAGED),
        (alias.delete(), Code.ROW_DAMAGED),
        (holder.update().values(value="another"), Code.ROW_DAMAGED),
        (holder.update().values(kind="shipment"), Code.ROW_DAMAGED),
        (holder.delete(), Code.ROW_DAMAGED),
        (naming.update().values(value="another"), Code.ROW_DAMAGED),
        (naming.update().values(kind="reused"), Code.PROJECTION_DIFFERS),
        (lot.update().values(code="another"), Code.ROW_DAMAGED),
        (lot.update().values(part_type=lot.c.part_type + 1000), Code.ROW_DAMAGED),
        (part_type.update().values(mpn="another"), Code.ROW_DAMAGED),
        (part_type.delete(), Code.ROW_DAMAGED),
    ],
)
def test_the_quick_check_finds_events_names_lots_and_part_types_that_were_changed(
    settings, fill, change, code
) -> None:
    fill(settings)
    assert codes_of(settings) == []
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        assert connection.execute(change).rowcount > 0
    engine.dispose()

    assert code in codes_of(settings)


@pytest.fixture
def with_copies(settings, fill, clock) -> Settings:
    """A registry with an event of which an equal one counts, one that was corrected, and one that waits."""
    fill(settings)
    head = {"happenedAt": "2026-03-01T09:00:00Z"}
    told = [
        head | {"type": "unitCreated", "id": "c board", "units": ["C1"]},
        head | {"type": "unitCreated", "id": "c copy", "units": ["C1"]},
        head | {"type": "tested", "id": "c wrong", "units": ["C1"], "result": "passed"},
        head | {"type": "correction", "id": "c error", "corrects": "c wrong"},
        head | {"type": "consumed", "id": "c waits", "unit": "C1", "package": "NOBODY'S"},
    ]
    registry = open_registry(settings, clock=clock)
    event_service.ingest(registry, access.local_administrator(registry), told)
    registry.close()
    return settings


def change_and_check(settings: Settings, change: Update, *, full: bool = False) -> list[tuple[Code, str]]:
    """Return what is found while something is changed behind the program's back."""
    engine, table = open_database(settings), change.table
    with begin_write(engine, Site("plant-1")) as connection:
        before = [dict(row) for row in connection.execute(select(table)).mappings()]
        assert connection.execute(change).rowcount > 0
    found = database.check(settings, full=full).findings
    with begin_write(engine, Site("plant-1")) as connection:
        connection.execute(delete(table))
        connection.execute(insert(table), before)
    engine.dispose()
    return [(each.code, each.message) for each in found]


def test_an_event_that_counts_or_waits_otherwise_than_is_told_is_named(with_copies) -> None:
    those = event.update().where(event.c.event_id.in_(["c board", "c copy", "c wrong"]))
    waits = event_wait.update().where(event_wait.c.shown.is_not(None))
    key, shown = event_wait.c.name_key + "x", event_wait.c.shown + "x"
    for change, names in (
        (those.values(counts=False, state="corrected"), ["'c board'", "'c copy'"]),
        (those.values(counts=True, state="accepted"), ["'c copy'", "'c wrong'"]),
        (waits.values(name_key=key), ["'c waits'"]),
    ):
        found = change_and_check(with_copies, change)
        assert {code for code, _ in found} == {Code.ROW_DAMAGED}
        assert sorted({re.findall(r"'c \w+'", message)[0] for _, message in found}) == names

    ((code, message),) = change_and_check(with_copies, waits.values(name_key=key, shown=shown), full=True)
    assert code is Code.PROJECTION_DIFFERS
    assert "'c waits'" in message
    assert database.check(with_copies, full=True).findings == ()


def test_when_a_source_spoke_is_compared_with_its_events(settings, fill, clock) -> None:
    fill(settings)
    registry = open_registry(settings, clock=clock)
    told = [
        {"type": "unitCreated", "id": "h made", "units": ["H1"], "run": "RUN", "firstSequence": 1},
        {"type": "unitCompleted", "id": "h done", "units": ["H1"], "run": "RUN"},
    ]
    for each in told:
        said = each | {"happenedAt": "2026-03-05T06:00:00Z", "source": "line 1"}
        event_service.ingest(registry, access.local_administrator(registry), [said])
    registry.close()
    later = source_heartbeat.update().values(last_event_at=datetime(2026, 3, 6, tzinfo=UTC))

    ((code, message),) = change_and_check(settings, later, full=True)

    assert code is Code.PROJECTION_DIFFERS
    assert source_heartbeat.name in message
    assert database.check(settings, full=True).findings == ()


def test_which_of_two_equal_statements_stays_does_not_depend_on_where_rows_lie(settings, clock) -> None:
    registry = open_registry(settings, clock=clock)
    administrator = access.local_administrator(registry)

    def tell(number: int, kind: str, **more: object) -> None:
        said = {"type": kind, "id": f"e{number}", "happenedAt": f"2026-03-01T{number + 6:02}:00:00Z"}
        event_service.ingest(registry, administrator, [said | more])
        clock.now += timedelta(seconds=1)

    tell(1, "unitCreated", units=["S1", "S2"])
    tell(2, "sameUnit", units=["S1", "S2"])
    equal = ("site", "item", "kind", "members", "event", "place")
    other = declaration.alias()
    same = and_(*(declaration.c[name] == other.c[name] for name in equal))
    both = (declaration.c.recorded_to.is_(None), other.c.recorded_to.is_(None))
    older = select(declaration).join(other, same).where(declaration.c.id < other.c.id, *both)
    with registry.engine.begin() as connection:
        rows = connection.execute(older).mappings().all()
        assert rows
        for row in rows:  # as a vacuumed page that is filled again does: it lies behind the other one now
            connection.execute(delete(declaration).where(declaration.c.id == row["id"]))
            connection.execute(insert(declaration), dict(row))
    tell(3, "correction", corrects="e2")
    registry.close()

    assert database.check(settings, full=True).findings == ()


def test_a_name_of_a_party_that_leads_to_another_is_found(settings, fill) -> None:
    fill(settings)
    other = select(party.c.id).where(party.c.code == "meditec").scalar_subquery()

    ((code, message),) = change_and_check(
        settings, alias.update().where(alias.c.value == "bolt").values(item=other)
    )

    assert code is Code.ROW_DAMAGED
    assert "'bolt' leads to a party" in message


def test_rows_that_were_deleted_with_their_own_sum_are_found(settings, fill) -> None:
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        assert connection.execute(containment.delete()).rowcount > 0
        connection.execute(projection_sum.delete().where(projection_sum.c.table_name == "containment"))
    engine.dispose()

    assert codes_of(settings) == [Code.PROJECTION_DIFFERS]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE submission SET size = 'large'",
        "UPDATE event SET body = body || ' '",
        "UPDATE document_version SET body = 12",
        "UPDATE containment SET recorded_from = 'soon'",
        "UPDATE document SET updated_at = 'yesterday'",
        "UPDATE audit SET at = x'00'",
        "UPDATE party SET name = x'00'",
    ],
)
def test_a_value_of_another_type_is_told_with_its_table_and_column(place, fill, change) -> None:
    settings = place("sqlite")
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        assert connection.exec_driver_sql(change).rowcount > 0
    engine.dispose()

    (found,) = database.check(settings).findings

    assert (found.code, found.path) == (Code.DATABASE_DAMAGED, change.split()[1])
    assert change.split()[3] in found.message


def test_rows_that_were_changed_are_found_where_the_sums_are_gone_too(settings, fill) -> None:
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        connection.execute(projection_sum.delete())
        connection.execute(containment.delete())
    engine.dispose()

    assert Code.PROJECTION_DIFFERS in codes_of(settings)
    assert not database.check(settings, full=True).is_whole


def test_the_sums_of_an_older_database_are_kept_from_its_upgrade_on(settings, fill, clock) -> None:
    fill(settings)
    engine = open_database(settings)
    with begin_write(engine, Site("plant-1")) as connection:
        connection.execute(projection_sum.delete())
    engine.dispose()

    database.upgrade(settings)

    assert codes_of(settings) == []
    engine = open_database(settings)
    with begin_read(engine) as connection:
        kept = connection.execute(select(projection_sum.c.table_name)).scalars().all()
    engine.dispose()
    assert {"feed", "unit", "run_unit", "containment"} <= set(kept)


@pytest.mark.parametrize("damage", ["garbage", "pages", "cut off", "empty page"])
def test_a_damaged_database_is_told_not_thrown(place, fill, damage) -> None:
    settings = place("sqlite")
    fill(settings)
    file = settings.data_dir / "registry.sqlite3"
    content = bytearray(file.read_bytes())
    page = int.from_bytes(content[16:18])
    if damage == "garbage":
        content[:] = b"this is no database " * 1000
    elif damage == "pages":
        content[5 * page :] = bytes(each ^ 0x5A for each in content[5 * page :])
    elif damage == "cut off":
        del content[len(content) // 2 :]
    else:
        content[20 * page : 21 * page] = bytes(page)
    file.write_bytes(content)

    found = database.check(settings)

    assert not found.is_whole
    assert {each.code for each in found.findings} == {Code.DATABASE_DAMAGED}


def test_a_data_folder_that_cannot_be_used_is_one_clear_line(tmp_path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError) as refused:
        open_registry(Settings(data_dir=tmp_path / "file" / "data"))

    assert refused.value.code is Code.DATA_FOLDER_UNUSABLE
    assert "\n" not in str(refused.value)
