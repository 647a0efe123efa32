"""Detached CAdES signatures: of these bytes, by this key, in this one spelling."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509

from aas_registry.domain.verdicts import Status
from aas_registry.trust.chains import check_chain
from aas_registry.trust.cms import framed, sign_detached, signed_attributes, verify_detached

NOW = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
CONTENT = b"0  file\n"


@pytest.fixture(scope="module")
def signature(supplier: Any) -> bytes:
    return sign_detached(CONTENT, supplier.signer, now=NOW)


def test_a_signature_names_its_signer_and_its_time(signature: bytes, supplier: Any) -> None:
    finding = verify_detached(signature, CONTENT)

    assert finding.status is Status.PASSED
    assert finding.certificates[0] == supplier.leaf.certificate
    assert set(finding.certificates) == {supplier.leaf.certificate, supplier.middle.certificate}
    assert finding.signed_at == NOW.replace(microsecond=0)


def test_a_signature_of_other_bytes_fails(signature: bytes) -> None:
    finding = verify_detached(signature, CONTENT + b"\n")

    assert finding.status is Status.FAILED
    assert finding.certificates == ()


@pytest.mark.check
def test_a_changed_byte_outside_the_certificates_fails(signature: bytes, supplier: Any) -> None:
    """Changed certificates are found by their chain, or by comparison with the bundle's."""
    anchors = [supplier.root.certificate_der]
    wanted = {supplier.leaf.certificate, supplier.middle.certificate}
    for position in range(0, len(signature), 9):
        changed = bytearray(signature)
        changed[position] ^= 0x20
        finding = verify_detached(bytes(changed), CONTENT)
        if finding.status is Status.PASSED:
            leaf, *others = finding.certificates
            chain = check_chain(leaf, others=others, anchors=anchors, moment=NOW, most_others=9)
            assert chain.status is not Status.PASSED or set(finding.certificates) != wanted, position


@pytest.mark.parametrize(
    "content", [b"", b"0", b"\x30\x80", b"\x30" * 1000, b"\x30\x82\xff\xff" + b"\0" * 70_000]
)
def test_what_is_no_signature_fails(content: bytes) -> None:
    assert verify_detached(content, CONTENT).status is Status.FAILED


def test_a_signature_by_another_key_than_that_of_its_certificate_fails(
    supplier: Any, make_supplier: Callable[..., Any]
) -> None:
    other = make_supplier("Bolt")
    chain = supplier.signer.chain
    impostor = type(supplier.signer)(other.leaf.key, chain)

    assert verify_detached(sign_detached(CONTENT, impostor, now=NOW), CONTENT).status is Status.FAILED


def test_the_signer_may_sign_at_another_time(supplier: Any) -> None:
    later = sign_detached(CONTENT, supplier.signer, now=NOW + timedelta(days=1))

    assert verify_detached(later, CONTENT).signed_at == (NOW + timedelta(days=1)).replace(microsecond=0)


def test_a_key_of_a_kind_that_nobody_knows_fails(supplier: Any) -> None:
    """Its framing is right, so that the key itself is looked at."""
    known, unknown = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0221")
    der = supplier.leaf.certificate_der.replace(known, unknown)
    attributes = signed_attributes("data", CONTENT, x509.load_der_x509_certificate(der), now=NOW)
    signature = supplier.signer.sign(attributes.dump())
    hostile = framed(attributes, signature, [asn1.Certificate.load(der)]).dump()

    finding = verify_detached(hostile, CONTENT)

    assert der != supplier.leaf.certificate_der
    assert finding.status is Status.FAILED
    assert "UnsupportedAlgorithm" in finding.reason
