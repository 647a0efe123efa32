"""Uploads from the first byte to the commit, on both databases: real files, and large ones.

The published files of the corpus, an AASX of a thousand submodels against the SDK's strict
parse of the same bytes, and many lots through the intake alone. Of a real file counts what
is beyond reading and validating it. Where the corpus is absent, its figures are left out.
"""

import io
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from aas_samples import lot_shell, reference, submodel, text
from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer
from basyx.aas.model import DictIdentifiableStore
from databases import available, empty_registry
from figure import Figure
from timing import milliseconds, once

from aas_registry.domain.errors import ConflictError, RefusedError
from aas_registry.domain.identifiers import PartyId, Site, SubmissionId
from aas_registry.domain.lot_texts import LOT_DATA, LOT_NAMEPLATE
from aas_registry.domain.package import AasPackage, Identifiable, IdentifiableKind
from aas_registry.domain.submitter import Submitter
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import access
from aas_registry.services.intake import identifiables as intake
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.intake.uploads import take_upload
from aas_registry.services.registry import Registry

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "aas"
SUFFIXES = {".aasx", ".json", ".xml"}
SUBMODELS, ELEMENTS = 1000, 20
LOTS = 20_000
SITE = Site("plant")


def figures() -> Iterator[Figure]:
    """Yield milliseconds, seconds and a ratio for each database."""
    package = _large_package()
    rival = min(once(lambda: _parse(package))[0] for _ in range(2))
    for database in available():
        with empty_registry(database) as registry:
            yield from _corpus(registry, database)
        with empty_registry(database) as registry:
            ours = min(_upload(registry, f"{turn}.aasx", _large_package(turn))[1] for turn in range(2))
            detail = milliseconds(ours=ours, rival=rival) + f", {len(package):,} bytes"
            name = f"{database}-aasx-{SUBMODELS}-submodels-against-sdk-parse"
            yield Figure(name, ours / rival, "x", 1.5, "at most", detail)
        for count in (1000, 10_000):
            with empty_registry(database) as registry:
                spent = _intake(registry, map(_submodel, range(count)))
                yield Figure(f"{database}-intake-{count}-submodels", spent, "s", count / 1000, "at most")
        with empty_registry(database) as registry:
            spent = _intake(registry, chain.from_iterable(map(_lot, range(LOTS))))
            detail = f"{3 * LOTS:,} identifiables"
            yield Figure(f"{database}-intake-{LOTS}-lots", spent, "s", 30, "at most", detail)


def _corpus(registry: Registry, database: str) -> Iterator[Figure]:
    paths = sorted(path for path in CORPUS.rglob("*") if path.suffix.lower() in SUFFIXES)
    beyond: list[float] = []
    whole: dict[Path, float] = {}
    for path in paths:
        with suppress(RefusedError, ConflictError):
            content = path.read_bytes()
            reading, total = _upload(registry, path.name, content)
            beyond.append(total - reading)
            whole[path] = total
    if beyond:
        detail = f"{len(beyond)} of {len(paths)} files"
        yield Figure(
            f"{database}-median-file-beyond-validation", 1000 * median(beyond), "ms", 15, "at most", detail
        )
        slowest = max(whole, key=whole.__getitem__)
        detail = f"{slowest.name}, {slowest.stat().st_size:,} bytes"
        yield Figure(f"{database}-slowest-file-whole", whole[slowest], "s", 5, "at most", detail)


def _upload(registry: Registry, name: str, content: bytes) -> tuple[float, float]:
    """Return the seconds of reading alone, and of the whole upload."""
    reading, _ = once(
        lambda: read_upload(
            recognise(io.BytesIO(content), name, limits=registry.limits), limits=registry.limits
        )
    )
    principal = access.local_administrator(registry)
    stream = io.BytesIO(content)
    total, _ = once(lambda: take_upload(registry, principal, Arrival(stream, name)))
    return reading, total


def _parse(package: bytes) -> None:
    store: DictIdentifiableStore = DictIdentifiableStore()
    with AASXReader(io.BytesIO(package), failsafe=False) as reader:
        reader.read_into(store, DictSupplementaryFileContainer())
    assert len(store) == SUBMODELS + 1


def _intake(registry: Registry, identifiables: Iterator[Identifiable]) -> float:
    """Return the seconds of a transaction that takes identifiables as they are made."""
    submitter = Submitter(site=SITE, party=PartyId(1), submission=SubmissionId(1), at=registry.clock())

    def take() -> None:
        with registry.write(SITE) as connection:
            intake.take(registry, connection, submitter, identifiables)

    return once(take)[0]


def _large_package(turn: int = 0) -> bytes:
    named = [f"urn:example:{turn}:{number}" for number in range(SUBMODELS)]
    shell = lot_shell(f"urn:example:{turn}:shell", code="L1")
    shell["submodels"] = [reference("Submodel", each) for each in named]
    bodies = [_submodel(number, each).body for number, each in enumerate(named)]
    entries = (
        _entry(IdentifiableKind.SHELL, shell),
        *(_entry(IdentifiableKind.SUBMODEL, each) for each in bodies),
    )
    return write_aasx(AasPackage(metamodel="3.1", identifiables=entries))


def _submodel(number: int, identifier: str = "") -> Identifiable:
    body = submodel(
        identifier or f"urn:example:{number}",
        *(_element(index, number) for index in range(ELEMENTS)),
        semantic_id="https://example.com/submodels/Measurements/1/0",
    )
    return _entry(IdentifiableKind.SUBMODEL, body)


def _element(index: int, number: int) -> dict[str, Any]:
    meaning = {"type": "GlobalReference", "value": f"0173-1#02-AAO{index:03d}#002"}
    return {
        **text(f"Value{index}", f"measured {index} of {number}"),
        "semanticId": {"type": "ExternalReference", "keys": [meaning]},
        "description": [
            {"language": "en", "text": f"Measured value {index} of the data sheet"},
            {"language": "de", "text": f"Messgröße {index} des Datenblatts"},
        ],
    }


def _lot(number: int) -> Iterator[Identifiable]:
    shell = lot_shell(f"urn:lot:{number}", code=f"L{number:06d}", mpn=f"MPN-{number % 200}")
    papers = [
        submodel(f"urn:nameplate:{number}", text("CountryOfOrigin", "DE"), semantic_id=LOT_NAMEPLATE),
        submodel(
            f"urn:data:{number}",
            text("Quantity", "4000"),
            text("DateCode", "2611"),
            text("DeliveryNote", "DN-7"),
            semantic_id=LOT_DATA,
        ),
    ]
    shell["submodels"] = [reference("Submodel", each["id"]) for each in papers]
    yield _entry(IdentifiableKind.SHELL, shell)
    yield from (_entry(IdentifiableKind.SUBMODEL, each) for each in papers)


def _entry(kind: IdentifiableKind, body: dict[str, Any]) -> Identifiable:
    return Identifiable(kind=kind, identifier=body["id"], id_short=body["idShort"], body=body)
