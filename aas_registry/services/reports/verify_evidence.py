"""Verifying the evidence: every statement signed, every original the one it speaks of.

An original that the report withholds is not here, and then only excerpts of statements are.
"""

from collections.abc import Collection
from typing import Any

from aas_registry.domain.canonical_json import digest_of, loads_strict
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.statements import EXCERPT_TYPE, PREDICATE_TYPE
from aas_registry.domain.statements import STATEMENT_TYPE as IN_TOTO
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports import bundle
from aas_registry.services.reports.verify_report import withheld_by
from aas_registry.services.reports.verify_signers import Verification, check_envelope
from aas_registry.trust.dsse import STATEMENT_TYPE
from aas_registry.trust.signer import Purpose

_DEPTH = 16


def check_statements(verification: Verification) -> list[Check]:
    """Say of every file of evidence whether it is what it is named after, and signed."""
    checks: list[Check] = []
    withheld = withheld_by(verification.files)
    for name in sorted(verification.files):
        if name.startswith(bundle.STATEMENTS):
            checks += _check_statement(verification, name, withheld)
        elif name in {f"{bundle.CERTIFICATES}{digest}.pdf" for digest in withheld}:
            reason = "The report says that this original is withheld, and it is here."
            checks.append(verification.check("original", Status.FAILED, reason, file=name))
        elif name.startswith(bundle.CERTIFICATES) and name != (
            f"{bundle.CERTIFICATES}{digest_of(verification.files[name])}.pdf"
        ):
            reason = "The file is not the original that it is named after."
            checks.append(verification.check("original", Status.FAILED, reason, file=name))
    return checks


def _check_statement(verification: Verification, file: str, withheld: Collection[str]) -> list[Check]:
    envelope, checks = check_envelope(
        verification, file, payload_type=STATEMENT_TYPE, purpose=Purpose.COUNTERSIGN
    )
    if envelope is None:
        return checks
    status, (kind, digest) = Status.FAILED, _kind_and_subject(envelope.payload)
    if file != f"{bundle.STATEMENTS}{digest_of(envelope.payload)}.dsse.json":
        reason = "The file is not the statement that it is named after."
    elif digest is None:
        reason = "The payload is no statement of the known kind."
    elif digest in withheld and kind == EXCERPT_TYPE:
        status, reason = Status.PASSED, "The excerpt speaks of an original that the report withholds."
    elif f"{bundle.CERTIFICATES}{digest}.pdf" not in verification.files:
        reason = "The statement speaks of an original that is not here."
    else:
        status, reason = Status.PASSED, "The statement speaks of an original that is here."
    return [*checks, verification.check("statement", status, reason, file=file)]


def _kind_and_subject(payload: bytes) -> tuple[str, str | None]:
    try:
        statement: Any = loads_strict(payload, max_depth=_DEPTH)
        kind = str(statement["predicateType"])
        (subject,) = statement["subject"]
        digest = str(subject["digest"]["sha256"])
        known = statement["_type"] == IN_TOTO and kind in {PREDICATE_TYPE, EXCERPT_TYPE}
    except (RefusedError, TypeError, KeyError, ValueError):
        return "", None
    return kind, digest if known else None
