"""Receipts: what is listed of a file, and what is counted."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from aas_samples import environment, submodel
from certificate_rows import unknown_facts

from aas_registry.domain.certificates import CertificateState
from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, Severity
from aas_registry.domain.identifiers import CertificateId, Sha256, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.domain.progress import no_progress
from aas_registry.services import access, parties, submissions
from aas_registry.services.intake import receipts, uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.services.intake.identifiables import StoredPart
from aas_registry.services.intake.receipts import TakenCertificate, UploadOutcome, UploadReceipt
from aas_registry.services.registry import Registry
from aas_registry.storage.certificates import Certificate

PLANT = Site("plant-1")
DIGEST = Sha256("0" * 64)
CERTIFICATE = Certificate(
    id=CertificateId(1),
    state=CertificateState.SUBMITTED,
    **unknown_facts(datetime(2026, 1, 1, tzinfo=UTC)),
)


@pytest.fixture
def who(registry: Registry) -> Principal:
    principal = access.local_administrator(registry)
    parties.add_party(registry, principal, code="bolt", name="Bolt Components GmbH")
    parties.add_party(registry, principal, code="arro", name="Arro Distribution")
    return principal


def commit(
    registry: Registry,
    who: Principal,
    outcome: UploadOutcome,
    *,
    dry_run: bool = False,
    content: bytes = b"x",
) -> UploadReceipt:
    arrival = Arrival(
        io.BytesIO(content),
        "a\u202egpj.exe",
        media_type="m" * 300,
        options=UploadOptions(dry_run=dry_run),
    )
    received = receipts.receive(registry, who, arrival, progress=no_progress)
    with registry.files.staging() as staging:
        staging.add(io.BytesIO(content))
        return receipts.commit(registry, who, received, staging, lambda _connection, _stored: outcome)


def finding(severity: Severity, row: int) -> Finding:
    return Finding(code=Code.REQUEST_INVALID, severity=severity, message="said", row=row)


def test_a_submission_is_known_by_its_bytes_and_shown_by_a_harmless_name(
    registry: Registry, who: Principal
) -> None:
    taken = commit(registry, who, UploadOutcome())
    again = commit(registry, who, UploadOutcome())

    stored = taken.submission
    assert (taken.is_new, again.is_new, again.submission.id) == (True, False, stored.id)
    assert (stored.file_name, len(stored.media_type), stored.size) == ("agpj.exe", 255, 1)
    assert registry.files.read(stored.sha256) == b"x"


def test_a_dry_run_keeps_neither_row_nor_file(registry: Registry, who: Principal) -> None:
    outcome = UploadOutcome(certificates=[TakenCertificate("p", CERTIFICATE)])

    receipt = commit(registry, who, outcome, dry_run=True)

    stored = receipt.submission
    assert receipt.id is None
    (certificate,) = receipt.outcome["certificates"]
    assert (certificate["id"], certificate["part"]) == (None, "p")
    assert submissions.find_standing(registry, PLANT, stored) is None
    assert stored.sha256 not in set(registry.files.digests())


def test_a_receipt_lists_the_first_of_each_kind_and_counts_all(
    make_registry: Callable[..., Registry], who: Principal
) -> None:
    registry = make_registry(receipt_entries=2)
    outcome = UploadOutcome(
        changes={(IdentifiableKind.SUBMODEL, f"urn:{number}"): "added" for number in range(5)},
        files=[StoredPart(f"/{number}", DIGEST, "text/plain", 1) for number in range(3)],
        findings=[finding(Severity.INFO, 1), finding(Severity.WARNING, 2), finding(Severity.ERROR, 3)],
        counts={"shells": 7},
        further={"metamodel": "3.1"},
    )

    receipt = commit(registry, who, outcome)

    assert [each["id"] for each in receipt.outcome["submodels"]] == ["urn:0", "urn:1"]
    assert [each["part"] for each in receipt.outcome["files"]] == ["/0", "/1"]
    assert [each["row"] for each in receipt.outcome["findings"]] == [3, 2]
    assert receipt.outcome["metamodel"] == "3.1"
    assert receipt.counts == {
        "shells": 7,
        "submodels": 5,
        "conceptDescriptions": 0,
        "lots": 0,
        "certificates": 0,
        "asBuilt": 0,
        "files": 3,
        "findings": {"error": 1, "warning": 1, "info": 1},
    }


def test_a_list_of_uploads_reads_their_counts_and_not_their_outcomes(
    registry: Registry, who: Principal
) -> None:
    content = environment(*(submodel(f"urn:sm:{number}") for number in range(3)))
    taken = uploads.take_upload(registry, who, Arrival(io.BytesIO(content), "a.json"))

    (listed,) = uploads.list_uploads(registry, who, PageRequest(10))

    assert (listed.id, listed.counts) == (taken.id, taken.counts)
    assert listed.counts["submodels"] == 3
    assert (listed.outcome, len(taken.outcome["submodels"])) == ({}, 3)
