"""DSSE: a signature over a payload and its type, in an envelope of JSON.

The envelope has one spelling (canonical JSON, one signature), so that ``sed`` and
``openssl dgst`` can take it apart and check it without this program.
"""

import base64
import binascii
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from aas_registry.domain.canonical_json import canonical_bytes, loads_strict
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error
from aas_registry.domain.verdicts import Status
from aas_registry.trust.signer import Signer, key_id_of

STATEMENT_TYPE = "application/vnd.in-toto+json"
REPORT_TYPE = "application/vnd.aas-registry.report+json"

_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope taken apart; nothing of it is proven yet.

    Attributes:
        payload: The signed bytes.
        payload_type: What they are.
        key_id: Which key is said to have signed: SHA-256 of its SubjectPublicKeyInfo.
        signature: ECDSA with SHA-256, DER.
    """

    payload: bytes
    payload_type: str
    key_id: str
    signature: bytes


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed.

    Source:
        DSSE v1.0.2, protocol, "PAE".
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign_envelope(payload: bytes, *, payload_type: str, signer: Signer) -> bytes:
    """Return the envelope of a payload, as canonical JSON."""
    signature = signer.sign(pre_authentication_encoding(payload_type, payload))
    return _spelled(Envelope(payload, payload_type, signer.key_id, signature))


def read_envelope(content: bytes) -> Envelope:
    """Take an envelope apart.

    Raises:
        RefusedError: It is none, or not spelled as `sign_envelope` spells it
            (code ``ENVELOPE-INVALID``, or that of the JSON).
    """
    members = loads_strict(content, max_depth=_DEPTH)
    try:
        (entry,) = members["signatures"]
        envelope = Envelope(
            payload=base64.b64decode(members["payload"], validate=True),
            payload_type=str(members["payloadType"]),
            key_id=str(entry["keyid"]),
            signature=base64.b64decode(entry["sig"], validate=True),
        )
    except (TypeError, KeyError, ValueError, binascii.Error) as cause:
        raise _invalid("The file is no DSSE envelope with one signature.") from cause
    if _spelled(envelope) != content:
        raise _invalid("The envelope is not in its canonical form.")
    return envelope


def verify_envelope(envelope: Envelope, certificate: x509.Certificate) -> tuple[Status, str]:
    """Say whether the key of a certificate signed the envelope; the chain is not judged here."""
    key = certificate.public_key()
    if envelope.key_id != key_id_of(certificate) or not isinstance(key, ec.EllipticCurvePublicKey):
        return Status.FAILED, "The envelope names another key than that of the certificate."
    signed = pre_authentication_encoding(envelope.payload_type, envelope.payload)
    try:
        key.verify(envelope.signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return Status.FAILED, "The signature does not fit the payload."
    return Status.PASSED, f"Signed by {certificate.subject.rfc4514_string()}."


def _spelled(envelope: Envelope) -> bytes:
    signature = base64.b64encode(envelope.signature).decode("ascii")
    return canonical_bytes(
        {
            "payload": base64.b64encode(envelope.payload).decode("ascii"),
            "payloadType": envelope.payload_type,
            "signatures": [{"keyid": envelope.key_id, "sig": signature}],
        }
    )


def _invalid(message: str) -> RefusedError:
    return RefusedError(error(Code.ENVELOPE_INVALID, message))
