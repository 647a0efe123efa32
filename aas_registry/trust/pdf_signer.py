"""Signing PDFs: PAdES B-B, and B-T where a time-stamping key is at hand.

The registry signs its reports so; the demo and the tests let their suppliers sign
certificates the same way.
"""

import asyncio
from datetime import datetime
from io import BytesIO

from asn1crypto import x509 as asn1
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign import Signer as CmsSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from aas_registry.trust.chains import der_of
from aas_registry.trust.signer import Signer
from aas_registry.trust.time_stamps import LocalTimeStamper, LocalTimeStamps

FIELD_NAME = "Signature"

# Room for the CMS, in hexadecimal digits: three certificates and their framing need about
# 3,000; a time-stamp token with its own certificates as much again.
_RESERVED = 8 * 1024
_RESERVED_WITH_TIME_STAMP = 20 * 1024
_ECDSA_DER_BYTES = 72


def sign_pdf(
    pdf: bytes,
    signer: Signer,
    *,
    now: datetime,
    reason: str | None = None,
    time_stamps: LocalTimeStamps | None = None,
    field_name: str = FIELD_NAME,
) -> bytes:
    """Return the PDF with an invisible signature over all of it.

    Args:
        pdf: A PDF that is not encrypted.
        signer: Its chain travels along, without the root.
        now: The signing time that the signature dictionary states.
        reason: Why it is signed, for people.
        time_stamps: Adds a signature time-stamp (B-T).
        field_name: Name of the signature's field; another one for a second signature.

    Source:
        ETSI EN 319 142-1, PAdES baseline signatures.
    """
    stamper = None if time_stamps is None else LocalTimeStamper(time_stamps)
    metadata = PdfSignatureMetadata(
        field_name=field_name, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    session = PdfSigner(metadata, _PdfSigner(signer), timestamper=stamper).init_signing_session(writer)
    session.system_time = now
    document = session.prepare_tbs_document(
        validation_info=None, bytes_reserved=_RESERVED if stamper is None else _RESERVED_WITH_TIME_STAMP
    )
    prepared, output = document.digest_tbs_document()
    asyncio.run(
        document.perform_signature(
            document_digest=prepared.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes()
        )
    )
    output.seek(0)
    return bytes(output.read())


class _PdfSigner(CmsSigner):
    """Lets pyHanko sign with our signer, which may be a hardware token."""

    def __init__(self, signer: Signer) -> None:
        leaf, *others = (asn1.Certificate.load(der_of(entry)) for entry in signer.chain)
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(others)
        super().__init__(
            signing_cert=leaf,
            cert_registry=store,
            embed_roots=False,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._signer = signer

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,  # noqa: ARG002 - the mechanism above fixes it
        dry_run: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> bytes:
        return bytes(_ECDSA_DER_BYTES) if dry_run else self._signer.sign(data)
