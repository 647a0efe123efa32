"""Making a bundle: everything that the documentation promises is in it."""

import json
from pathlib import Path

import pytest
from bundle_samples import NOW, Sample, make_bundle, make_report, make_signers, sample

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.clock import ClockState
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.verdicts import BundleOutcome
from aas_registry.reports import bundle
from aas_registry.services.reports.bundle import Evidence, build_bundle
from aas_registry.services.reports.verify import verify_bundle
from aas_registry.trust.dsse import read_envelope


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("keys"))


def test_holds_the_documented_files(good: Sample) -> None:
    names = set(good.files)

    assert names >= {
        "MANIFEST.sha256",
        "MANIFEST.p7s",
        "report.json",
        "report.dsse.json",
        "report.pdf",
        "trust/chain.pem",
        f"trust/keys/{good.signers.report.key_id}.pem",
        f"trust/keys/{good.signers.countersign.key_id}.pem",
        "VERIFY.md",
        "verify.sh",
    }
    assert sum(name.startswith("evidence/certificates/") for name in names) == 1
    assert sum(name.startswith("evidence/statements/") for name in names) == 1


def test_the_report_lists_its_evidence(good: Sample) -> None:
    report = json.loads(good.files["report.json"])

    assert {entry["file"]: entry["sha256"] for entry in report["evidence"]} == {
        name: digest_of(content) for name, content in good.files.items() if name.startswith("evidence/")
    }


def test_the_envelope_holds_the_report(good: Sample) -> None:
    assert read_envelope(good.files["report.dsse.json"]).payload == good.files["report.json"]


def test_what_need_not_be_random_is_the_same_every_time(good: Sample) -> None:
    again = bundle.unpack(make_bundle(good.signers))

    for name in ("VERIFY.md", "verify.sh", "trust/chain.pem"):
        assert again[name] == good.files[name]


def test_a_report_without_evidence_verifies(good: Sample) -> None:
    content = build_bundle(make_report(rows=0), Evidence(), signer=good.signers.report, now=NOW)

    assert verify_bundle(content, roots=[good.root], now=NOW).outcome is BundleOutcome.VERIFIED


def test_a_statement_that_is_no_envelope_is_refused(good: Sample) -> None:
    with pytest.raises(RefusedError):
        build_bundle(make_report(), Evidence(statements=[b"{}"]), signer=good.signers.report, now=NOW)


@pytest.mark.parametrize("name", ['quo"te.pdf', "back\\slash.pdf", 'x","subject":[{"digest".pdf', "日本.pdf"])
def test_a_strange_file_name_of_a_supplier_does_no_harm(tmp_path: Path, name: str) -> None:
    signers = make_signers(tmp_path)

    content = make_bundle(signers, name=name)

    assert verify_bundle(content, roots=[signers.root_pem], now=NOW).outcome is BundleOutcome.VERIFIED


def test_the_guide_explains_every_state_of_the_clock_that_a_report_may_have(good: Sample) -> None:
    guide = good.files["VERIFY.md"].decode()

    assert all(f"`{state}`" in guide for state in ClockState)
