"""What we write, others read: our own reader, and basyx-python-sdk without mercy."""

import io
import json
import os
import tracemalloc
import zipfile
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from aas_samples import write_environment_json, write_environment_xml
from basyx.aas import model
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.adapter.json import read_aas_json_file
from basyx.aas.adapter.xml import read_aas_xml_file

from aas_registry.domain.certificate_claims import AcceptanceSampling
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, PackageFile
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.aasx_writer import (
    DataFormat,
    save_aasx,
    write_aasx,
)
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.formats.package.upload import read_upload

FACTS = LotFacts(
    manufacturer="Example & Sons <GmbH>",
    mpn="007-X",
    lot_code="0042",
    shell="https://example.com/lots/0042",
    date_codes=("2419", "2420"),
    quantity=Decimal("4000.5"),
    unit_of_measure="C62",
    delivery_note="DN-1",
    internal_part_number="00471",
    country_of_origin="DE",
    manufactured_on=date(2024, 5, 6),
)
CERTIFICATE = LotCertificate(
    file=PackageFile.of("/aasx/files/certificate.pdf", "application/pdf", b"%PDF-1.7"),
    number="C-1",
    document_type="Certificate of conformity",
    title="Certificate of conformity",
    issued_on=date(2024, 5, 7),
    expires_on=date(2026, 5, 7),
    sampling=AcceptanceSampling(125, 3, 4, 1),
)


def told(file: PackageFile) -> tuple[str, str, int, bytes]:
    return file.part, file.media_type, file.size, file.read()


@pytest.fixture
def package() -> AasPackage:
    picture = PackageFile.of("/thumbnail.png", "image/png", b"png")
    return build_lot_package(
        FACTS, designation="\u00e4 \r\n]]>", certificates=[CERTIFICATE], thumbnail=picture
    )


@pytest.mark.parametrize("data_format", ["xml", "json"])
def test_reads_back_what_it_wrote(package: AasPackage, data_format: DataFormat, limits: Limits) -> None:
    written = write_aasx(package, data_format=data_format)

    read = read_upload(recognise(io.BytesIO(written), "lot.aasx", limits=limits), limits=limits)

    assert [entry.body for entry in read.identifiables] == [entry.body for entry in package.identifiables]
    assert [told(each) for each in (*read.files, read.thumbnail)] == [
        told(each) for each in (*package.files, package.thumbnail)
    ]
    assert read.findings == ()
    assert read.metamodel == "3.1"


@pytest.mark.parametrize("data_format", ["xml", "json"])
def test_opens_strictly_in_basyx(package: AasPackage, data_format: DataFormat) -> None:
    objects: model.DictIdentifiableStore[model.Identifiable] = model.DictIdentifiableStore()
    files = DictSupplementaryFileContainer()

    with AASXReader(io.BytesIO(write_aasx(package, data_format=data_format)), failsafe=False) as reader:
        reader.read_into(objects, files)
        thumbnail = reader.get_thumbnail()

    assert {each.id for each in objects} == {entry.identifier for entry in package.identifiables}
    assert list(files) == ["/aasx/files/certificate.pdf"]
    assert thumbnail == b"png"


def test_environments_open_strictly_in_basyx(package: AasPackage) -> None:
    ids = {entry.identifier for entry in package.identifiables}

    xml = read_aas_xml_file(io.BytesIO(write_environment_xml(package.identifiables)), failsafe=False)
    text = io.StringIO(write_environment_json(package.identifiables).decode())
    from_json = read_aas_json_file(text, failsafe=False)

    assert {each.id for each in xml} == {each.id for each in from_json} == ids


def test_the_same_package_gives_the_same_bytes(package: AasPackage) -> None:
    assert write_aasx(package) == write_aasx(package)


def test_writes_and_reads_metamodel_3_0(limits: Limits) -> None:
    body = {
        "modelType": "Submodel",
        "id": "urn:a",
        "submodelElements": [{"modelType": "Capability", "idShort": "X"}],
    }
    entry = Identifiable(kind=IdentifiableKind.SUBMODEL, identifier="urn:a", id_short=None, body=body)

    written = write_aasx(AasPackage(metamodel="3.0", identifiables=(entry,)))
    read = read_upload(recognise(io.BytesIO(written), "a.aasx", limits=limits), limits=limits)

    assert (read.metamodel, read.identifiables[0].body, read.findings) == ("3.0", body, ())


def test_encodes_part_names_that_are_no_ascii(limits: Limits) -> None:
    odd = LotCertificate(
        file=PackageFile.of("/aasx/files/zertifikat \u00e4.pdf", "application/pdf", b"%PDF"),
        number="C-2", document_type="CoC", title="CoC", issued_on=date(2024, 1, 1),
    )  # fmt: skip

    written = write_aasx(build_lot_package(FACTS, certificates=[odd]))
    read = read_upload(recognise(io.BytesIO(written), "lot.aasx", limits=limits), limits=limits)

    assert read.findings == ()
    assert [each.part for each in read.files] == ["/aasx/files/zertifikat%20%C3%A4.pdf"]


@pytest.mark.parametrize("part", ["/aasx/data.xml", "/aasx/Aasx-Origin", "/aasx/files/CERTIFICATE.pdf"])
def test_refuses_a_file_in_the_place_of_another(package: AasPackage, part: str) -> None:
    clash = PackageFile.of(part, "text/plain", b"other")
    changed = AasPackage(metamodel="3.1", identifiables=package.identifiables, files=(*package.files, clash))

    with pytest.raises(InvalidRequestError):
        write_aasx(changed)


def test_json_environment_lists_each_kind_once(package: AasPackage) -> None:
    environment = json.loads(write_environment_json(package.identifiables))

    assert {member: len(items) for member, items in environment.items()} == {
        "assetAdministrationShells": 1, "submodels": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "compression"),
    [
        (bytes(3 * 2**20), zipfile.ZIP_STORED),
        (os.urandom(2**17) + bytes(64 * 2**20), zipfile.ZIP_STORED),
        (bytes(2**20), zipfile.ZIP_STORED),
        (bytes(4096), zipfile.ZIP_DEFLATED),
        (b"".join(b"line %d\n" % number for number in range(200_000)), zipfile.ZIP_DEFLATED),
    ],
)
def test_writes_nothing_that_readers_take_for_a_bomb(
    content: bytes, compression: int, limits: Limits
) -> None:
    entry = Identifiable(
        kind=IdentifiableKind.SUBMODEL,
        identifier="urn:a",
        id_short=None,
        body={"modelType": "Submodel", "id": "urn:a"},
    )
    file = PackageFile.of("/aasx/files/a.txt", "text/plain", content)

    written = write_aasx(AasPackage(metamodel="3.1", identifiables=(entry,), files=(file,)))

    assert zipfile.ZipFile(io.BytesIO(written)).getinfo("aasx/files/a.txt").compress_type == compression
    [again] = read_upload(recognise(io.BytesIO(written), "a.aasx", limits=limits), limits=limits).files
    assert again.digest() == file.digest()


def test_does_not_compress_what_is_compressed() -> None:
    written = write_aasx(build_lot_package(FACTS, certificates=[CERTIFICATE]))

    assert (
        zipfile.ZipFile(io.BytesIO(written)).getinfo("aasx/files/certificate.pdf").compress_type
        == zipfile.ZIP_STORED
    )


def test_refuses_in_xml_what_xml_would_lose_and_names_it() -> None:
    bodies = [
        {"modelType": "Submodel", "id": "urn:unknown", "member": 1},
        {"modelType": "Submodel", "id": "urn:control", "idShort": "a\u0001"},
        {"modelType": "Submodel", "id": "urn:clean"},
        {"modelType": "Submodel", "id": "urn:empty", "submodelElements": {}},
    ]
    entries = [
        Identifiable(kind=IdentifiableKind.SUBMODEL, identifier=body["id"], id_short=None, body=body)
        for body in bodies
    ]

    with pytest.raises(RefusedError) as raised:
        write_environment_xml(entries)

    assert {each.code for each in raised.value.findings} == {Code.EXPORT_NOT_XML}
    named = " ".join(each.message for each in raised.value.findings)
    assert [body["id"] in named for body in bodies] == [True, True, False, True]


def test_lists_at_most_a_hundred_of_them() -> None:
    entries = [
        Identifiable(
            kind=IdentifiableKind.SUBMODEL, identifier=f"urn:{n}", id_short=None, body={"id": f"urn:{n}"}
        )
        for n in range(120)
    ]

    with pytest.raises(RefusedError) as raised:
        write_environment_xml(entries)

    assert len(raised.value.findings) == 101
    assert "120" in raised.value.findings[-1].message


def test_memory_does_not_grow_with_the_files(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as stream:
        for _ in range(64):
            stream.write(os.urandom(2**20))
    entry = Identifiable(
        kind=IdentifiableKind.SUBMODEL,
        identifier="urn:a",
        id_short=None,
        body={"modelType": "Submodel", "id": "urn:a"},
    )
    file = PackageFile(
        "/large.bin", "application/octet-stream", large.stat().st_size, partial(large.open, "rb")
    )
    data = io.BytesIO(write_environment_json([entry]))

    tracemalloc.start()
    with (tmp_path / "a.aasx").open("w+b") as target:
        save_aasx(target, data=data, data_format="json", files=[file])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (tmp_path / "a.aasx").stat().st_size > large.stat().st_size
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    "media_type", ["", "text", "text/html\nSet-Cookie: a=b", '"/><x a="', "x" * 300 + "/y"]
)
def test_declares_what_is_no_media_type_as_plain_bytes(
    package: AasPackage, media_type: str, limits: Limits
) -> None:
    odd = PackageFile.of("/aasx/files/odd", media_type, b"odd")
    changed = AasPackage(metamodel="3.1", identifiables=package.identifiables, files=(odd,))

    [read] = read_upload(
        recognise(io.BytesIO(write_aasx(changed)), "a.aasx", limits=limits), limits=limits
    ).files

    assert (read.media_type, read.read()) == ("application/octet-stream", b"odd")
