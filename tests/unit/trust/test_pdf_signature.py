"""Somebody else's signed PDF: passed only under what was pinned, failed whatever was edited."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from aas_registry.domain.certificates import CertificateState, CheckName, decide
from aas_registry.domain.verdicts import Check, Status
from aas_registry.trust import pki
from aas_registry.trust.pdf_signature import SignatureFinding, TrustAnchor
from aas_registry.trust.pdf_signer import sign_pdf
from aas_registry.trust.time_stamps import LocalTimeStamps

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3 * 365)
Verify = Callable[..., SignatureFinding]
TimeStamping = tuple[pki.Authority, pki.Authority]


def status(finding: SignatureFinding, name: CheckName) -> Status:
    return {check.name: check.status for check in finding.checks}[name]


def may_countersign(finding: SignatureFinding) -> bool:
    content = Check(name=CheckName.CONTENT, status=Status.PASSED, reason="", at=NOW)
    return decide([*finding.checks, content], signed=finding.signed).countersignature is not None


@pytest.fixture(scope="module")
def signed(pdf: bytes, supplier: Any) -> bytes:
    return sign_pdf(pdf, supplier.signer, now=NOW)


def test_a_signature_under_the_pinned_anchor_passes(signed: bytes, supplier: Any, verify: Verify) -> None:
    finding = verify(signed)

    assert finding.signed
    assert finding.signer == "CN=inspector,O=Arro"
    assert finding.claimed_at == NOW
    assert finding.proven_at is None
    assert finding.anchor_sha256 == pki.certificate_digest(supplier.root.certificate_pem)
    for name in (
        CheckName.FILE_DIGEST,
        CheckName.PASSIVE_CONTENT,
        CheckName.SIGNATURE,
        CheckName.WHOLE_DOCUMENT,
        CheckName.CHAIN,
        CheckName.SIGNER_VALIDITY,
    ):
        assert status(finding, name) is Status.PASSED, name
    assert status(finding, CheckName.REVOCATION) is Status.UNKNOWN
    assert status(finding, CheckName.TIME_STAMP) is Status.UNKNOWN
    assert may_countersign(finding)


def test_every_check_has_a_reason_and_the_time_it_was_made(signed: bytes, verify: Verify) -> None:
    assert all(check.reason and check.at == NOW for check in verify(signed).checks)


def test_an_unsigned_document_is_plain(pdf: bytes, verify: Verify) -> None:
    finding = verify(pdf)

    assert not finding.signed
    assert {check.name for check in finding.checks} == {CheckName.FILE_DIGEST, CheckName.PASSIVE_CONTENT}


def test_another_file_than_the_recorded_one_fails(signed: bytes, verify: Verify) -> None:
    finding = verify(signed, sha256="0" * 64)

    assert status(finding, CheckName.FILE_DIGEST) is Status.FAILED
    assert not may_countersign(finding)


# edited after signing


def edited(signed: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    stream = generic.StreamObject(stream_data=b"BT ET")
    writer.add_stream_to_page(0, writer.add_object(stream))
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_document_edited_after_signing_fails(signed: bytes, verify: Verify) -> None:
    finding = verify(edited(signed))

    assert status(finding, CheckName.SIGNATURE) is Status.PASSED  # which is all that some viewers say
    assert status(finding, CheckName.WHOLE_DOCUMENT) is Status.FAILED
    assert not may_countersign(finding)


def test_an_edited_document_whose_signature_seems_to_fill_it_fails(signed: bytes, verify: Verify) -> None:
    """The signature is replaced by one padded until lengths add up to those of the whole file."""
    reader = PdfFileReader(BytesIO(signed))
    signature = reader.embedded_signatures[0]
    numbers = [int(number) for number in signature.byte_range]
    token = signature.pkcs7_content.rstrip(b"\0")
    reference = signature.sig_field.raw_get("/V").reference
    literal = b"".join(b"\\%03o" % byte for byte in token)
    head = b"%d %d obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached " % (
        reference.idnum,
        reference.generation,
    )
    head += b"/ByteRange [%d %d %d %d] /Contents (" % tuple(numbers) + literal
    offset = len(signed)

    def update(padding: int) -> bytes:
        body = head + b"\0" * padding + b") >>\nendobj\n"
        position = offset + len(body)
        entry = b"%d 1\n%010d %05d n \n" % (reference.idnum, offset, reference.generation)
        trailer = b"<< /Size %d /Root %d 0 R /Prev %d >>" % (
            int(reader.trailer_view["/Size"]),
            reader.root_ref.idnum,
            reader.last_startxref,
        )
        return body + b"xref\n" + entry + b"trailer\n" + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % position

    padding = 0
    for _ in range(5):  # the length of the offsets depends on the padding
        whole = len(signed) + len(update(padding))
        padding += whole - (numbers[1] + numbers[3] + 2 * (len(token) + padding) + 2)
    forged = signed + update(padding)
    fooled = PdfFileReader(BytesIO(forged)).embedded_signatures[0].evaluate_signature_coverage()

    finding = verify(forged)

    assert fooled.name == "ENTIRE_FILE"  # else this test attacks nothing
    assert status(finding, CheckName.WHOLE_DOCUMENT) is Status.FAILED
    assert not may_countersign(finding)


def test_a_signature_taken_off_after_signing_fails(signed: bytes, verify: Verify) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    del writer.root["/AcroForm"]
    writer.update_root()
    output = BytesIO()
    writer.write(output)

    finding = verify(output.getvalue())

    assert status(finding, CheckName.SIGNATURE) is Status.FAILED
    assert not may_countersign(finding)


@pytest.mark.parametrize("tail", [b"PK\x05\x06" + b"\0" * 18, b"<script>alert(1)</script>"])
def test_another_file_appended_to_the_document_fails(signed: bytes, tail: bytes, verify: Verify) -> None:
    assert status(verify(signed + tail), CheckName.WHOLE_DOCUMENT) is Status.FAILED


def test_bytes_hidden_behind_the_signature_fail(signed: bytes, verify: Verify) -> None:
    gap_end = int(PdfFileReader(BytesIO(signed)).embedded_signatures[0].byte_range[2]) - 1
    hidden = signed[: gap_end - 8] + b"deadbeef" + signed[gap_end:]

    assert status(verify(hidden), CheckName.WHOLE_DOCUMENT) is Status.FAILED


@pytest.mark.check
def test_no_changed_byte_leaves_a_document_that_may_be_countersigned(signed: bytes, verify: Verify) -> None:
    numbers = [int(n) for n in PdfFileReader(BytesIO(signed)).embedded_signatures[0].byte_range]
    positions = [
        *range(0, numbers[1], 250),
        *range(numbers[1], numbers[2], 150),
        *range(numbers[2], len(signed), 25),
    ]
    for position in positions:
        changed = bytearray(signed)
        changed[position] ^= 0x01

        assert not may_countersign(verify(bytes(changed))), position


def test_a_second_signature_of_somebody_else_goes_to_a_person(
    signed: bytes, verify: Verify, make_supplier: Callable[..., Any]
) -> None:
    other = make_supplier("Bolt")
    twice = sign_pdf(signed, other.signer, now=NOW, field_name="Second")

    finding = verify(twice)

    assert finding.signer == "CN=inspector,O=Arro"
    assert status(finding, CheckName.WHOLE_DOCUMENT) is Status.UNKNOWN
    assert not may_countersign(finding)


# whom the signer leads to


def test_without_an_anchor_the_chain_is_unknown(signed: bytes, verify: Verify) -> None:
    finding = verify(signed, anchors=[])

    assert status(finding, CheckName.CHAIN) is Status.UNKNOWN
    assert finding.anchor_sha256 is None
    assert not may_countersign(finding)


def test_an_anchor_of_another_party_leaves_the_chain_unknown(
    signed: bytes, verify: Verify, make_supplier: Callable[..., Any]
) -> None:
    finding = verify(signed, anchors=[make_supplier("Bolt").anchor])

    assert status(finding, CheckName.CHAIN) is Status.UNKNOWN


def test_a_look_alike_issuer_with_another_key_fails(
    pdf: bytes, verify: Verify, make_supplier: Callable[..., Any]
) -> None:
    forger = make_supplier("Arro")

    finding = verify(sign_pdf(pdf, forger.signer, now=NOW))

    assert finding.signer == "CN=inspector,O=Arro"
    assert status(finding, CheckName.SIGNATURE) is Status.PASSED
    assert status(finding, CheckName.CHAIN) is Status.FAILED
    assert not may_countersign(finding)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("CN=inspector,O=Arro", Status.PASSED),
        ("CN=inspector, O=Arro", Status.PASSED),
        ("CN=inspector,O=Bolt", Status.UNKNOWN),
        ("no name at all", Status.UNKNOWN),
    ],
)
def test_under_a_public_ca_the_pinned_subject_decides(
    signed: bytes, supplier: Any, verify: Verify, rule: str, expected: Status
) -> None:
    anchor = TrustAnchor(certificate=supplier.root.certificate_der, subject_rule=rule)

    assert status(verify(signed, anchors=[anchor]), CheckName.CHAIN) is expected


def test_a_certificate_that_is_not_for_signatures_fails(pdf: bytes, supplier: Any, verify: Verify) -> None:
    signer = type(supplier)(supplier.root, supplier.middle, supplier.middle).signer

    assert status(verify(sign_pdf(pdf, signer, now=NOW)), CheckName.CHAIN) is Status.FAILED


# when it was signed


@pytest.fixture(scope="module")
def expired(make_supplier: Callable[..., Any]) -> Any:
    return make_supplier(now=LONG_AGO, leaf_days=365)


def test_a_signer_expired_since_passes_with_a_pinned_time_stamp(
    pdf: bytes, expired: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], LONG_AGO + timedelta(days=100))

    finding = verify(
        sign_pdf(pdf, expired.signer, now=stamps.at, time_stamps=stamps), anchors=[expired.anchor]
    )

    assert finding.proven_at == stamps.at
    assert status(finding, CheckName.TIME_STAMP) is Status.PASSED
    assert status(finding, CheckName.SIGNER_VALIDITY) is Status.PASSED
    assert status(finding, CheckName.CHAIN) is Status.PASSED
    assert may_countersign(finding)


def test_a_signer_expired_since_is_unknown_without_proof_whatever_time_is_stated(
    pdf: bytes, expired: Any, verify: Verify
) -> None:
    backdated = sign_pdf(pdf, expired.signer, now=LONG_AGO + timedelta(days=100))

    finding = verify(backdated, anchors=[expired.anchor])

    assert finding.claimed_at == LONG_AGO + timedelta(days=100)
    assert status(finding, CheckName.SIGNER_VALIDITY) is Status.UNKNOWN
    assert not may_countersign(finding)


def test_a_time_stamp_of_an_authority_that_is_not_pinned_proves_nothing(
    pdf: bytes, expired: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], LONG_AGO + timedelta(days=100))
    content = sign_pdf(pdf, expired.signer, now=stamps.at, time_stamps=stamps)

    finding = verify(content, anchors=[expired.anchor], time_stamp_anchors=[])

    assert status(finding, CheckName.TIME_STAMP) is Status.UNKNOWN
    assert status(finding, CheckName.SIGNER_VALIDITY) is Status.UNKNOWN
    assert finding.proven_at is None


def test_a_signature_made_after_the_signer_expired_fails(
    pdf: bytes, expired: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], LONG_AGO + timedelta(days=500))
    content = sign_pdf(pdf, expired.signer, now=LONG_AGO + timedelta(days=100), time_stamps=stamps)

    finding = verify(content, anchors=[expired.anchor])

    assert status(finding, CheckName.SIGNER_VALIDITY) is Status.FAILED


def test_a_time_stamp_in_the_future_fails(
    pdf: bytes, supplier: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], NOW + timedelta(days=1))

    finding = verify(sign_pdf(pdf, supplier.signer, now=NOW, time_stamps=stamps))

    assert status(finding, CheckName.TIME_STAMP) is Status.FAILED


def test_a_time_stamp_borrowed_from_another_signature_fails(
    pdf: bytes, expired: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], LONG_AGO + timedelta(days=100))
    old = _token_of(sign_pdf(pdf, expired.signer, now=stamps.at, time_stamps=stamps))
    fresh = sign_pdf(pdf, expired.signer, now=NOW, time_stamps=stamps)
    token = _token_of(fresh)
    info = token["content"]["signer_infos"][0]
    info["unsigned_attrs"] = old["content"]["signer_infos"][0]["unsigned_attrs"]
    numbers = PdfFileReader(BytesIO(fresh)).embedded_signatures[0].byte_range
    first_end, second_start = int(numbers[1]), int(numbers[2])
    digits = token.dump().hex().encode().ljust(second_start - first_end - 2, b"0")
    forged = fresh[:first_end] + b"<" + digits + b">" + fresh[second_start:]

    finding = verify(forged, anchors=[expired.anchor])

    assert status(finding, CheckName.TIME_STAMP) is Status.FAILED
    assert finding.proven_at is None


def _token_of(content: bytes) -> cms.ContentInfo:
    return cms.ContentInfo.load(PdfFileReader(BytesIO(content)).embedded_signatures[0].pkcs7_content)


def test_a_signer_not_yet_valid_fails(pdf: bytes, verify: Verify, make_supplier: Callable[..., Any]) -> None:
    early = make_supplier(now=NOW + timedelta(days=10))

    finding = verify(sign_pdf(pdf, early.signer, now=NOW), anchors=[early.anchor])

    assert status(finding, CheckName.SIGNER_VALIDITY) is Status.FAILED


# revocation


def crl(supplier: Any, *revoked: pki.Revocation, at: datetime = NOW) -> bytes:
    return pki.make_revocation_list(supplier.middle, revoked=revoked, number=1, now=at, days=30)


def test_a_signer_on_the_list_of_its_ca_fails(signed: bytes, supplier: Any, verify: Verify) -> None:
    revoked = pki.Revocation(supplier.leaf.certificate, NOW - timedelta(days=1))
    anchor = TrustAnchor(
        certificate=supplier.root.certificate_der, revocation_lists=(crl(supplier, revoked),)
    )

    finding = verify(signed, anchors=[anchor])

    assert status(finding, CheckName.REVOCATION) is Status.FAILED
    assert not may_countersign(finding)


def test_a_signer_on_no_list_passes_when_every_ca_gave_one(
    signed: bytes, supplier: Any, verify: Verify
) -> None:
    root_list = pki.make_revocation_list(supplier.root, revoked=[], number=1, now=NOW, days=30)
    both = TrustAnchor(
        certificate=supplier.root.certificate_der, revocation_lists=(crl(supplier), root_list, b"no list")
    )
    one = TrustAnchor(certificate=supplier.root.certificate_der, revocation_lists=(crl(supplier),))

    assert status(verify(signed, anchors=[both]), CheckName.REVOCATION) is Status.PASSED
    assert status(verify(signed, anchors=[one]), CheckName.REVOCATION) is Status.UNKNOWN


@pytest.mark.parametrize("age", [timedelta(days=60), timedelta(seconds=1)])
def test_a_list_that_is_older_than_the_signature_says_nothing(
    age: timedelta, signed: bytes, supplier: Any, verify: Verify
) -> None:
    old = crl(supplier, at=NOW - age)
    root_list = pki.make_revocation_list(supplier.root, revoked=[], number=1, now=NOW, days=30)
    anchor = TrustAnchor(certificate=supplier.root.certificate_der, revocation_lists=(old, root_list))

    assert status(verify(signed, anchors=[anchor]), CheckName.REVOCATION) is Status.UNKNOWN


def test_a_revocation_that_a_later_list_no_longer_names_still_counts(
    signed: bytes, supplier: Any, verify: Verify
) -> None:
    revoked = pki.Revocation(supplier.leaf.certificate, NOW - timedelta(days=1))
    old, new = crl(supplier, revoked, at=NOW - timedelta(hours=1)), crl(supplier)
    anchor = TrustAnchor(certificate=supplier.root.certificate_der, revocation_lists=(old, new))

    assert status(verify(signed, anchors=[anchor]), CheckName.REVOCATION) is Status.FAILED


def test_a_list_of_a_look_alike_ca_says_nothing(
    signed: bytes, supplier: Any, verify: Verify, make_supplier: Callable[..., Any]
) -> None:
    revoked = pki.Revocation(supplier.leaf.certificate, NOW - timedelta(days=1))
    anchor = TrustAnchor(
        certificate=supplier.root.certificate_der, revocation_lists=(crl(make_supplier("Arro"), revoked),)
    )

    assert status(verify(signed, anchors=[anchor]), CheckName.REVOCATION) is Status.UNKNOWN


def test_a_revocation_after_the_proven_signing_time_passes(
    pdf: bytes, supplier: Any, verify: Verify, time_stamping: TimeStamping
) -> None:
    stamps = LocalTimeStamps(time_stamping[1], NOW)
    content = sign_pdf(pdf, supplier.signer, now=NOW, time_stamps=stamps)
    later = NOW + timedelta(days=20)
    revoked = pki.Revocation(supplier.leaf.certificate, NOW + timedelta(days=10))
    root_list = pki.make_revocation_list(supplier.root, revoked=[], number=1, now=later, days=30)
    anchor = TrustAnchor(
        certificate=supplier.root.certificate_der,
        revocation_lists=(crl(supplier, revoked, at=later), root_list),
    )

    proven = verify(content, anchors=[anchor], now=later)
    unproven = verify(content, anchors=[anchor], now=later, time_stamp_anchors=[])

    assert status(proven, CheckName.REVOCATION) is Status.PASSED
    assert status(unproven, CheckName.REVOCATION) is Status.FAILED


# hostile files


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-",
        b"no pdf",
        b"%PDF-1.7\n" + b"[" * 100_000,
        b"%PDF-1.7\n1 0 obj\n"
        + b"<</A" * 50_000
        + b"\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\ntrailer\n<</Root 1 0 R/Prev 0/Size 99999999999>>\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
    ],
)
def test_what_is_no_pdf_is_never_countersigned(content: bytes, verify: Verify) -> None:
    assert not may_countersign(verify(content))


def test_random_damage_is_a_finding_and_never_an_exception(signed: bytes, verify: Verify) -> None:
    chance = random.Random(20260304)
    for _ in range(150):
        damaged = bytearray(signed)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.choice([len(damaged), chance.randrange(len(damaged))])

        assert not may_countersign(verify(bytes(damaged[:cut])))


def test_a_rejected_document_stands_as_rejected(signed: bytes, verify: Verify) -> None:
    finding = verify(edited(signed))

    assert decide(finding.checks, signed=True).state is CertificateState.REJECTED
    assert isinstance(x509.Name.from_rfc4514_string(finding.signer or ""), x509.Name)
