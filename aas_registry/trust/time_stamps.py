"""A time-stamping authority inside this process, for the demo and the tests.

Its tokens have the form of RFC 3161, and prove a time to those only who pin its
certificate. An outside authority replaces it in production.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.timestamps import TimeStamper

from aas_registry.trust.cms import framed, signed_attributes
from aas_registry.trust.pki import Authority

# A policy is mandatory in a token; this arc is for experiments (RFC 3161 names none).
_POLICY = "1.3.6.1.4.1.99999.1"


@dataclass(frozen=True, slots=True)
class LocalTimeStamps:
    """A time-stamping authority in this process.

    Attributes:
        authority: Its key and certificate (`LeafUse.TIMESTAMP`).
        at: The time that its token states.
    """

    authority: Authority
    at: datetime


class LocalTimeStamper(TimeStamper):
    """Answers pyHanko's requests with tokens of a `LocalTimeStamps`."""

    def __init__(self, time_stamps: LocalTimeStamps) -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]
        self._authority = time_stamps.authority
        self._at = time_stamps.at

    async def async_timestamp(self, message_digest: Any, md_algorithm: Any) -> cms.ContentInfo:
        """Return a token over a digest.

        Source:
            RFC 3161, section 2.4.2.
        """
        imprint = tsp.MessageImprint(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": md_algorithm}),
                "hashed_message": message_digest,
            }
        )
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": tsp.ObjectIdentifier(_POLICY),
                "message_imprint": imprint,
                "serial_number": x509.random_serial_number(),
                "gen_time": core.GeneralizedTime(self._at.replace(microsecond=0)),
            }
        ).dump()
        attributes = signed_attributes("tst_info", info, self._authority.certificate, now=self._at)
        signature = self._authority.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        content = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(info)}
        )
        certificate = asn1.Certificate.load(self._authority.certificate_der)
        return framed(attributes, signature, [certificate], content=content)
