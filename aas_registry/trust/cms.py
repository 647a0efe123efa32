"""CAdES: a detached signature of a file, in a form that has one spelling only.

Signed with ECDSA P-256; ``openssl cms -verify -cades`` checks it. What is signed are
the attributes (digest of the file, time, digest of the signer's certificate); the rest
of a CMS is unsigned framing. So the verifier builds the framing again from the signed
parts and compares: no byte of the file can change without notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from aas_registry.domain.verdicts import Status, time_text
from aas_registry.trust.chains import certificate_of, der_of
from aas_registry.trust.signer import Signer

_MOST_BYTES = 64 * 1024
_SIGNED_ATTRIBUTES = ("content_type", "message_digest", "signing_time", "signing_certificate_v2")
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True, slots=True)
class CmsFinding:
    """What a detached signature says, before anybody asks whom it leads to.

    Attributes:
        status: Passed or failed.
        reason: One sentence.
        certificates: The signer's certificate, then the others, in any order; empty
            where the signature failed.
        signed_at: The time that the signer claims; proof of nothing.
    """

    status: Status
    reason: str
    certificates: tuple[x509.Certificate, ...] = ()
    signed_at: datetime | None = None


def sign_detached(content: bytes, signer: Signer, *, now: datetime) -> bytes:
    """Return a detached CAdES-B-B signature of ``content``, DER.

    Args:
        content: The bytes of the file.
        signer: The key that signs; its chain goes into the signature, without the root.
        now: The signing time that the signature states.

    Source:
        RFC 5652; ETSI EN 319 122-1, CAdES baseline B-B; RFC 5035 (signing-certificate-v2).
    """
    attributes = signed_attributes("data", content, signer.certificate, now=now)
    signature = signer.sign(attributes.dump())
    chain = signer.chain[:-1] or signer.chain
    certificates = [asn1.Certificate.load(der_of(entry)) for entry in chain]
    return bytes(framed(attributes, signature, certificates).dump())


def verify_detached(signature: bytes, content: bytes) -> CmsFinding:
    """Say whether a detached signature is of these bytes, and by which certificate.

    The chain is not judged here. Whatever is not spelled as `sign_detached` spells it fails.
    """
    if len(signature) > _MOST_BYTES:
        return _failed("The signature is larger than any that is made here.")
    try:
        return _verify(signature, content)
    except _UNREADABLE as cause:
        return _failed(f"The signature is malformed ({type(cause).__name__}).")
    except InvalidSignature:
        return _failed("The signature was not made with the key of its certificate.")


def _verify(signature: bytes, content: bytes) -> CmsFinding:
    signed = cms.ContentInfo.load(signature, strict=True)["content"]
    info = signed["signer_infos"][0]
    # A SET OF stands in the order of its encodings, which says nothing of who signed.
    wanted = info["sid"].chosen["serial_number"].native
    found = [choice.chosen for choice in signed["certificates"]]
    certificates = sorted(found, key=lambda certificate: certificate.serial_number != wanted)
    leaf = certificate_of(certificates[0])
    by_type = {attribute["type"].native: attribute for attribute in info["signed_attrs"].untag()}
    attributes = cms.CMSAttributes([by_type[name] for name in _SIGNED_ATTRIBUTES])
    claimed = by_type["signing_time"]["values"][0].native
    expected = signed_attributes("data", content, leaf, now=claimed)
    if attributes.dump() != expected.dump():
        return _failed("The signature is not of this file, or not by the certificate that it carries.")
    if framed(expected, info["signature"].native, certificates).dump() != signature:
        return _failed("Bytes around the signature were changed.")
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidSignature
    key.verify(info["signature"].native, expected.dump(), ec.ECDSA(hashes.SHA256()))
    return CmsFinding(
        Status.PASSED,
        f"Signed by {leaf.subject.rfc4514_string()}, as it says on {time_text(claimed)}.",
        tuple(certificate_of(entry) for entry in certificates),
        claimed,
    )


def signed_attributes(
    content_type: str, content: bytes, leaf: x509.Certificate, *, now: datetime
) -> cms.CMSAttributes:
    """Return what a CAdES signature signs: type and digest of the content, time, and signer.

    Args:
        content_type: CMS name of the content's type: ``data`` or ``tst_info``.
        content: The bytes that are signed.
        leaf: The signer's certificate.
        now: The signing time.
    """
    identifier = tsp.ESSCertIDv2({"cert_hash": sha256(der_of(leaf)).digest()})
    values = (
        cms.ContentType(content_type),
        core.OctetString(sha256(content).digest()),
        cms.Time({"utc_time": core.UTCTime(now.replace(microsecond=0))}),
        tsp.SigningCertificateV2({"certs": [identifier]}),
    )
    attributes = [
        cms.CMSAttribute({"type": cms.CMSAttributeType(name), "values": [value]})
        for name, value in zip(_SIGNED_ATTRIBUTES, values, strict=True)
    ]
    # A SET OF in DER stands in the order of its encodings (X.690, 11.6).
    return cms.CMSAttributes(sorted(attributes, key=lambda attribute: bytes(attribute.dump())))


def framed(
    attributes: cms.CMSAttributes,
    signature: bytes,
    certificates: Sequence[asn1.Certificate],
    *,
    content: cms.EncapsulatedContentInfo | None = None,
) -> cms.ContentInfo:
    """Return the CMS around a signature of the first certificate's key.

    Args:
        attributes: The signed attributes, as `signed_attributes` returns them.
        signature: The signature of the attributes: ECDSA with SHA-256, DER.
        certificates: The signer's certificate, then the others of its chain.
        content: The content inside the CMS; None for a detached signature.
    """
    leaf = certificates[0]
    identifier = {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(identifier)}),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        "signature": signature,
    }
    signed = {
        "version": "v1" if content is None else "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": content or {"content_type": "data"},
        "certificates": [cms.CertificateChoices({"certificate": entry}) for entry in certificates],
        "signer_infos": [cms.SignerInfo(signer_info)],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _failed(reason: str) -> CmsFinding:
    return CmsFinding(Status.FAILED, reason)
