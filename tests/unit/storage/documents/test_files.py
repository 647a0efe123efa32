"""Files that objects name: of a version, or of the current version of each object."""

import pytest
from aas_samples import submodel

from aas_registry.domain.identifiers import DocumentId, Sha256, Site, SubmissionId
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake.identifiables import StoredPart, Submitter
from aas_registry.services.registry import Registry
from aas_registry.storage.documents import files as document_files
from aas_registry.storage.index_keys import index_key

PLANT = Site("plant")
LONG = "/aasx/" + "n" * 3000 + ".pdf"


def file(id_short: str, value: str) -> dict[str, str]:
    return {"modelType": "File", "idShort": id_short, "contentType": "application/pdf", "value": value}


@pytest.fixture
def take(registry: Registry):
    def taken(identifier: str, parts: dict[str, str]) -> DocumentId:
        body = submodel(identifier, *(file(f"F{number}", name) for number, name in enumerate(parts)))
        entry = Identifiable(
            kind=IdentifiableKind.SUBMODEL, identifier=identifier, id_short="Data", body=body
        )
        stored = [
            StoredPart(name, Sha256(digest * 64), "application/pdf", 1) for name, digest in parts.items()
        ]
        submitter = Submitter(site=PLANT, party=1, submission=SubmissionId(1), at=registry.clock())
        with registry.write(PLANT) as connection:
            found = intake.take(registry, connection, submitter, [entry], stored)
        return found.documents[IdentifiableKind.SUBMODEL, identifier]

    return taken


def test_each_version_keeps_the_file_that_it_named(registry: Registry, take) -> None:
    number = take("urn:1", {"/a.pdf": "1"})
    take("urn:1", {"/a.pdf": "2"})

    with registry.read() as connection:
        versions = [
            document_files.find_file(connection, PLANT, number, version, "/a.pdf") for version in (1, 2, 3)
        ]
        other = document_files.find_file(connection, PLANT, number, 1, "/b.pdf")
        elsewhere = document_files.find_file(connection, Site("other"), number, 1, "/a.pdf")

    assert versions == [(Sha256("1" * 64), "application/pdf"), (Sha256("2" * 64), "application/pdf"), None]
    assert (other, elsewhere) == (None, None)


def test_the_current_files_of_many_objects_are_listed_at_once(registry: Registry, take) -> None:
    first = take("urn:1", {"/a.pdf": "1", LONG: "2"})
    take("urn:1", {"/a.pdf": "3", LONG: "2"})
    second = take("urn:2", {"/b.pdf": "4"})
    without = take("urn:3", {})

    with registry.read() as connection:
        asked = [first, second, without, DocumentId(999), *map(DocumentId, range(10_000, 11_000))]
        found = document_files.list_current_files(connection, PLANT, asked)

    digests = {
        number: {name: sha256[0] for name, (sha256, _) in files.items()} for number, files in found.items()
    }
    assert digests == {first: {"/a.pdf": "3", index_key(LONG): "2"}, second: {"/b.pdf": "4"}}
