"""Certificates: the life of a quality document, and three verdicts kept apart.

*Authentic* speaks of the supplier's signature, *matches* of what the content covers,
*accepted* of a named person's decision. A countersignature says only that the
document was received and checked; the registry never issues a certificate
(EN 10204: 3.1 is issued by the manufacturer's own inspection representative).

Pure rules over checks and texts that are handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.verdicts import Check, Status, worst


class CheckName(StrEnum):
    """The checks of a certificate, in the order in which they are shown."""

    FILE_DIGEST = "file digest"
    PASSIVE_CONTENT = "passive content"
    SIGNATURE = "signature"
    WHOLE_DOCUMENT = "whole document"
    CHAIN = "certificate chain"
    SIGNER_VALIDITY = "signer valid when signed"
    REVOCATION = "revocation"
    TIME_STAMP = "time-stamp"
    CONTENT = "content"


class CertificateState(StrEnum):
    """Where a certificate stands in its life."""

    SUBMITTED = "submitted"
    VERIFIED = "supplier signature verified"
    UNSIGNED = "unsigned"
    REJECTED = "rejected"
    MATCHED = "content matched"
    NEEDS_REVIEW = "needs review"
    COUNTERSIGNED = "countersigned"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Countersignature(StrEnum):
    """What a countersignature may say of a document."""

    VERIFIED = "received and verified"
    UNSIGNED = "received unsigned"


_NEXT: Mapping[CertificateState, frozenset[CertificateState]] = MappingProxyType(
    {
        CertificateState.SUBMITTED: frozenset(
            {
                CertificateState.VERIFIED,
                CertificateState.UNSIGNED,
                CertificateState.REJECTED,
                CertificateState.NEEDS_REVIEW,
            }
        ),
        CertificateState.VERIFIED: frozenset(
            {CertificateState.MATCHED, CertificateState.NEEDS_REVIEW, CertificateState.REJECTED}
        ),
        CertificateState.UNSIGNED: frozenset(
            {
                CertificateState.MATCHED,
                CertificateState.NEEDS_REVIEW,
                CertificateState.REJECTED,
                CertificateState.COUNTERSIGNED,
            }
        ),
        CertificateState.NEEDS_REVIEW: frozenset({CertificateState.MATCHED, CertificateState.REJECTED}),
        CertificateState.MATCHED: frozenset({CertificateState.COUNTERSIGNED, CertificateState.REJECTED}),
        CertificateState.COUNTERSIGNED: frozenset({CertificateState.SUPERSEDED, CertificateState.REVOKED}),
        CertificateState.SUPERSEDED: frozenset({CertificateState.REVOKED}),
        CertificateState.REJECTED: frozenset(),
        CertificateState.REVOKED: frozenset(),
    }
)

# What must have passed of any document, signed or not.
_SOUND = frozenset({CheckName.FILE_DIGEST, CheckName.PASSIVE_CONTENT})

# What must have passed for a signature to count as the supplier's. Revocation and
# time-stamp may stay unknown: most suppliers publish neither, and both are shown.
_AUTHENTIC = _SOUND | frozenset(
    {
        CheckName.SIGNATURE,
        CheckName.WHOLE_DOCUMENT,
        CheckName.CHAIN,
        CheckName.SIGNER_VALIDITY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A named person's decision about a certificate: the third verdict.

    Attributes:
        accepted: Whether the person takes the certificate for its purpose.
        by: Who decided.
        reason: Why.
        at: When.
    """

    accepted: bool
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from the checks.

    Attributes:
        state: Where the certificate now stands.
        authentic: Whether the supplier's signature holds; unknown for an unsigned document.
        matches: Whether the content covers what the document was submitted for.
        countersignature: What a countersignature may say; None where there may be none.
    """

    state: CertificateState
    authentic: Status
    matches: Status
    countersignature: Countersignature | None


def decide(checks: Sequence[Check], *, signed: bool) -> Decision:
    """Return what the checks of a certificate allow.

    Anything failed rejects. Every document must be the one received, be passive and match;
    of a signed one every check of authenticity must have passed. What is unknown goes to a person.

    Args:
        checks: All checks, each name at most once.
        signed: Whether the document carries a signature at all.
    """
    status = {check.name: check.status for check in checks}
    matches = status.get(CheckName.CONTENT, Status.UNKNOWN)
    authentic = _authenticity(status, signed=signed)
    if Status.FAILED in status.values():
        return Decision(
            state=CertificateState.REJECTED, authentic=authentic, matches=matches, countersignature=None
        )
    needed = authentic if signed else worst(status.get(name, Status.UNKNOWN) for name in _SOUND)
    state, countersignature = _standing(worst((needed, matches)), signed=signed)
    return Decision(state=state, authentic=authentic, matches=matches, countersignature=countersignature)


def advance(current: CertificateState, following: CertificateState) -> CertificateState:
    """Return ``following``, where the life of a certificate allows that step.

    Raises:
        ConflictError: It does not (code ``CERTIFICATE-STATE``).
    """
    if following not in _NEXT[current]:
        raise ConflictError(
            f"A certificate that is {current.value!r} cannot become {following.value!r}.",
            code=Code.CERTIFICATE_STATE,
        )
    return following


def _authenticity(status: Mapping[str, Status], *, signed: bool) -> Status:
    if any(found is Status.FAILED for name, found in status.items() if name != CheckName.CONTENT):
        return Status.FAILED
    if not signed:
        return Status.UNKNOWN
    return worst(status.get(name, Status.UNKNOWN) for name in _AUTHENTIC)


def _standing(needed: Status, *, signed: bool) -> tuple[CertificateState, Countersignature | None]:
    if needed is not Status.PASSED:
        return CertificateState.NEEDS_REVIEW, None
    if not signed:
        return CertificateState.UNSIGNED, Countersignature.UNSIGNED
    return CertificateState.MATCHED, Countersignature.VERIFIED
