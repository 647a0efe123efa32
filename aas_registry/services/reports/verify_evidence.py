"""Verifying the evidence: every statement signed, every original the one it speaks of."""

from typing import Any

from aas_registry.domain.canonical_json import digest_of, loads_strict
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.statements import PREDICATE_TYPE
from aas_registry.domain.statements import STATEMENT_TYPE as IN_TOTO
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports import bundle
from aas_registry.services.reports.verify_signers import Verification, check_envelope
from aas_registry.trust.dsse import STATEMENT_TYPE
from aas_registry.trust.signer import Purpose

_DEPTH = 16


def check_statements(verification: Verification) -> list[Check]:
    """Say of every file of evidence whether it is what it is named after, and signed."""
    checks: list[Check] = []
    for name in sorted(verification.files):
        if name.startswith(bundle.STATEMENTS):
            checks += _check_statement(verification, name)
        elif name.startswith(bundle.CERTIFICATES) and name != (
            f"{bundle.CERTIFICATES}{digest_of(verification.files[name])}.pdf"
        ):
            reason = "The file is not the original that it is named after."
            checks.append(verification.check("original", Status.FAILED, reason, file=name))
    return checks


def _check_statement(verification: Verification, file: str) -> list[Check]:
    envelope, checks = check_envelope(
        verification, file, payload_type=STATEMENT_TYPE, purpose=Purpose.COUNTERSIGN
    )
    if envelope is None:
        return checks
    status, digest = Status.FAILED, _subject_digest(envelope.payload)
    if file != f"{bundle.STATEMENTS}{digest_of(envelope.payload)}.dsse.json":
        reason = "The file is not the statement that it is named after."
    elif digest is None:
        reason = "The payload is no statement of the known kind."
    elif f"{bundle.CERTIFICATES}{digest}.pdf" not in verification.files:
        reason = "The statement speaks of an original that is not here."
    else:
        status, reason = Status.PASSED, "The statement speaks of an original that is here."
    return [*checks, verification.check("statement", status, reason, file=file)]


def _subject_digest(payload: bytes) -> str | None:
    try:
        statement: Any = loads_strict(payload, max_depth=_DEPTH)
        if (statement["_type"], statement["predicateType"]) != (IN_TOTO, PREDICATE_TYPE):
            return None
        (subject,) = statement["subject"]
        return str(subject["digest"]["sha256"])
    except (RefusedError, TypeError, KeyError, ValueError):
        return None
