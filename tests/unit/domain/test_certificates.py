"""What the checks of a certificate allow."""

from datetime import UTC, datetime

import pytest

from aas_registry.domain.certificates import (
    CertificateState,
    CheckName,
    Countersignature,
    advance,
    decide,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.verdicts import Check, Outcome, Status, outcome_of, time_text, worst

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def checks(**statuses: Status) -> list[Check]:
    everything = dict.fromkeys(CheckName, Status.PASSED)
    everything |= {CheckName[name]: status for name, status in statuses.items()}
    return [Check(name=name, status=status, reason="", at=NOW) for name, status in everything.items()]


def test_a_verified_and_matching_certificate_may_be_countersigned() -> None:
    decision = decide(checks(), signed=True)

    assert decision.state is CertificateState.MATCHED
    assert decision.countersignature is Countersignature.VERIFIED
    assert (decision.authentic, decision.matches) == (Status.PASSED, Status.PASSED)


@pytest.mark.parametrize("name", list(CheckName))
def test_whatever_fails_is_never_countersigned(name: CheckName) -> None:
    decision = decide(checks(**{name.name: Status.FAILED}), signed=True)

    assert decision.state is CertificateState.REJECTED
    assert decision.countersignature is None


@pytest.mark.parametrize(
    "name", [name for name in CheckName if name not in (CheckName.REVOCATION, CheckName.TIME_STAMP)]
)
def test_what_is_unknown_goes_to_a_person(name: CheckName) -> None:
    decision = decide(checks(**{name.name: Status.UNKNOWN}), signed=True)

    assert decision.state is CertificateState.NEEDS_REVIEW
    assert decision.countersignature is None


def test_a_check_that_was_not_made_counts_as_unknown() -> None:
    decision = decide([check for check in checks() if check.name != CheckName.CHAIN], signed=True)

    assert decision.authentic is Status.UNKNOWN
    assert decision.countersignature is None


def test_unknown_revocation_and_time_do_not_block() -> None:
    decision = decide(checks(REVOCATION=Status.UNKNOWN, TIME_STAMP=Status.UNKNOWN), signed=True)

    assert decision.countersignature is Countersignature.VERIFIED


def test_a_failed_content_leaves_the_signature_authentic() -> None:
    decision = decide(checks(CONTENT=Status.FAILED), signed=True)

    assert (decision.authentic, decision.matches) == (Status.PASSED, Status.FAILED)


def test_an_unsigned_document_is_countersigned_as_received_unsigned_only() -> None:
    plain = [
        Check(name=name, status=Status.PASSED, reason="", at=NOW)
        for name in (CheckName.FILE_DIGEST, CheckName.PASSIVE_CONTENT, CheckName.CONTENT)
    ]
    decision = decide(plain, signed=False)

    assert decision.state is CertificateState.UNSIGNED
    assert decision.countersignature is Countersignature.UNSIGNED
    assert decision.authentic is Status.UNKNOWN


def test_an_unsigned_document_of_unreadable_content_goes_to_a_person() -> None:
    decision = decide(checks(CONTENT=Status.UNKNOWN), signed=False)

    assert decision.state is CertificateState.NEEDS_REVIEW
    assert decision.countersignature is None


@pytest.mark.parametrize("name", [CheckName.FILE_DIGEST, CheckName.PASSIVE_CONTENT])
def test_an_unsigned_document_that_could_not_be_looked_through_goes_to_a_person(name: CheckName) -> None:
    plain = [
        Check(name=other, status=Status.UNKNOWN if other is name else Status.PASSED, reason="", at=NOW)
        for other in (CheckName.FILE_DIGEST, CheckName.PASSIVE_CONTENT, CheckName.CONTENT)
    ]

    assert decide(plain, signed=False).countersignature is None


def test_nothing_checked_is_unknown() -> None:
    decision = decide([], signed=True)

    assert decision.authentic is Status.UNKNOWN
    assert decision.countersignature is None
    assert worst([]) is Status.UNKNOWN
    assert outcome_of([]) is Outcome.UNKNOWN


def test_a_rejected_certificate_never_becomes_countersigned() -> None:
    with pytest.raises(ConflictError) as caught:
        advance(CertificateState.REJECTED, CertificateState.COUNTERSIGNED)

    assert caught.value.code is Code.CERTIFICATE_STATE


def test_a_submitted_certificate_must_be_checked_before_it_is_countersigned() -> None:
    with pytest.raises(ConflictError):
        advance(CertificateState.SUBMITTED, CertificateState.COUNTERSIGNED)


def test_the_way_of_a_good_certificate() -> None:
    state = CertificateState.SUBMITTED
    for following in (
        CertificateState.VERIFIED,
        CertificateState.MATCHED,
        CertificateState.COUNTERSIGNED,
        CertificateState.SUPERSEDED,
        CertificateState.REVOKED,
    ):
        state = advance(state, following)

    assert state is CertificateState.REVOKED


def test_a_check_is_shown_with_reason_and_time() -> None:
    check = Check(name="signature", status=Status.UNKNOWN, reason="No anchor.", at=NOW)

    assert check.as_json() == {
        "name": "signature",
        "status": "unknown",
        "reason": "No anchor.",
        "at": "2026-03-04T12:00:00Z",
    }
    assert time_text(NOW) == "2026-03-04T12:00:00Z"
