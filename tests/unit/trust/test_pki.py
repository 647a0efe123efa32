"""The small PKI: profiles that others accept, and what may be pinned."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from aas_registry.trust import pki

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def root() -> pki.Authority:
    return pki.make_root(pki.name_of("root", organization="Arro"), now=NOW, days=3650)


@pytest.fixture(scope="module")
def leaf(root: pki.Authority) -> pki.Authority:
    return pki.make_leaf(
        pki.name_of("inspector", organization="Arro", unit="quality"), issuer=root, now=NOW, days=365
    )


def test_a_leaf_is_signed_by_its_issuer_and_may_not_issue(root: pki.Authority, leaf: pki.Authority) -> None:
    leaf.certificate.verify_directly_issued_by(root.certificate)
    constraints = leaf.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value

    assert not constraints.ca
    assert leaf.certificate.not_valid_after_utc == NOW + timedelta(days=365)


def test_an_intermediate_may_not_make_another_ca(root: pki.Authority) -> None:
    middle = pki.make_intermediate(
        pki.name_of("middle", organization="Arro"), issuer=root, now=NOW, days=1000
    )
    constraints = middle.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value

    assert (constraints.ca, constraints.path_length) == (True, 0)


def test_a_revocation_list_names_what_was_taken_back(root: pki.Authority, leaf: pki.Authority) -> None:
    content = pki.make_revocation_list(
        root, revoked=[pki.Revocation(leaf.certificate, NOW)], number=1, now=NOW, days=30
    )
    crl = x509.load_der_x509_crl(content)
    entry = crl.get_revoked_certificate_by_serial_number(leaf.certificate.serial_number)

    assert crl.is_signature_valid(root.key.public_key())
    assert entry is not None
    assert entry.revocation_date_utc == NOW
