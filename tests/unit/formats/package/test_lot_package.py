"""A lot's package says exactly the facts that it was made from."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from aas_registry.domain.certificate_claims import AcceptanceSampling, ClaimedLot, extract_certificates
from aas_registry.domain.limits import Limits
from aas_registry.domain.lot_facts import LotFacts, extract_lot_facts, read_lot_texts
from aas_registry.domain.package import AasPackage, IdentifiableKind, PackageFile
from aas_registry.formats.aas.verification import verify_identifiable
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.settings import Settings

LIMITS = Settings().limits

LEAST = LotFacts(manufacturer="Example GmbH", mpn="007", lot_code="0042", shell="urn:example:lot:0042")
FULL = replace(
    LEAST,
    date_codes=("2419", "2420"),
    quantity=Decimal("0.000001"),
    unit_of_measure="KGM",
    delivery_note="0001",
    internal_part_number="00471",
    country_of_origin="DE",
    manufactured_on=date(2024, 5, 6),
)


def bodies(package: AasPackage) -> dict[str, dict[str, object]]:
    return {entry.identifier: dict(entry.body) for entry in package.of_kind(IdentifiableKind.SUBMODEL)}


@pytest.mark.parametrize("facts", [LEAST, FULL])
def test_the_facts_come_back_unchanged(facts: LotFacts) -> None:
    package = build_lot_package(facts)

    assert extract_lot_facts(
        package.identifiables[0].body, read_lot_texts(bodies(package), limits=LIMITS), limits=LIMITS
    ) == (facts, ())


def test_every_identifiable_is_valid(limits: Limits) -> None:
    certificate = LotCertificate(
        file=PackageFile.of("/aasx/files/a b.pdf", "application/pdf", b""),
        number="C-1", document_type="CoC", title="CoC", issued_on=date(2024, 1, 1),
    )  # fmt: skip

    for entry in build_lot_package(FULL, designation="Capacitor", certificates=[certificate]).identifiables:
        assert verify_identifiable(entry.kind, dict(entry.body), limits=limits) == ()


def test_a_certificate_comes_back_as_a_claim() -> None:
    other = replace(LEAST, lot_code="0043")
    certificate = LotCertificate(
        file=PackageFile.of("/aasx/files/c.pdf", "application/pdf", b"%PDF"),
        number="C-1",
        document_type="Certificate of conformity",
        title="Certificate",
        issued_on=date(2024, 5, 7),
        expires_on=date(2025, 5, 7),
        sampling=AcceptanceSampling(125, 3, 4, 1),
        covers=(LEAST, other),
    )
    package = build_lot_package(LEAST, certificates=[certificate])

    claims, findings = extract_certificates(bodies(package))

    assert findings == ()
    assert [(claim.file, claim.number, claim.document_type, claim.issuer) for claim in claims] == [
        ("/aasx/files/c.pdf", "C-1", "Certificate of conformity", "Example GmbH")
    ]
    claim = claims[0]
    assert claim.lots == (
        ClaimedLot("Example GmbH", "007", "0042"),
        ClaimedLot("Example GmbH", "007", "0043"),
    )
    assert (claim.issued_on, claim.expires_on) == (date(2024, 5, 7), date(2025, 5, 7))
    assert claim.sampling == AcceptanceSampling(125, 3, 4, 1)
    assert package.file_at(claim.file) == certificate.file
