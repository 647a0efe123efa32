"""The state of a certificate changes by its state machine, and in no other way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from certificate_rows import unknown_facts

import aas_registry
from aas_registry.domain.certificates import CertificateState, PersonDecision, Transition
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError
from aas_registry.domain.identifiers import CertificateId, Site
from aas_registry.domain.principals import Scope
from aas_registry.domain.verdicts import Check, Status
from aas_registry.services.registry import Registry
from aas_registry.storage import certificates
from aas_registry.storage.certificates import Certificate, CertificateFacts, NewCertificate, ScopeTerm

PLANT = Site("plant")
PRODUCT = Path(aas_registry.__file__).parent
WRITES = {"insert", "update", "delete"}


def step(registry: Registry, before: CertificateState | None, after: CertificateState) -> Transition:
    return Transition(before=before, after=after, who="bolt", reason=f"now {after}", at=registry.clock())


def new(registry: Registry, received: Transition) -> NewCertificate:
    facts = CertificateFacts(**unknown_facts(registry.clock(), matches=Status.PASSED))
    check = Check(name="content", status=Status.PASSED, reason="", at=registry.clock())
    return NewCertificate(
        facts=facts, received=received, terms=[ScopeTerm("part", "Bolt CAP-1")], checks=[check]
    )


@pytest.fixture
def number(registry: Registry) -> CertificateId:
    """A certificate that was submitted, and nothing more."""
    with registry.write(PLANT) as connection:
        received = step(registry, None, CertificateState.SUBMITTED)
        return certificates.add_certificate(connection, registry.allocator, PLANT, new(registry, received)).id


def kept(registry: Registry, number: CertificateId) -> tuple[Certificate, list[certificates.Step]]:
    with registry.read() as connection:
        found = certificates.find_certificate(connection, Scope(PLANT), number)
        assert found is not None
        return found, certificates.steps_of(connection, PLANT, number)


def test_a_certificate_begins_with_its_first_step(registry: Registry, number: CertificateId) -> None:
    found, steps = kept(registry, number)

    assert (found.state, found.matches) == (CertificateState.SUBMITTED, Status.PASSED)
    assert all(isinstance(each, Status) for each in (found.authentic, found.matches, found.accepted))
    assert isinstance(found.state, CertificateState)
    assert [(each.state, each.reason) for each in steps] == [(CertificateState.SUBMITTED, "now submitted")]


def test_no_certificate_begins_with_a_later_step(registry: Registry) -> None:
    later = step(registry, CertificateState.MATCHED, CertificateState.COUNTERSIGNED)

    with registry.write(PLANT) as connection, pytest.raises(ConflictError):
        certificates.add_certificate(connection, registry.allocator, PLANT, new(registry, later))


def test_a_step_changes_the_state_and_is_kept(registry: Registry, number: CertificateId) -> None:
    with registry.write(PLANT) as connection:
        made = step(registry, CertificateState.SUBMITTED, CertificateState.UNSIGNED)
        certificates.add_transition(connection, PLANT, number, made)

    found, steps = kept(registry, number)

    assert found.state is CertificateState.UNSIGNED
    assert [each.state for each in steps] == [CertificateState.SUBMITTED, CertificateState.UNSIGNED]


def test_a_step_from_where_the_certificate_no_longer_stands_is_refused(
    registry: Registry, number: CertificateId
) -> None:
    rejected = step(registry, CertificateState.SUBMITTED, CertificateState.REJECTED)
    late = step(registry, CertificateState.SUBMITTED, CertificateState.UNSIGNED)
    with registry.write(PLANT) as connection:
        certificates.add_transition(connection, PLANT, number, rejected)

        with pytest.raises(ConflictError) as caught:
            certificates.add_transition(connection, PLANT, number, late)

    found, steps = kept(registry, number)
    assert caught.value.code is Code.CERTIFICATE_STATE
    assert (found.state, len(steps)) == (CertificateState.REJECTED, 2)


def test_the_decision_of_a_person_is_kept_and_leaves_the_state(
    registry: Registry, number: CertificateId
) -> None:
    decision = PersonDecision(
        state=CertificateState.SUBMITTED, accepted=True, who="quality", reason="seen", at=registry.clock()
    )
    with registry.write(PLANT) as connection:
        certificates.add_decision(connection, PLANT, number, decision)

    found, steps = kept(registry, number)

    assert (found.state, found.accepted) == (CertificateState.SUBMITTED, Status.PASSED)
    assert (steps[-1].state, steps[-1].who, steps[-1].reason) == (
        CertificateState.SUBMITTED, "quality", "accepted: seen",
    )  # fmt: skip


def test_nobody_accepts_what_was_rejected_in_the_meantime(registry: Registry, number: CertificateId) -> None:
    decision = PersonDecision(
        state=CertificateState.SUBMITTED, accepted=True, who="quality", reason="seen", at=registry.clock()
    )
    rejected = step(registry, CertificateState.SUBMITTED, CertificateState.REJECTED)
    with registry.write(PLANT) as connection:
        certificates.add_transition(connection, PLANT, number, rejected)

        with pytest.raises(ConflictError):
            certificates.add_decision(connection, PLANT, number, decision)

    found, steps = kept(registry, number)
    assert (found.accepted, len(steps)) == (Status.UNKNOWN, 2)


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every function of the product with its file."""
    for path in sorted(PRODUCT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(PRODUCT).as_posix(), node


def name_of(node: ast.AST) -> str:
    """Return the last part of a name, with or without its module."""
    return str(getattr(node, "id", getattr(node, "attr", "")))


def writes(function: ast.FunctionDef, table: str) -> bool:
    """Answer whether a function holds a statement that writes a table."""
    return any(
        isinstance(call, ast.Call)
        and name_of(call.func) in WRITES
        and (
            table in {name_of(each) for each in call.args}
            or table == name_of(getattr(call.func, "value", call))
        )
        for call in ast.walk(function)
    )


def test_nothing_else_in_the_product_writes_a_state_or_a_step() -> None:
    home = "storage/certificates.py"
    everywhere = list(functions())

    assert {(file, each.name) for file, each in everywhere if writes(each, "certificate")} == {
        (home, "add_certificate"),
        (home, "add_transition"),
        (home, "add_decision"),
    }
    assert {
        (file, each.name)
        for file, each in everywhere
        if "certificate_step" in {name_of(node) for node in ast.walk(each)}
    } == {(home, "_append"), (home, "steps_of")}
    raw = ("update certificate", "into certificate", "delete from certificate")
    for path in PRODUCT.rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert not any(words in text for words in raw), path
