"""A signer: loaded whole or not at all."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError
from aas_registry.trust import pki
from aas_registry.trust.signer import Signer

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ROOT = pki.make_root(pki.name_of("root", organization="Plant"), now=NOW, days=3650)
LEAF = pki.make_leaf(pki.name_of("leaf", organization="Plant"), issuer=ROOT, now=NOW, days=365)
KEY_PEM = LEAF.key_pem("a passphrase")
CHAIN_PEM = LEAF.certificate_pem + ROOT.certificate_pem


def test_signs_with_the_key_of_its_certificate() -> None:
    signer = Signer.load(key_pem=KEY_PEM, chain_pem=CHAIN_PEM, passphrase="a passphrase")
    signature = signer.sign(b"content")
    public_key = signer.certificate.public_key()

    assert signer.chain_pem == CHAIN_PEM
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    public_key.verify(signature, b"content", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public_key.verify(signature, b"other content", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("key_pem", "chain_pem", "passphrase"),
    [
        (KEY_PEM, CHAIN_PEM, "wrong"),
        (KEY_PEM, CHAIN_PEM, ""),
        (KEY_PEM[:100], CHAIN_PEM, "a passphrase"),
        (KEY_PEM, ROOT.certificate_pem, "a passphrase"),
        (KEY_PEM, b"", "a passphrase"),
    ],
    ids=["wrong passphrase", "no passphrase", "cut off key", "chain of another key", "no chain"],
)
def test_refuses_a_wrong_passphrase_a_damaged_key_or_a_foreign_chain(
    key_pem: bytes, chain_pem: bytes, passphrase: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Signer.load(key_pem=key_pem, chain_pem=chain_pem, passphrase=passphrase)

    assert caught.value.code is Code.KEY_UNREADABLE


def test_refuses_a_key_on_another_curve() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    other = pki.make_leaf(pki.name_of("leaf", organization="Plant"), issuer=ROOT, now=NOW, days=365, key=key)

    with pytest.raises(ConfigurationError):
        Signer.load(key_pem=other.key_pem("x"), chain_pem=other.certificate_pem, passphrase="x")
