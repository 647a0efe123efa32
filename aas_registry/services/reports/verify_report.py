"""Verifying the report itself: its envelope, its list of evidence, its PDF."""

from collections.abc import Mapping
from typing import Any

from aas_registry.domain.canonical_json import digest_of, loads_strict
from aas_registry.domain.certificates import CheckName
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.reports import REPORT_VERSION
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports import bundle
from aas_registry.services.reports.verify_signers import LIMITS, Verification, check_envelope
from aas_registry.trust.chains import der_of
from aas_registry.trust.dsse import REPORT_TYPE
from aas_registry.trust.pdf_attachments import attachments
from aas_registry.trust.pdf_reading import OpenedPdf
from aas_registry.trust.pdf_signature import TrustAnchor, verify_pdf
from aas_registry.trust.signer import Purpose

_DEPTH = 16
_EVIDENCE = "evidence/"
# No revocation list and no time-stamp travel with a report of this version; `NOT_CHECKED` says so.
_NOT_JUDGED = frozenset({CheckName.REVOCATION.value, CheckName.TIME_STAMP.value})


def check_report(verification: Verification) -> list[Check]:
    """Say whether ``report.json`` is what its envelope signs, and names the evidence that is here."""
    if bundle.REPORT_ENVELOPE not in verification.files:
        return []
    envelope, checks = check_envelope(
        verification, bundle.REPORT_ENVELOPE, payload_type=REPORT_TYPE, purpose=Purpose.REPORT
    )
    content = verification.files.get(bundle.REPORT_JSON)
    if envelope is not None and content is not None and envelope.payload != content:
        reason = f"The file is not what {bundle.REPORT_ENVELOPE} signs."
        checks.append(verification.check("report", Status.FAILED, reason, file=bundle.REPORT_JSON))
    return [*checks, *_check_evidence_list(verification)]


def check_pdf(verification: Verification) -> list[Check]:
    """Say whether ``report.pdf`` is signed whole by the report's signer and carries ``report.json``."""
    content = verification.files.get(bundle.REPORT_PDF)
    if content is None:
        return []
    finding = verify_pdf(
        OpenedPdf(content),
        sha256=digest_of(content),
        anchors=[TrustAnchor(certificate=anchor) for anchor in verification.anchors],
        time_stamp_anchors=[],
        limits=LIMITS,
        now=verification.now,
    )
    judged = [check for check in finding.checks if check.name not in _NOT_JUDGED]
    checks = [
        verification.check(f"PDF: {check.name}", check.status, check.reason, file=bundle.REPORT_PDF)
        for check in judged
    ]
    chain = verification.chain(bundle.REPORT_CHAIN)
    signer = digest_of(der_of(chain[0])) if chain else None
    if not finding.signed or finding.signer_sha256 != signer:
        reason = "The PDF is not signed by the signer of trust/chain.pem."
        checks.append(verification.check("PDF: signer", Status.FAILED, reason, file=bundle.REPORT_PDF))
    found = attachments(content)
    report = verification.files.get(bundle.REPORT_JSON)
    status, reason = Status.PASSED, f"The PDF carries the very {bundle.REPORT_JSON}."
    if found is None or list(found) != [bundle.REPORT_JSON] or found[bundle.REPORT_JSON] != report:
        status, reason = Status.FAILED, f"The PDF does not carry exactly {bundle.REPORT_JSON}."
    return [*checks, verification.check("PDF: attachment", status, reason, file=bundle.REPORT_PDF)]


def subject_of(files: Mapping[str, bytes]) -> str | None:
    """Return what the report speaks of, as it says itself; None where that cannot be read."""
    report = _report(files)
    question = report.get("question") if report is not None else None
    subject = question.get("subject") if isinstance(question, dict) else None
    if not isinstance(subject, dict):
        return None
    return f"{subject.get('kind')} {subject.get('name')}"


def withheld_by(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the digests of the originals that the report says to be withheld."""
    report = _report(files)
    listed = report.get("withheld") if report is not None else None
    return frozenset(each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, str))


def _check_evidence_list(verification: Verification) -> list[Check]:
    report = _report(verification.files)
    if report is None:
        reason = f"The file is no report of version {REPORT_VERSION}."
        return [verification.check("report", Status.FAILED, reason, file=bundle.REPORT_JSON)]
    entries = report.get("evidence")
    listed = {
        str(entry.get("file")): str(entry.get("sha256"))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    }
    here = {
        name: digest_of(content) for name, content in verification.files.items() if name.startswith(_EVIDENCE)
    }
    wrong = sorted(name for name in listed.keys() | here.keys() if listed.get(name) != here.get(name))
    if wrong:
        reason = "The report's list of evidence and the evidence that is here differ."
        return [verification.check("evidence", Status.FAILED, reason, file=name) for name in wrong]
    reason = f"The {len(here)} files of evidence are those that the report lists."
    return [verification.check("evidence", Status.PASSED, reason)]


def _report(files: Mapping[str, bytes]) -> dict[str, Any] | None:
    try:
        report = loads_strict(files.get(bundle.REPORT_JSON, b""), max_depth=_DEPTH)
    except RefusedError:
        return None
    if not isinstance(report, dict) or report.get("reportVersion") != REPORT_VERSION:
        return None
    return report
