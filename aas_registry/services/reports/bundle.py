"""Making a report bundle: rendered, signed, listed, signed again, packed.

The order matters and stands here because reports, which render and pack, and trust,
which signs, do not know each other. Works without a registry or a database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aas_registry import reports
from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.reports import EvidenceEntry, TraceReport
from aas_registry.reports import bundle
from aas_registry.reports.report_json import report_json
from aas_registry.reports.report_pdf import report_pdf
from aas_registry.trust.chains import read_pem_chain
from aas_registry.trust.cms import sign_detached
from aas_registry.trust.dsse import REPORT_TYPE, read_envelope, sign_envelope
from aas_registry.trust.pdf_signer import sign_pdf
from aas_registry.trust.signer import Signer, key_id_of

_FOLDER = Path(reports.__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a report speaks of, as it travels with it.

    Attributes:
        originals: The certificates' original bytes (PDF).
        statements: The countersigned statements about them, or excerpts of such: DSSE envelopes.
        chains: PEM chains of the keys that signed the statements, the key's own first.
    """

    originals: Sequence[bytes] = ()
    statements: Sequence[bytes] = ()
    chains: Sequence[bytes] = ()


def build_bundle(report: TraceReport, evidence: Evidence, *, signer: Signer, now: datetime) -> bytes:
    """Return the bundle of a report: a ZIP that verifies offline under the registry's root.

    Args:
        report: The question and its answer; its list of evidence is made here.
        evidence: What travels along: the original of every statement too, if it is not withheld.
        signer: The registry's key for reports.
        now: The signing time that the signatures state.

    Raises:
        RefusedError: An envelope or the report is malformed, or all is too large.
        InvalidRequestError: The PDF cannot be typeset.
    """
    files = _evidence_files(evidence)
    report = report.with_evidence(
        [
            EvidenceEntry(
                file=name,
                sha256=digest_of(content),
                kind="certificate" if name.startswith(bundle.CERTIFICATES) else "statement",
            )
            for name, content in sorted(files.items())
        ]
    )
    content = report_json(report)
    pdf = sign_pdf(report_pdf(report, content), signer, now=now, reason=f"Trace report {report.id}")
    files |= {
        bundle.REPORT_JSON: content,
        bundle.REPORT_ENVELOPE: sign_envelope(content, payload_type=REPORT_TYPE, signer=signer),
        bundle.REPORT_PDF: pdf,
        bundle.REPORT_CHAIN: signer.chain_pem,
        bundle.GUIDE: (_FOLDER / bundle.GUIDE).read_bytes(),
        bundle.SCRIPT: (_FOLDER / bundle.SCRIPT).read_bytes(),
    }
    for chain in (signer.chain_pem, *evidence.chains):
        files[f"{bundle.KEY_CHAINS}{key_id_of(read_pem_chain(chain)[0])}.pem"] = chain
    manifest = bundle.manifest_of(files)
    files[bundle.MANIFEST] = manifest
    files[bundle.MANIFEST_SIGNATURE] = sign_detached(manifest, signer, now=now)
    return bundle.pack(files)


def _evidence_files(evidence: Evidence) -> dict[str, bytes]:
    originals = {f"{bundle.CERTIFICATES}{digest_of(entry)}.pdf": entry for entry in evidence.originals}
    statements = {
        f"{bundle.STATEMENTS}{digest_of(read_envelope(entry).payload)}.dsse.json": entry
        for entry in evidence.statements
    }
    return originals | statements
