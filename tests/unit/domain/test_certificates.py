"""What the checks of a certificate allow."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aas_registry.domain.certificates import (
    CertificateState,
    CheckName,
    Countersignature,
    PersonDecision,
    Transition,
    decide,
    first_steps,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.verdicts import BundleOutcome, Check, Status, outcome_of, time_text, worst

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
    assert outcome_of([]) is BundleOutcome.UNKNOWN


# Every step that TRUST's life of a certificate allows, written out a second time on purpose.
ALLOWED = {
    None: "submitted",
    "submitted": "supplier signature verified, unsigned, rejected, needs review",
    "supplier signature verified": "content matched, needs review, rejected",
    "unsigned": "content matched, needs review, rejected, countersigned",
    "needs review": "content matched, rejected",
    "content matched": "countersigned, rejected",
    "countersigned": "superseded, revoked",
    "superseded": "revoked",
    "rejected": "",
    "revoked": "",
}
STEPS = {(before, after) for before, words in ALLOWED.items() for after in words.split(", ") if after}
EVERY_STEP = [(before, after) for before in (None, *CertificateState) for after in CertificateState]


def step(before: CertificateState | None, after: CertificateState) -> Transition:
    return Transition(before=before, after=after, who="quality", reason="because", at=NOW)


def test_every_state_has_its_steps_written_out() -> None:
    assert set(ALLOWED) == {None, *CertificateState}
    assert set(EVERY_STEP) >= STEPS


@pytest.mark.parametrize(("before", "after"), [each for each in EVERY_STEP if each in STEPS])
def test_a_step_that_the_life_of_a_certificate_allows_is_made(
    before: CertificateState | None, after: CertificateState
) -> None:
    made = step(before, after)

    assert (made.before, made.after, made.who, made.reason, made.at) == (
        before, after, "quality", "because", NOW,
    )  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [each for each in EVERY_STEP if each not in STEPS])
def test_a_step_that_the_life_of_a_certificate_forbids_cannot_be_made(
    before: CertificateState | None, after: CertificateState
) -> None:
    with pytest.raises(ConflictError) as caught:
        step(before, after)

    assert caught.value.code is Code.CERTIFICATE_STATE


@pytest.mark.parametrize("state", CertificateState)
def test_only_what_was_rejected_or_revoked_has_come_to_its_end(state: CertificateState) -> None:
    assert state.is_final is (state in {CertificateState.REJECTED, CertificateState.REVOKED})


@pytest.mark.parametrize("state", CertificateState)
def test_a_person_accepts_only_what_has_not_come_to_its_end(state: CertificateState) -> None:
    def decided(*, accepted: bool) -> PersonDecision:
        return PersonDecision(state=state, accepted=accepted, who="quality", reason="because", at=NOW)

    refused = decided(accepted=False)

    assert (refused.status, refused.word) == (Status.FAILED, "not accepted")
    if state.is_final:
        with pytest.raises(ConflictError) as caught:
            decided(accepted=True)
        assert caught.value.code is Code.CERTIFICATE_STATE
    else:
        assert (decided(accepted=True).status, decided(accepted=True).word) == (Status.PASSED, "accepted")


@pytest.mark.parametrize(
    ("statuses", "signed", "way"),
    [
        ({}, True, ["received", "every check of authenticity passed", "checked"]),
        ({}, False, ["received", "checked"]),
        ({"CONTENT": Status.FAILED}, True, ["received", "content: why"]),
        ({"CHAIN": Status.UNKNOWN, "CONTENT": Status.UNKNOWN}, True, ["received", "certificate chain: why"]),
    ],
)
def test_the_first_steps_lead_from_receipt_to_what_was_decided(
    statuses: dict[str, Status], *, signed: bool, way: list[str]
) -> None:
    found = [replace(each, reason="why") for each in checks(**statuses)]
    decision = decide(found, signed=signed)

    steps = first_steps(decision, found, who="bolt", at=NOW)

    assert [each.reason for each in steps] == way
    assert [each.before for each in steps] == [None, *(each.after for each in steps[:-1])]
    assert steps[-1].after is decision.state


def test_a_check_is_shown_with_reason_and_time() -> None:
    check = Check(name="signature", status=Status.UNKNOWN, reason="No anchor.", at=NOW)

    assert check.as_json() == {
        "name": "signature",
        "status": "unknown",
        "reason": "No anchor.",
        "at": "2026-03-04T12:00:00Z",
    }
    assert time_text(NOW) == "2026-03-04T12:00:00Z"
