"""Files of a package on their way into the store, and what goes with its shells."""

import io

import pytest
from aas_samples import aasx, environment, shell, submodel

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.package import IdentifiableKind, PackageFile
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import no_progress
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import access
from aas_registry.services.intake import package_files, receipts, uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.package_files import PackageParts
from aas_registry.services.registry import Registry
from aas_registry.storage.documents import documents
from aas_registry.storage.uploads import submission_files

NOTE = PackageFile.of("/aasx/note.txt", "text/plain", b"a note")
PICTURE = PackageFile.of("/Thumbnail.png", "image/png", b"a picture")
Told = list[tuple[str, int, int | None]]


@pytest.fixture
def who(registry: Registry) -> Principal:
    return access.local_administrator(registry)


def stage(registry: Registry, who: Principal, content: bytes, told: Told, *, keep: bool) -> PackageParts:
    stream = io.BytesIO(content)
    received = receipts.receive(registry, who, Arrival(stream, "a.aasx"), progress=no_progress)
    package = read_upload(recognise(stream, "a.aasx", limits=registry.limits), limits=registry.limits)
    with registry.files.staging() as staging:
        parts = package_files.stage(
            staging,
            stream,
            package,
            submission=received.submission,
            progress=lambda *each: told.append(each),
        )
        if keep:
            staging.keep()
    return parts


def upload(registry: Registry, who: Principal, content: bytes, name: str = "a.aasx") -> None:
    uploads.take_upload(registry, who, Arrival(io.BytesIO(content), name))


def borne_by(registry: Registry, who: Principal, kind: IdentifiableKind, identifier: str) -> list[str]:
    with registry.read() as connection:
        found = documents.find_document(connection, who.scope, kind, identifier)
        assert found is not None
        files = submission_files.find_submission_files(connection, who.site, [found.id])
    return [f"{each.role.value} {each.part}" for of_package in files.values() for each in of_package]


def test_the_original_and_each_file_are_written_and_counted_in_bytes(registry: Registry, who) -> None:
    content, told = aasx(shell("urn:1"), files=[NOTE], thumbnail=PICTURE), []

    parts = stage(registry, who, content, told, keep=True)

    assert [(each.name, each.size) for each in parts.parts] == [("/Thumbnail.png", 9), ("/aasx/note.txt", 6)]
    assert parts.thumbnail == "/Thumbnail.png"
    assert registry.files.read(parts.parts[1].sha256) == b"a note"
    assert registry.files.read(digest_of(content)) == content
    total = len(content) + 9 + 6
    assert told[-1] == ("storing", total, total)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_what_is_not_kept_is_not_in_the_store(registry: Registry, who) -> None:
    stage(registry, who, aasx(shell("urn:1"), files=[NOTE]), [], keep=False)

    assert list(registry.files.digests()) == []


def test_a_thumbnail_that_is_a_file_too_is_written_once(registry: Registry, who) -> None:
    content = aasx(shell("urn:1"), files=[PICTURE], thumbnail=PICTURE)

    parts = stage(registry, who, content, [], keep=True)

    assert [each.name for each in parts.parts] == ["/Thumbnail.png"]


def test_what_no_object_names_goes_with_the_shells(registry: Registry, who) -> None:
    upload(registry, who, aasx(shell("urn:1"), submodel("urn:2"), files=[NOTE], thumbnail=PICTURE))

    assert borne_by(registry, who, IdentifiableKind.SHELL, "urn:1") == [
        "thumbnail /Thumbnail.png",
        "supplementary /aasx/note.txt",
    ]
    assert borne_by(registry, who, IdentifiableKind.SUBMODEL, "urn:2") == []


def test_without_a_shell_it_goes_with_the_submodels(registry: Registry, who) -> None:
    upload(registry, who, aasx(submodel("urn:2"), files=[NOTE]))

    assert borne_by(registry, who, IdentifiableKind.SUBMODEL, "urn:2") == ["supplementary /aasx/note.txt"]


def test_the_last_package_of_a_shell_decides_and_bare_json_changes_nothing(registry: Registry, who) -> None:
    upload(registry, who, aasx(shell("urn:1"), shell("urn:2"), files=[NOTE]))
    upload(registry, who, aasx(shell("urn:1"), thumbnail=PICTURE))
    upload(registry, who, environment(shell("urn:2", serial="7")), "a.json")

    assert borne_by(registry, who, IdentifiableKind.SHELL, "urn:1") == ["thumbnail /Thumbnail.png"]
    assert borne_by(registry, who, IdentifiableKind.SHELL, "urn:2") == ["supplementary /aasx/note.txt"]
