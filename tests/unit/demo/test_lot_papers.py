"""The papers of the demo's lots: signed for real, and wrong in the ways the stories need."""

import io
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from aas_registry.demo.authorities import supplier_authority, time_stamp_authority
from aas_registry.demo.catalogue import SUPPLIERS
from aas_registry.demo.lot_papers import Office, build_certificate, package_file
from aas_registry.demo.planning import plan_plant
from aas_registry.demo.plant import Paper
from aas_registry.demo.scale import SMALL
from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificate_content import ClaimedSubject, DocumentText, match_content
from aas_registry.domain.certificates import decide
from aas_registry.domain.verdicts import Status
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.package.upload import read_upload
from aas_registry.settings import Settings
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_signature import TrustAnchor, verify_pdf
from aas_registry.trust.pdf_text import pdf_text

NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
EXPECTED = {
    Paper.SIGNED: (Status.PASSED, Status.PASSED, True),
    Paper.UNSIGNED: (Status.UNKNOWN, Status.PASSED, True),
    Paper.ALTERED: (Status.FAILED, Status.PASSED, False),
    Paper.OTHER_LOT: (Status.PASSED, Status.FAILED, False),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    folder = tmp_path_factory.mktemp("demo")
    makers = {supplier.code: supplier for supplier in SUPPLIERS[: SMALL.suppliers]}
    authorities = {
        code: supplier_authority(folder / "authorities", code, maker.name) for code, maker in makers.items()
    }
    stamps = time_stamp_authority(folder / "authorities")
    return Office(folder=folder / "packages", makers=makers, authorities=authorities, time_stamps=stamps)


def der_of(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


@pytest.mark.parametrize("paper", list(Paper))
def test_a_certificate_is_what_its_story_says(office, paper) -> None:
    lots = plan_plant(SMALL).lots
    lot = next((each for each in lots if each.paper is paper), lots[0])
    lot.paper = paper
    if paper is Paper.OTHER_LOT:
        lot.other = next(each for each in lots if each.part.supplier == lot.part.supplier and each is not lot)
    authority = office.authorities[lot.part.supplier]
    subject = ClaimedSubject(
        manufacturer=office.makers[lot.part.supplier].name, mpn=lot.part.mpn, lot_code=lot.code
    )

    content = build_certificate(office, lot)

    finding = verify_pdf(
        OpenedPdf(content),
        sha256=digest_of(content),
        anchors=[
            TrustAnchor(
                certificate=der_of(authority.anchor_pem), revocation_lists=(authority.revocation_list,)
            )
        ],
        time_stamp_anchors=[der_of(office.time_stamps.anchor_pem)],
        limits=Settings().limits,
        now=NOW,
    )
    match = match_content(DocumentText(pdf_text(content, limits=Settings().limits)), [subject], at=NOW)
    decision = decide([*finding.checks, match], signed=finding.signed)
    assert (decision.authentic, decision.matches, decision.countersignature is not None) == EXPECTED[paper]


def test_a_package_is_made_once_and_then_kept(office) -> None:
    lot = plan_plant(SMALL).lots[0]

    first = package_file(office, lot, lot.deliveries[0])
    content = first.read_bytes()
    again = package_file(office, lot, lot.deliveries[0])

    assert again == first
    assert again.read_bytes() == content
    package = read_upload(
        recognise(io.BytesIO(content), first.name, limits=Settings().limits), limits=Settings().limits
    )
    assert package.findings == ()
    assert [file.media_type for file in package.files] == ["application/pdf"]


def test_an_authority_is_found_again(tmp_path) -> None:
    made = supplier_authority(tmp_path, "bolt", "Bolt")

    found = supplier_authority(tmp_path, "bolt", "Bolt")

    assert found.anchor_pem == made.anchor_pem
    assert found.signer.key_id == made.signer.key_id
    assert [path.name for path in tmp_path.iterdir()] == ["bolt"]
