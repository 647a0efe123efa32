"""Certificates of packages: what one covers, and what many of them, or many lots, may cost."""

import io
from datetime import date
from typing import Any

import pytest
from certificate_samples import paper
from sqlalchemy import event

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import AasPackage, PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access
from aas_registry.services.certificates import certificates
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import Registry


def lot(code: str, *, manufacturer: str = "Bolt", mpn: str = "CAP-1") -> LotFacts:
    shell = f"urn:lot:{manufacturer}:{mpn}:{code}".replace(" ", "-")
    return LotFacts(manufacturer=manufacturer, mpn=mpn, lot_code=code, shell=shell)


def document(*covers: LotFacts, name: str = "c.pdf", content: bytes | None = None) -> LotCertificate:
    return LotCertificate(
        file=PackageFile.of(f"/aasx/files/{name}", "application/pdf", content or paper()),
        number=name,
        document_type="Certificate of conformity",
        title="Certificate",
        issued_on=date(2026, 3, 4),
        covers=covers,
    )


def package(facts: LotFacts, *documents: LotCertificate) -> AasPackage:
    return build_lot_package(facts, certificates=documents)


def upload(registry: Registry, content: AasPackage) -> dict[str, Any]:
    stream = io.BytesIO(write_aasx(content))
    asker = access.local_administrator(registry)
    return uploads.take_upload(registry, asker, Arrival(stream, "lot.aasx")).outcome


def covered(registry: Registry, outcome: dict[str, Any]) -> list[list[str]]:
    asker = access.local_administrator(registry)
    rows = [certificates.get_certificate(registry, asker, each["id"]) for each in outcome["certificates"]]
    return [[lot.code for _, lot in row.lots] for row in rows]


def test_a_certificate_covers_the_lot_of_its_shell_and_known_lots_that_it_names(registry: Registry) -> None:
    upload(registry, package(lot("A-1")))

    outcome = upload(registry, package(lot("A-2"), document(lot("A-1"), lot("UNKNOWN"))))

    assert covered(registry, outcome) == [["A-1", "A-2"]]


def test_lots_whose_names_read_alike_are_both_covered(registry: Registry) -> None:
    alike = lot("1", manufacturer="Bolt A", mpn="C"), lot("1", manufacturer="Bolt", mpn="A C")
    upload(registry, package(alike[1]))

    outcome = upload(registry, package(alike[0], document(*alike)))

    assert covered(registry, outcome) == [["1", "1"]]


def test_a_document_that_is_named_twice_is_one_certificate(registry: Registry) -> None:
    content = package(lot("A-1"), document())
    files = content.identifiables[-1].body["submodelElements"][-1]["value"][0]["value"]
    listed = next(each for each in files if each["idShort"] == "DigitalFiles")["value"]
    listed += listed

    assert len(upload(registry, content)["certificates"]) == 1


def test_a_package_is_refused_whose_certificate_covers_more_lots_than_the_limit(make_registry: Any) -> None:
    registry = make_registry(certificate_lots=2)
    content = package(lot("A-1"), document(*(lot(f"B-{number}") for number in range(3))))

    with pytest.raises(RefusedError) as refused:
        upload(registry, content)

    (finding,) = refused.value.findings
    assert finding.code is Code.CERTIFICATE_LOTS
    assert finding.path == "urn:lot:Bolt:CAP-1:A-1#QualityCertificate/1/DocumentInstances[0].DigitalFiles[0]"


def test_a_package_is_refused_whose_certificates_cover_too_many_lots_together(make_registry: Any) -> None:
    registry = make_registry(package_certificate_lots=3)
    covers = [lot("B-1"), lot("B-2")]
    content = package(lot("A-1"), document(*covers, name="c.pdf"), document(*covers, name="d.pdf"))

    with pytest.raises(RefusedError) as refused:
        upload(registry, content)

    assert refused.value.code is Code.CERTIFICATE_LOTS


def test_shells_of_earlier_uploads_count_among_the_lots_of_a_certificate(make_registry: Any) -> None:
    registry = make_registry(certificate_lots=2)
    first = package(lot("A-1"), document())
    shell, quality = first.identifiables[0], first.identifiables[-1]
    for code in ("A-2", "A-3"):
        other = package(lot(code))
        other.identifiables[0].body["submodels"] += shell.body["submodels"][-1:]
        upload(registry, other)

    with pytest.raises(RefusedError) as refused:
        upload(registry, first)

    assert refused.value.code is Code.CERTIFICATE_LOTS
    assert (refused.value.findings[0].path or "").startswith(quality.identifier)


def test_many_lots_of_a_certificate_cost_few_statements(registry: Registry) -> None:
    covers = [lot(f"B-{number}") for number in range(100)]
    statements: list[str] = []
    event.listen(
        registry.engine, "before_cursor_execute", lambda *told: statements.append(told[2]), named=False
    )
    upload(registry, package(lot("A-1"), document(lot("A-1"))))
    of_one = len(statements)

    upload(registry, package(lot("A-2"), document(*covers)))

    assert len(statements) <= 2 * of_one
