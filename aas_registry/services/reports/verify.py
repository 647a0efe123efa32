"""Verifying a report bundle offline: no registry, no database, no network.

Reaches its verdict independently of the bundle's own ``verify.sh``. Without a pinned root
nothing is ever verified: whoever forges a bundle forges the keys in it too.

This module judges the container and the manifest; `verify_report` and
`verify_evidence` judge what they hold.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError, RefusedError
from aas_registry.domain.verdicts import BundleVerdict, Check, Status, outcome_of
from aas_registry.reports import bundle
from aas_registry.services.reports.verify_evidence import check_statements
from aas_registry.services.reports.verify_report import check_pdf, check_report, subject_of
from aas_registry.services.reports.verify_signers import Verification, check_signer
from aas_registry.trust.anchors import read_anchor
from aas_registry.trust.chains import der_of
from aas_registry.trust.cms import verify_detached
from aas_registry.trust.signer import Purpose

NOT_CHECKED = (
    "Whether everything that happened was recorded, and rightly; the report lists the known gaps.",
    "When the report was made: no outside authority confirmed its times.",
    "Whether a key of the registry was revoked since.",
    "Whether a supplier's signature holds today; the statement says how it stood when it was checked.",
)

_REQUIRED = (
    bundle.MANIFEST,
    bundle.MANIFEST_SIGNATURE,
    bundle.REPORT_JSON,
    bundle.REPORT_ENVELOPE,
    bundle.REPORT_PDF,
    bundle.REPORT_CHAIN,
    bundle.GUIDE,
    bundle.SCRIPT,
)
_WHOLE = "(bundle)"
_MOST_BYTES = 2**32


def verify_bundle(content: bytes | Path, *, roots: Sequence[bytes], now: datetime) -> BundleVerdict:
    """Say whether a bundle is what the holder of a pinned root's key signed.

    Args:
        content: The ZIP, or where it lies.
        roots: Pinned root certificates, PEM or DER; none gives "unknown" at best.
        now: The time at which the signers' certificates must be valid.

    Returns:
        A verdict: "verified" only where every check passed. Whatever the bundle holds
        becomes a check; a failed one names the file.

    Raises:
        InvalidRequestError: A root is no CA certificate (``ANCHOR-INVALID``), or the file
            is larger than any bundle (``BUNDLE-INVALID``).
        OSError: The file cannot be read.
    """
    anchors = tuple(read_anchor(root).der for root in roots)
    if isinstance(content, Path):
        if content.stat().st_size > _MOST_BYTES:
            raise InvalidRequestError("The file is larger than 4 GiB.", code=Code.BUNDLE_INVALID)
        content = content.read_bytes()
    try:
        files = bundle.unpack(content)
        difference = bundle.first_difference(content, files)
    except RefusedError as cause:
        broken = Check(name="container", status=Status.FAILED, reason=str(cause), at=now, file=_WHOLE)
        return _verdict([broken], subject=None)
    verification = Verification(files=files, anchors=anchors, now=now)
    checks = [
        _check_root(verification),
        _check_container(verification, difference),
        *_check_files(verification),
        *_check_manifest_signature(verification),
        *check_report(verification),
        *check_pdf(verification),
        *check_statements(verification),
    ]
    return _verdict(checks, subject=subject_of(files))


def _verdict(checks: Sequence[Check], *, subject: str | None) -> BundleVerdict:
    return BundleVerdict(
        outcome=outcome_of(checks), checks=tuple(checks), not_checked=NOT_CHECKED, subject=subject
    )


def _check_root(verification: Verification) -> Check:
    if not verification.anchors:
        reason = "No root certificate was given, so nobody knows whose signatures these are."
        return verification.check("pinned root", Status.UNKNOWN, reason)
    digests = ", ".join(digest_of(anchor) for anchor in verification.anchors)
    return verification.check("pinned root", Status.PASSED, f"Pinned by the caller: SHA-256 {digests}.")


def _check_container(verification: Verification, difference: str | None) -> Check:
    if difference is None:
        return verification.check("container", Status.PASSED, "The ZIP holds its files and nothing else.")
    reason = "The ZIP around this file differs from the one that such files make."
    return verification.check("container", Status.FAILED, reason, file=difference)


def _check_files(verification: Verification) -> list[Check]:
    files = verification.files
    missing = [name for name in _REQUIRED if name not in files]
    checks = [
        verification.check("manifest", Status.FAILED, "The file is missing.", file=name) for name in missing
    ]
    try:
        digests = bundle.read_manifest(files.get(bundle.MANIFEST, b""))
    except RefusedError as cause:
        checks.append(verification.check("manifest", Status.FAILED, str(cause), file=bundle.MANIFEST))
        return checks
    for name in sorted((files.keys() | digests.keys()).difference(missing, bundle.UNLISTED)):
        if name not in digests:
            reason = "The file is not in the manifest."
        elif name not in files:
            reason = "The file is missing."
        elif digest_of(files[name]) != digests[name]:
            reason = "The file differs from the manifest."
        else:
            continue
        checks.append(verification.check("manifest", Status.FAILED, reason, file=name))
    if not checks:
        reason = f"{len(digests)} files are as listed, and there is no other."
        checks.append(verification.check("manifest", Status.PASSED, reason))
    return checks


def _check_manifest_signature(verification: Verification) -> list[Check]:
    files = verification.files
    signature = files.get(bundle.MANIFEST_SIGNATURE)
    manifest = files.get(bundle.MANIFEST)
    if signature is None or manifest is None:
        return []
    finding = verify_detached(signature, manifest)
    both = f"{bundle.MANIFEST_SIGNATURE} over {bundle.MANIFEST}"
    checks = [verification.check("manifest signature", finding.status, finding.reason, file=both)]
    if finding.status is not Status.PASSED:
        return checks
    chain = verification.chain(bundle.REPORT_CHAIN)
    # The chain's last certificate is the root, which does not travel in a signature.
    wanted = [der_of(entry) for entry in chain[:-1] or chain]
    found = [der_of(entry) for entry in finding.certificates]
    status, reason, file = Status.PASSED, "The signer is that of trust/chain.pem.", None
    if found[:1] != wanted[:1] or sorted(found) != sorted(wanted):
        status, file = Status.FAILED, bundle.MANIFEST_SIGNATURE
        reason = "The certificates in the signature are not those of trust/chain.pem."
    checks.append(verification.check("manifest signer", status, reason, file=file))
    checks.append(check_signer(verification, finding.certificates, purpose=Purpose.REPORT, file=both))
    return checks
