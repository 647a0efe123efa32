"""A bundle verifies whole, under a pinned root, or not at all."""

import json
import random
import ssl
import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bundle_samples import (
    NOW,
    Sample,
    flipped,
    make_bundle,
    make_signers,
    make_withholding,
    sample,
    sampled,
    with_file,
    withheld_original,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.domain.verdicts import BundleOutcome, BundleVerdict, Check, Status
from aas_registry.reports import bundle
from aas_registry.services.keys import Signers
from aas_registry.services.reports.verify import verify_bundle
from aas_registry.trust.cms import sign_detached
from aas_registry.trust.dsse import REPORT_TYPE, STATEMENT_TYPE, read_envelope, sign_envelope
from aas_registry.trust.signer import Signer


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Signers:
    return make_signers(tmp_path_factory.mktemp("stranger"))


def verdict(content: bytes, good: Sample) -> BundleVerdict:
    return verify_bundle(content, roots=[good.root], now=NOW)


def failures(found: BundleVerdict) -> list[Check]:
    return [check for check in found.checks if check.status is Status.FAILED]


def named(found: BundleVerdict) -> str:
    return " ".join(check.file or "" for check in failures(found))


def statement_name(good: Sample) -> str:
    return next(name for name in good.files if name.startswith(bundle.STATEMENTS))


def resealed(files: dict[str, bytes], signer: Signer) -> bytes:
    """What somebody with a key makes of changed files: manifest and signature anew."""
    files = dict(files)
    files[bundle.MANIFEST] = bundle.manifest_of(files)
    files[bundle.MANIFEST_SIGNATURE] = sign_detached(files[bundle.MANIFEST], signer, now=NOW)
    return bundle.pack(files)


def test_a_good_bundle_verifies_under_its_root(good: Sample, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(good.content)

    found = verify_bundle(path, roots=[good.root], now=NOW)

    assert found.outcome is BundleOutcome.VERIFIED
    assert found.subject == "lot 0042"
    assert found.not_checked
    assert all(check.status is Status.PASSED and check.reason for check in found.checks)


def test_without_a_pinned_root_the_verdict_is_unknown(good: Sample) -> None:
    found = verify_bundle(good.content, roots=[], now=NOW)

    assert found.outcome is BundleOutcome.UNKNOWN
    assert not failures(found)


def test_another_root_fails(good: Sample, stranger: Signers) -> None:
    assert verify_bundle(good.content, roots=[stranger.root_pem], now=NOW).outcome is BundleOutcome.FAILED


def test_one_of_several_pinned_roots_is_enough(good: Sample, stranger: Signers) -> None:
    found = verify_bundle(good.content, roots=[stranger.root_pem, good.root], now=NOW)

    assert found.outcome is BundleOutcome.VERIFIED


def test_a_root_that_is_no_ca_is_refused(good: Sample) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        verify_bundle(good.content, roots=[b"no certificate"], now=NOW)

    assert caught.value.code is Code.ANCHOR_INVALID


def test_after_the_signers_expired_the_verdict_is_unknown(good: Sample) -> None:
    found = verify_bundle(good.content, roots=[good.root], now=NOW + timedelta(days=800))

    assert found.outcome is BundleOutcome.UNKNOWN
    assert not failures(found)


def test_before_the_signers_were_valid_the_verdict_fails(good: Sample) -> None:
    found = verify_bundle(good.content, roots=[good.root], now=NOW - timedelta(days=1))

    assert found.outcome is BundleOutcome.FAILED


# changed bytes


@pytest.mark.check
def test_any_changed_byte_of_any_file_fails_and_names_it(good: Sample) -> None:
    for name, position in sampled(good.files, per_file=4):
        changed = with_file(good.content, name, flipped(good.files[name], position))
        found = verdict(changed, good)

        assert found.outcome is BundleOutcome.FAILED, (name, position)
        assert name in named(found), (name, position)


@pytest.mark.check
def test_no_byte_of_the_manifest_signature_can_change(good: Sample) -> None:
    signature = good.files[bundle.MANIFEST_SIGNATURE]
    for position in range(0, len(signature), 41):
        changed = with_file(good.content, bundle.MANIFEST_SIGNATURE, flipped(signature, position, 0x20))

        assert bundle.MANIFEST_SIGNATURE in named(verdict(changed, good)), position


@pytest.mark.check
def test_no_byte_of_the_container_can_change(good: Sample) -> None:
    step = max(1, len(good.content) // 20)
    tail = range(len(good.content) - 22, len(good.content), 3)
    headers = range(0, 90, 4)
    for position in [*range(0, len(good.content), step), *headers, *tail]:
        assert verdict(flipped(good.content, position), good).outcome is BundleOutcome.FAILED, position


@pytest.mark.parametrize("extra", [b"\0", b"PK\x05\x06" + b"\0" * 18, b"trailing"])
def test_bytes_around_the_container_fail(good: Sample, extra: bytes) -> None:
    assert verdict(good.content + extra, good).outcome is BundleOutcome.FAILED
    assert verdict(extra + good.content, good).outcome is BundleOutcome.FAILED


def test_the_same_files_compressed_fail(good: Sample) -> None:
    output = BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in good.files.items():
            archive.writestr(name, content)

    assert verdict(output.getvalue(), good).outcome is BundleOutcome.FAILED


def test_an_added_file_fails_and_is_named(good: Sample) -> None:
    found = verdict(with_file(good.content, "evidence/certificates/more.pdf", b"%PDF"), good)

    assert "evidence/certificates/more.pdf" in named(found)


def test_every_missing_file_fails_and_is_named(good: Sample) -> None:
    for name in good.files:
        rest = {other: content for other, content in good.files.items() if other != name}
        found = verdict(bundle.pack(rest), good)

        assert found.outcome is BundleOutcome.FAILED, name
        assert name in named(found), name


def test_two_files_of_one_name_fail(good: Sample) -> None:
    output = BytesIO(good.content)
    with zipfile.ZipFile(output, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("report.json", b"{}")

    assert verdict(output.getvalue(), good).outcome is BundleOutcome.FAILED


# forgers with keys of their own


def test_a_bundle_made_anew_under_another_root_fails(good: Sample, stranger: Signers) -> None:
    assert verdict(make_bundle(stranger), good).outcome is BundleOutcome.FAILED


def test_swapped_keys_fail(good: Sample, stranger: Signers) -> None:
    """Everything is signed again by a stranger, whose chain takes the place of the registry's."""
    files = dict(good.files)
    for name in [name for name in files if name.startswith(bundle.KEY_CHAINS)]:
        del files[name]
    files[bundle.REPORT_CHAIN] = stranger.report.chain_pem
    for signer in (stranger.report, stranger.countersign):
        files[f"{bundle.KEY_CHAINS}{signer.key_id}.pem"] = signer.chain_pem
    files[bundle.REPORT_ENVELOPE] = sign_envelope(
        files[bundle.REPORT_JSON], payload_type=REPORT_TYPE, signer=stranger.report
    )
    name = statement_name(good)
    payload = read_envelope(files[name]).payload
    files[name] = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=stranger.countersign)

    found = verdict(resealed(files, stranger.report), good)

    assert found.outcome is BundleOutcome.FAILED
    for file in (bundle.MANIFEST_SIGNATURE, bundle.REPORT_ENVELOPE, bundle.REPORT_PDF, name):
        assert file in named(found)


def test_one_statement_by_a_stranger_fails_even_under_a_good_manifest(
    good: Sample, stranger: Signers
) -> None:
    files = dict(good.files)
    name = statement_name(good)
    payload = read_envelope(files[name]).payload
    files[name] = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=stranger.countersign)
    files[f"{bundle.KEY_CHAINS}{stranger.countersign.key_id}.pem"] = stranger.countersign.chain_pem

    found = verdict(resealed(files, good.signers.report), good)

    assert name in named(found)


def test_a_chain_with_a_key_of_a_kind_that_nobody_knows_fails(good: Sample) -> None:
    """The certificate can be read, its key cannot: that is a failed check, never an end of the program."""
    files = dict(good.files)
    known, unknown = bytes.fromhex("06072a8648ce3d0201"), bytes.fromhex("06072a8648ce3d0221")
    names = [name for name in files if name.startswith(bundle.KEY_CHAINS)]
    for name in (*names, bundle.REPORT_CHAIN):
        chain = x509.load_pem_x509_certificates(files[name])
        der = [each.public_bytes(Encoding.DER).replace(known, unknown) for each in chain]
        files[name] = b"".join(ssl.DER_cert_to_PEM_cert(each).encode() for each in der)

    found = verdict(resealed(files, good.signers.report), good)

    assert found.outcome is BundleOutcome.FAILED
    assert statement_name(good) in named(found)


def test_a_statement_signed_by_the_key_for_reports_fails(good: Sample) -> None:
    files = dict(good.files)
    name = statement_name(good)
    payload = read_envelope(files[name]).payload
    files[name] = sign_envelope(payload, payload_type=STATEMENT_TYPE, signer=good.signers.report)

    found = verdict(resealed(files, good.signers.report), good)

    assert any(
        check.file == name and "not a key for countersign" in check.reason for check in failures(found)
    )


def test_a_manifest_signed_by_the_key_for_statements_fails(good: Sample) -> None:
    found = verdict(resealed(good.files, good.signers.countersign), good)

    assert bundle.MANIFEST_SIGNATURE in named(found)


def test_an_edited_report_fails_even_under_a_good_manifest(good: Sample) -> None:
    report = json.loads(good.files[bundle.REPORT_JSON])
    report["headlines"][0]["exact"] = 0
    files = {**good.files, bundle.REPORT_JSON: json.dumps(report).encode()}

    found = verdict(resealed(files, good.signers.report), good)

    assert bundle.REPORT_JSON in named(found)
    assert bundle.REPORT_PDF in named(found)


def test_a_statement_whose_original_is_not_here_fails(good: Sample) -> None:
    files = {
        name: content for name, content in good.files.items() if not name.startswith(bundle.CERTIFICATES)
    }

    found = verdict(resealed(files, good.signers.report), good)

    assert statement_name(good) in named(found)


def test_another_original_under_the_same_name_fails(good: Sample) -> None:
    name = next(name for name in good.files if name.startswith(bundle.CERTIFICATES))

    found = verdict(resealed({**good.files, name: b"%PDF-1.7 other"}, good.signers.report), good)

    assert name in named(found)


# hostile files


def archive_of(entries: list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return output.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"no archive at all",
        b"PK\x05\x06" + b"\xff" * 18,
        archive_of([("../../etc/passwd", b"x")]),
        archive_of([("/etc/passwd", b"x")]),
        archive_of([("a\\b", b"x")]),
        archive_of([("con\u0000trol", b"x")]),
        archive_of([("bomb", b"\0" * 10_000_000)], method=zipfile.ZIP_DEFLATED),
        archive_of([(f"file{number}", b"") for number in range(100)]),
        archive_of([("MANIFEST.sha256", b"\xff\xfe"), ("report.json", b"[" * 100_000)]),
        archive_of([("MANIFEST.sha256", b"x  ../../etc/passwd\n")]),
    ],
)
def test_what_is_no_bundle_fails(content: bytes, good: Sample) -> None:
    assert verdict(content, good).outcome is BundleOutcome.FAILED


def test_random_damage_fails_and_never_raises(good: Sample) -> None:
    chance = random.Random(20260304)
    for _ in range(60):
        damaged = bytearray(good.content)
        for _ in range(chance.randint(1, 50)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.choice([len(damaged), chance.randrange(len(damaged))])

        assert verdict(bytes(damaged[:cut]), good).outcome is BundleOutcome.FAILED


@pytest.mark.parametrize(
    "name", [bundle.REPORT_ENVELOPE, bundle.REPORT_JSON, bundle.REPORT_PDF, bundle.REPORT_CHAIN]
)
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 5000, b"null", b'{"payload":1}', b"\xff"])
def test_a_file_of_another_kind_fails_even_under_a_good_manifest(
    good: Sample, name: str, content: bytes
) -> None:
    found = verdict(resealed({**good.files, name: content}, good.signers.report), good)

    assert found.outcome is BundleOutcome.FAILED


def test_the_verdict_as_json_names_every_check(good: Sample) -> None:
    answer = verdict(good.content, good).as_json()

    assert answer["outcome"] == "verified"
    assert {check["status"] for check in answer["checks"]} == {"passed"}


def test_an_original_that_the_report_withholds_need_not_be_there(good: Sample) -> None:
    content = make_withholding(good.signers)

    found = verdict(content, good)

    assert found.outcome is BundleOutcome.VERIFIED, found.as_json()
    assert any("withholds" in check.reason for check in found.checks)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"is_said": False}, bundle.STATEMENTS),
        ({"is_excerpt": False}, bundle.STATEMENTS),
        ({"is_said": False, "is_excerpt": False}, bundle.STATEMENTS),
        ({"original": withheld_original()}, bundle.CERTIFICATES),
    ],
    ids=["not said", "no excerpt", "left out", "there all the same"],
)
def test_what_is_withheld_is_said_and_is_not_there_and_has_excerpts_only(
    good: Sample, changed: dict[str, object], place: str
) -> None:
    found = verdict(make_withholding(good.signers, **changed), good)

    assert found.outcome is BundleOutcome.FAILED
    assert place in named(found)


def test_a_report_of_before_that_withholds_nothing_verifies_as_ever(good: Sample) -> None:
    assert "withheld" not in json.loads(good.files["report.json"])
    assert verdict(good.content, good).outcome is BundleOutcome.VERIFIED
