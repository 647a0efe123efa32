"""Verifying the signature of somebody else's PDF against what was pinned for them.

Every check answers passed, failed or unknown, with its reason; nothing is fetched.
Validity is judged at the proven signing time: that of an RFC 3161 time-stamp under a
pinned authority. Without one it is judged now, because a time that the signer only
states proves nothing. A PDF edited after signing fails, whatever viewers say of it.

Cryptography and difference analysis are pyHanko's; which bytes a signature covers is
checked here once more, because ``/Contents`` outside the gap of ``/ByteRange`` makes
the library take an edited file for one that is covered whole.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator.context import ValidationContext

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.certificates import CheckName
from aas_registry.domain.limits import Limits
from aas_registry.domain.verdicts import Check, Status, time_text
from aas_registry.trust.chains import ChainFinding, certificate_of, check_chain, der_of
from aas_registry.trust.pdf_reading import PDF_ERRORS, OpenedPdf, check_passive
from aas_registry.trust.revocation import check_revocation
from aas_registry.trust.subject_rules import subject_follows

_CLOCK_SKEW = timedelta(minutes=5)
_READ_ERRORS = (SignatureValidationError, *PDF_ERRORS)

Result = tuple[Status, str]

# Hostile files make these libraries talk; what matters stands in the check's reason.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAnchor:
    """A CA certificate that an administrator pinned for a signing party.

    Attributes:
        certificate: DER.
        subject_rule: RFC 4514 subject that the signer must carry, where the CA serves many.
        revocation_lists: CRLs of the CA and its intermediates, DER.
    """

    certificate: bytes
    subject_rule: str | None = None
    revocation_lists: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFinding:
    """What was found out about the signature of a PDF.

    Attributes:
        signed: Whether the document carries a signature at all.
        checks: Every check, in the order in which they are shown.
        signer: Subject of the signer's certificate (RFC 4514); None where there is none.
        signer_sha256: Digest of that certificate's DER.
        claimed_at: The signing time as the signer states it; proof of nothing.
        proven_at: The signing time that a pinned time-stamping authority proves.
        anchor_sha256: Digest of the pinned anchor's DER to which the signer leads.
    """

    signed: bool
    checks: tuple[Check, ...]
    signer: str | None = None
    signer_sha256: str | None = None
    claimed_at: datetime | None = None
    proven_at: datetime | None = None
    anchor_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    document: OpenedPdf
    anchors: Sequence[TrustAnchor]
    time_stamp_anchors: Sequence[bytes]
    limits: Limits
    now: datetime

    def check(self, name: CheckName, result: Result) -> Check:
        return Check(name=name.value, status=result[0], reason=result[1], at=self.now)


def verify_pdf(
    document: OpenedPdf,
    *,
    sha256: str,
    anchors: Sequence[TrustAnchor],
    time_stamp_anchors: Sequence[bytes],
    limits: Limits,
    now: datetime,
) -> SignatureFinding:
    """Check the signature of a PDF.

    Args:
        document: The document as it was received.
        sha256: The digest under which it was recorded.
        anchors: What is pinned for the party that is said to have signed it.
        time_stamp_anchors: Pinned certificates of time-stamping authorities, DER.
        limits: ``certificate_objects``, ``certificate_signatures``, ``certificate_chain``.
        now: The time of the check, with its zone.

    Returns:
        A finding; this never raises for anything that the document holds.

    Source:
        ISO 32000-2, 12.8; ETSI EN 319 142-1; RFC 5280; RFC 3161.
    """
    question = _Question(document, anchors, time_stamp_anchors, limits, now)
    found = digest_of(document.content)
    digest = Status.PASSED, f"The file is the one that was received (SHA-256 {found})."
    if found != sha256:
        digest = Status.FAILED, f"The file has the SHA-256 {found}, but {sha256} was received."
    before = (
        question.check(CheckName.FILE_DIGEST, digest),
        question.check(CheckName.PASSIVE_CONTENT, check_passive(document, limits=limits)),
    )
    findings = _findings(question, before)
    # A broken signature counts more than any other; then the first under an anchor does.
    broken = [each for each in findings if any(check.status is Status.FAILED for check in each.checks)]
    anchored = [each for each in findings if each.anchor_sha256 is not None]
    return (broken or anchored or findings[-1:])[0]


def _findings(question: _Question, before: tuple[Check, ...]) -> list[SignatureFinding]:
    """Return a finding for each signature, or one finding where there is none to judge."""
    try:
        signatures = _signatures(question.document.reader, question.limits)
    except _READ_ERRORS as cause:
        reason = f"The signatures of the PDF cannot be read ({type(cause).__name__})."
        return [_unread(question, before, (Status.UNKNOWN, reason))]
    if signatures:
        return [_judge(question, before, signature) for signature in signatures]
    if b"/ByteRange" in question.document.content:
        reason = "The file holds a signature that its form does not name: it was taken off after signing."
        return [_unread(question, before, (Status.FAILED, reason))]
    return [SignatureFinding(signed=False, checks=before)]


def _signatures(reader: PdfFileReader, limits: Limits) -> list[EmbeddedPdfSignature]:
    filled = sum(1 for _ in enumerate_sig_fields(reader, filled_status=True))
    if filled > limits.certificate_signatures:
        raise PdfError("The document carries more signatures than are checked.")
    embedded = list(reader.embedded_signatures)
    if len(embedded) != filled:
        raise PdfError("A signature of the document is of a kind that is not known.")
    return [entry for entry in embedded if entry.sig_object_type == "/Sig"]


def _unread(question: _Question, before: tuple[Check, ...], result: Result) -> SignatureFinding:
    return SignatureFinding(signed=True, checks=(*before, question.check(CheckName.SIGNATURE, result)))


def _judge(
    question: _Question, before: tuple[Check, ...], signature: EmbeddedPdfSignature
) -> SignatureFinding:
    try:
        status = asyncio.run(_validate(question, signature))
        leaf = certificate_of(status.signing_cert)
        others = [certificate_of(entry) for entry in signature.other_embedded_certs]
    except _READ_ERRORS as cause:
        reason = f"The signature is malformed ({type(cause).__name__}: {str(cause)[:200]})."
        return _unread(question, before, (Status.FAILED, reason))
    time_stamp, proven_at = _check_time_stamp(status, now=question.now)
    at = proven_at or question.now
    chain = _check_anchors(question, leaf, others, at=at)
    lists = [content for anchor in question.anchors for content in anchor.revocation_lists]
    checks = (
        (CheckName.SIGNATURE, _check_signature(status)),
        (CheckName.WHOLE_DOCUMENT, _check_whole(question.document.content, signature, status)),
        (CheckName.CHAIN, (chain.status, chain.reason)),
        (CheckName.SIGNER_VALIDITY, _check_validity(leaf, proven_at=proven_at, now=question.now)),
        (CheckName.REVOCATION, check_revocation(chain.path, lists=lists, at=at)),
        (CheckName.TIME_STAMP, time_stamp),
    )
    return SignatureFinding(
        signed=True,
        checks=(*before, *(question.check(name, result) for name, result in checks)),
        signer=leaf.subject.rfc4514_string(),
        signer_sha256=digest_of(der_of(leaf)),
        claimed_at=status.signer_reported_dt,
        proven_at=proven_at,
        anchor_sha256=chain.anchor_sha256,
    )


async def _validate(question: _Question, signature: EmbeddedPdfSignature) -> PdfSignatureStatus:
    # Whom the signer leads to is judged by `check_chain`; no root here means no trust there.
    nobody = ValidationContext(trust_roots=[], moment=question.now, allow_fetching=False)
    stampers = ValidationContext(
        trust_roots=[asn1.Certificate.load(anchor) for anchor in question.time_stamp_anchors],
        moment=question.now,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=nobody,
        ts_validation_context=stampers,
    )


def _check_signature(status: PdfSignatureStatus) -> Result:
    if not (status.intact and status.valid):
        return (
            Status.FAILED,
            "The signature does not fit the document: it was altered, or signed by another key.",
        )
    if status.md_algorithm in ("md5", "sha1"):
        return Status.UNKNOWN, f"The signature uses {status.md_algorithm.upper()}, which can be forged."
    return Status.PASSED, f"The signature fits ({status.pkcs7_signature_mechanism}, {status.md_algorithm})."


def _check_whole(content: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> Result:
    end = _covered_until(content, signature)
    if end is None:
        return Status.FAILED, "The signature leaves out bytes of the document that are not the signature."
    if end == len(content):
        return Status.PASSED, "The signature covers the whole document."
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return Status.FAILED, "The document was changed after signing."
    return _check_later(content[end:], status.modification_level)


def _check_later(later: bytes, level: ModificationLevel | None) -> Result:
    if level is ModificationLevel.LTA_UPDATES:
        return Status.PASSED, "Only proof of the signature itself was added after signing."
    if level is ModificationLevel.NONE and not later.strip():
        return Status.PASSED, "The signature covers the whole document."
    if level is ModificationLevel.FORM_FILLING:
        reason = "Forms were filled or signatures added after this signature; a person must look."
        return Status.UNKNOWN, reason
    return Status.FAILED, "The document was edited after signing."


def _covered_until(content: bytes, signature: EmbeddedPdfSignature) -> int | None:
    """Return where the signed bytes end, if all before are signed, save the signature itself."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:  # noqa: PLR2004 - two ranges
        return None
    _, first_end, second_start, second_length = numbers
    end = second_start + second_length
    gap = content[first_end:second_start]
    if not 0 < first_end < second_start <= end <= len(content):
        return None
    if gap[:1] != b"<" or gap[-1:] != b">":
        return None
    # `fromhex` would skip white space, which nobody signed; so the text must be digits only.
    digits = gap[1:-1].decode("ascii", "replace")
    cms = signature.pkcs7_content
    if not digits.isalnum() or bytes.fromhex(digits) != cms:
        return None
    # The CMS is DER with a long length: 30 82 hh ll; after it only zeros may follow.
    if cms[:1] != b"\x30" or not cms[1] & 0x80:
        return end
    size = cms[1] & 0x7F
    length = 2 + size + int.from_bytes(cms[2 : 2 + size], "big")
    return end if size == 0 or not cms[length:].strip(b"\0") else None


def _check_time_stamp(status: PdfSignatureStatus, *, now: datetime) -> tuple[Result, datetime | None]:
    stamp = status.timestamp_validity
    if stamp is None:
        return (Status.UNKNOWN, "The signature carries no time-stamp; its time is only stated."), None
    if not (stamp.valid and stamp.intact):
        return (Status.FAILED, "The time-stamp does not fit the signature."), None
    if stamp.timestamp > now + _CLOCK_SKEW:
        return (Status.FAILED, f"The time-stamp lies in the future ({time_text(stamp.timestamp)})."), None
    if not stamp.trusted:
        return (Status.UNKNOWN, "The time-stamping authority is not pinned, or not valid any more."), None
    return (
        Status.PASSED,
        f"Signed before {time_text(stamp.timestamp)}, as a pinned authority says.",
    ), stamp.timestamp


def _check_validity(leaf: x509.Certificate, *, proven_at: datetime | None, now: datetime) -> Result:
    at = proven_at or now
    begins, ends = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    how = "the proven signing time" if proven_at else "now"
    if at < begins:
        return Status.FAILED, f"The signer's certificate is valid from {time_text(begins)} only."
    if at <= ends:
        expired = "" if now <= ends else f"; it has expired since, on {time_text(ends)}"
        return Status.PASSED, f"The signer's certificate is valid at {time_text(at)} ({how}){expired}."
    if proven_at is not None:
        return (
            Status.FAILED,
            f"The signer's certificate had expired on {time_text(ends)}, before the time-stamp.",
        )
    return (
        Status.UNKNOWN,
        f"The signer's certificate expired on {time_text(ends)}; no time-stamp proves that it was earlier.",
    )


def _check_anchors(
    question: _Question, leaf: x509.Certificate, others: Sequence[x509.Certificate], *, at: datetime
) -> ChainFinding:
    # Whether the signer had expired is a check of its own; here the chain is judged while it was valid.
    moment = min(max(at, leaf.not_valid_before_utc), leaf.not_valid_after_utc)
    pinned = [anchor.certificate for anchor in question.anchors]
    most_others = question.limits.certificate_chain
    found = check_chain(leaf, others=others, anchors=pinned, moment=moment, most_others=most_others)
    if found.status is not Status.PASSED:
        return found
    reached = [entry for entry in question.anchors if digest_of(entry.certificate) == found.anchor_sha256]
    rules = [entry.subject_rule for entry in reached]
    if any(rule is None or subject_follows(leaf.subject, rule) for rule in rules):
        return found
    subject = leaf.subject.rfc4514_string()
    return ChainFinding(Status.UNKNOWN, f"{subject} is not the subject that is pinned under this public CA.")
