"""Exporting 1,000 submodels with their files as AASX against the SDK's writer.

Ours reads the stored objects from the database, finds shells, submodels and files, proves
that XML loses nothing, chooses the version, and writes the package into a file. The rival
has the same objects in memory already, as objects of its own, and writes them. A second
figure is the memory that a large export takes: its files are copied piece by piece.
"""

import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from basyx.aas.adapter.aasx import AASXReader, AASXWriter, DictSupplementaryFileContainer
from basyx.aas.model import DictIdentifiableStore
from figure import Figure
from timing import fastest, milliseconds

from aas_registry.domain.exports import ExportForm, Selection
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind, PackageFile
from aas_registry.domain.principals import Principal
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import build_lot_package
from aas_registry.services import access, exports, parties
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings

LOTS = 500  # each has a shell and two submodels
FILE_MIB, FILES = 16, 8
MIB = 1024 * 1024


def figures() -> Iterator[Figure]:
    """Yield times against the SDK's writer, and the memory of a large export."""
    with tempfile.TemporaryDirectory() as folder:
        registry = open_registry(Settings(data_dir=Path(folder)))
        principal = access.local_administrator(registry)
        parties.add_party(registry, principal, code="bolt", name="Bolt")
        take(registry, principal, write_aasx(lots()), "bolt")
        wanted = Selection(party="bolt")
        ours, content = fastest(lambda: exported(registry, principal, wanted), rounds=3)
        store, files = opened(content)
        rival, _ = fastest(lambda: written_by_rival(store, files), rounds=3)
        detail = milliseconds(ours=ours, rival=rival)
        yield Figure("export-1000-submodels-aasx", ours / rival, "x", 2, "at most", detail)
        parties.add_party(registry, principal, code="arro", name="Arro")
        take(registry, principal, write_aasx(with_files()), "arro")
        yield Figure(
            f"export-memory-{FILE_MIB * FILES}-MiB", peak_mib(registry, principal), "MiB", 20, "at most"
        )
        registry.close()


def lots() -> AasPackage:
    """Return the shells and submodels of many lots in one package."""
    packages = [
        build_lot_package(
            LotFacts(
                manufacturer="Bolt",
                mpn="CAP-100N",
                lot_code=f"L{number:05}",
                shell=f"https://bolt.example/lots/{number}",
                quantity=Decimal(4000),
                date_codes=("2611",),
            )
        )
        for number in range(LOTS)
    ]
    identifiables = tuple(entry for package in packages for entry in package.identifiables)
    return AasPackage(metamodel="3.1", identifiables=identifiables)


def with_files() -> AasPackage:
    """Return a submodel that names large files."""
    parts = [f"/aasx/files/{number}.bin" for number in range(FILES)]
    elements = [
        {
            "modelType": "File",
            "idShort": f"F{number}",
            "contentType": "application/octet-stream",
            "value": part,
        }
        for number, part in enumerate(parts)
    ]
    body = {"modelType": "Submodel", "id": "urn:files", "submodelElements": elements}
    entry = Identifiable(kind=IdentifiableKind.SUBMODEL, identifier="urn:files", id_short=None, body=body)
    contents = [bytes([number]) * 1000 + bytes(range(256)) for number in range(FILES)]
    files = tuple(
        PackageFile.of(part, "application/octet-stream", (content * (FILE_MIB * MIB // len(content))))
        for part, content in zip(parts, contents, strict=True)
    )
    return AasPackage(metamodel="3.1", identifiables=(entry,), files=files)


def take(registry: Registry, principal: Principal, content: bytes, party: str) -> None:
    """Upload a package."""
    uploads.take_upload(
        registry, principal, Arrival(io.BytesIO(content), "a.aasx", options=UploadOptions(on_behalf_of=party))
    )


def exported(registry: Registry, principal: Principal, wanted: Selection) -> bytes:
    """Return an export as AASX."""
    made = exports.export(registry, principal, wanted, ExportForm.AASX)
    assert made.stream is not None
    with made.stream as stream:
        return stream.read()


def opened(content: bytes) -> tuple[DictIdentifiableStore, DictSupplementaryFileContainer]:
    """Return what the SDK reads of our export."""
    store, files = DictIdentifiableStore(), DictSupplementaryFileContainer()
    with AASXReader(io.BytesIO(content), failsafe=False) as reader:
        reader.read_into(store, files)
    assert len(store) == 3 * LOTS
    return store, files


def written_by_rival(store: DictIdentifiableStore, files: DictSupplementaryFileContainer) -> int:
    """Write the same objects with the SDK."""
    stream = io.BytesIO()
    with AASXWriter(stream) as writer:
        writer.write_all_aas_objects("/aasx/data.xml", store, files)
    return len(stream.getvalue())


def peak_mib(registry: Registry, principal: Principal) -> float:
    """Return the most memory that Python held for an export of large files."""
    tracemalloc.start()
    made = exports.export(registry, principal, Selection(party="arro"), ExportForm.AASX)
    assert made.stream is not None
    made.stream.close()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / MIB
