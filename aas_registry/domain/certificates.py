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

REGISTRY = "registry"
"""Who takes a step that a program decides by the checks, not a person."""


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

    @property
    def is_final(self) -> bool:
        """Return whether no step leads on from here."""
        return not _NEXT[self]


class Notice(StrEnum):
    """What whoever sent or received a certificate should see at once, the worst first."""

    REVOKED = "revoked"
    REJECTED = "rejected"
    NOT_ACCEPTED = "not accepted"
    NEEDS_REVIEW = "needs review"
    UNSIGNED = "unsigned"


class Countersignature(StrEnum):
    """What a countersignature may say of a document."""

    VERIFIED = "received and verified"
    UNSIGNED = "received unsigned"


# None: a document that is just coming in.
_NEXT: Mapping[CertificateState | None, frozenset[CertificateState]] = MappingProxyType(
    {
        None: frozenset({CertificateState.SUBMITTED}),
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
class Transition:
    """A step that the life of a certificate allows; one that it forbids cannot be made.

    Attributes:
        before: The state before the step; None for a certificate that is just coming in.
        after: The state after the step.
        who: Name of the person or the token that takes the step.
        reason: Why.
        at: When.

    Raises:
        ConflictError: No step leads there from ``before`` (code ``CERTIFICATE-STATE``).
    """

    before: CertificateState | None
    after: CertificateState
    who: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse a step that the life of a certificate does not allow."""
        if self.after not in _NEXT[self.before]:
            stands = "not submitted" if self.before is None else self.before.value
            raise ConflictError(
                f"A certificate that is {stands} cannot become {self.after.value}.",
                code=Code.CERTIFICATE_STATE,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDecision:
    """A named person's decision about a certificate: the third verdict, and no state.

    Attributes:
        state: The state of the certificate when the person decides; it does not change.
        accepted: Whether the person takes the certificate for its purpose.
        who: Who decides.
        reason: Why.
        at: When.

    Raises:
        ConflictError: Nobody can accept what was rejected or revoked (code ``CERTIFICATE-STATE``).
    """

    state: CertificateState
    accepted: bool
    who: str
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        """Refuse to accept what has come to its end."""
        if self.accepted and self.state.is_final:
            raise ConflictError(
                f"A certificate that is {self.state.value} cannot be accepted.", code=Code.CERTIFICATE_STATE
            )

    @property
    def status(self) -> Status:
        """Return the decision as a verdict."""
        return Status.PASSED if self.accepted else Status.FAILED

    @property
    def word(self) -> str:
        """Return the decision in a word, as the steps and the audit log show it."""
        return "accepted" if self.accepted else "not accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from the checks.

    Attributes:
        state: The state that the certificate takes.
        authentic: Whether the supplier's signature holds; unknown for an unsigned document.
        matches: Whether the content covers what the document was submitted for.
        countersignature: What a countersignature may say; None where there may be none.
    """

    state: CertificateState
    authentic: Status
    matches: Status
    countersignature: Countersignature | None


def reason_without_lots(check: str, reason: str) -> str:
    """Return the reason of a check for whoever may not know every lot that the document names."""
    if check != CheckName.CONTENT:
        return reason
    return "The document was compared with everything that it was submitted for; this is an excerpt."


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
    is_refuted = any(found is Status.FAILED for name, found in status.items() if name != CheckName.CONTENT)
    authentic = Status.FAILED if is_refuted else Status.UNKNOWN
    if signed and not is_refuted:
        authentic = worst(status.get(name, Status.UNKNOWN) for name in _AUTHENTIC)
    needed = authentic if signed else worst(status.get(name, Status.UNKNOWN) for name in _SOUND)
    countersignature = None
    if Status.FAILED in status.values():
        state = CertificateState.REJECTED
    elif worst((needed, matches)) is not Status.PASSED:
        state = CertificateState.NEEDS_REVIEW
    elif signed:
        state, countersignature = CertificateState.MATCHED, Countersignature.VERIFIED
    else:
        state, countersignature = CertificateState.UNSIGNED, Countersignature.UNSIGNED
    return Decision(state=state, authentic=authentic, matches=matches, countersignature=countersignature)


def notice_of(state: CertificateState, accepted: Status, *, signed: bool) -> Notice | None:
    """Return what should be seen of a certificate at once; None where nothing asks for anybody.

    A person's word settles what only waits for a person; it settles no failure.

    Args:
        state: Where the certificate stands.
        accepted: What a person decided; unknown before that.
        signed: Whether it carries a signature.
    """
    if state in {CertificateState.REVOKED, CertificateState.REJECTED}:
        return Notice(state.value)
    if accepted is not Status.UNKNOWN:
        return Notice.NOT_ACCEPTED if accepted is Status.FAILED else None
    if state is CertificateState.NEEDS_REVIEW:
        return Notice.NEEDS_REVIEW
    return None if signed else Notice.UNSIGNED


def first_steps(decision: Decision, checks: Sequence[Check], *, who: str, at: datetime) -> list[Transition]:
    """Return the steps from receipt to the state that the checks allow: these are the registry's own.

    Args:
        decision: What follows from the checks.
        checks: All checks; the first that stands in the way is the reason.
        who: Who submits the certificate.
        at: When.
    """
    way = [(CertificateState.SUBMITTED, "received")]
    if decision.state is CertificateState.MATCHED:
        way.append((CertificateState.VERIFIED, "every check of authenticity passed"))
    worst_check = next((each for each in checks if each.status is Status.FAILED), None)
    if worst_check is None and decision.state is CertificateState.NEEDS_REVIEW:
        worst_check = next((each for each in checks if each.status is Status.UNKNOWN), None)
    way.append(
        (decision.state, "checked" if worst_check is None else f"{worst_check.name}: {worst_check.reason}")
    )
    before = [None, *(state for state, _ in way)]
    return [
        Transition(before=stood, after=state, who=who if stood is None else REGISTRY, reason=reason, at=at)
        for stood, (state, reason) in zip(before, way, strict=False)
    ]
