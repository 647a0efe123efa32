"""The bundle's own script, with openssl and pdfsig, reaches the verdict that our program reaches."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bundle_samples import (
    Sample,
    flipped,
    make_bundle,
    make_signers,
    make_withholding,
    sampled,
    with_file,
    withheld_original,
)

from aas_registry import reports
from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.verdicts import BundleOutcome, Status
from aas_registry.reports import bundle
from aas_registry.services.reports.verify import verify_bundle

pytestmark = pytest.mark.check

OWN_SCRIPT = Path(reports.__file__).parent / "verify.sh"


@pytest.fixture(autouse=True)
def _tools(tool: Callable[[str], str]) -> None:
    for name in ("bash", "openssl", "pdfsig", "pdfdetach", "sha256sum"):
        tool(name)


def verify(
    folder: Path, *arguments: str | Path, script: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run an auditor's own copy of the script on a folder, or the one named."""
    command = ["bash", str(script or OWN_SCRIPT), *map(str, arguments or ("",))]
    if script is None:
        command.append(str(folder))
    return subprocess.run(command, capture_output=True, text=True, check=False)


def failures(run: subprocess.CompletedProcess[str]) -> str:
    return "\n".join(line for line in run.stdout.splitlines() if line.startswith("FAILED "))


def test_a_good_bundle_verifies_with_its_own_script(folder: Path, root: Path) -> None:
    run = verify(folder, root, script=folder / "verify.sh")

    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.rstrip().endswith("VERIFIED")
    assert "Not checked:" in run.stdout
    assert "FAILED" not in run.stdout
    assert run.stderr == ""


def test_without_a_root_it_is_unknown(folder: Path) -> None:
    run = verify(folder)

    assert run.returncode == 2
    assert run.stdout.rstrip().endswith("UNKNOWN")


def test_under_another_root_it_fails(folder: Path, tmp_path: Path) -> None:
    other = make_signers(tmp_path / "other", now=datetime.now(UTC))
    path = tmp_path / "other.pem"
    path.write_bytes(other.root_pem)

    assert verify(folder, path).returncode == 1


def test_a_root_that_is_none_is_unknown(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.pem"
    path.write_text("no certificate")

    assert verify(folder, path).returncode == 2


def test_every_changed_file_fails_in_both_and_is_named_by_both(
    good: Sample, folder: Path, root: Path
) -> None:
    """Positions of MANIFEST.p7s that openssl passes over: see `test_bundle_openssl`."""
    files = {name: content for name, content in good.files.items() if name != bundle.MANIFEST_SIGNATURE}
    positions = sampled(files, per_file=3)
    envelopes = {name: content for name, content in files.items() if name.endswith(".dsse.json")}
    positions += sampled(envelopes, per_file=8)
    signature = good.files[bundle.MANIFEST_SIGNATURE]
    positions += [(bundle.MANIFEST_SIGNATURE, len(signature) - back) for back in (1, 20, 60)]
    for name, position in positions:
        original = good.files[name]
        changed = flipped(original, position)
        (folder / name).write_bytes(changed)
        run = verify(folder, root)
        ours = verify_bundle(with_file(good.content, name, changed), roots=[good.root], now=datetime.now(UTC))
        (folder / name).write_bytes(original)

        assert run.returncode == 1, (name, position, run.stdout)
        assert name in failures(run), (name, position, run.stdout)
        assert ours.outcome is BundleOutcome.FAILED
        failed = [check.file or "" for check in ours.checks if check.status is Status.FAILED]
        assert name in " ".join(failed)


def test_every_missing_file_fails_and_is_named(good: Sample, folder: Path, root: Path) -> None:
    for name in good.files:
        (folder / name).unlink()
        run = verify(folder, root)
        (folder / name).write_bytes(good.files[name])

        assert run.returncode == 1, name
        assert name in failures(run), (name, run.stdout)


@pytest.mark.parametrize("name", ["more.txt", "evidence/certificates/more.pdf", ".hidden", "with space"])
def test_an_added_file_fails_and_is_named(folder: Path, root: Path, name: str) -> None:
    (folder / name).write_bytes(b"more")

    run = verify(folder, root)

    assert run.returncode == 1
    assert name in failures(run)


def test_a_link_in_the_place_of_a_file_fails(folder: Path, root: Path, tmp_path: Path) -> None:
    shutil.move(folder / "report.json", tmp_path / "elsewhere.json")
    (folder / "report.json").symlink_to(tmp_path / "elsewhere.json")

    run = verify(folder, root)

    assert run.returncode == 1
    assert "report.json" in failures(run)


def test_a_bundle_of_a_stranger_fails(tmp_path: Path, root: Path) -> None:
    now = datetime.now(UTC)
    signers = make_signers(tmp_path / "stranger", now=now)
    folder = unpacked(make_bundle(signers, now=now), tmp_path / "bundle")

    run = verify(folder, root)

    assert run.returncode == 1
    for name in ("MANIFEST.p7s", "report.dsse.json", "report.pdf", "evidence/statements/"):
        assert name in failures(run)


def test_a_strange_file_name_of_a_supplier_does_no_harm(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    signers = make_signers(tmp_path / "keys", now=now)
    (tmp_path / "root.pem").write_bytes(signers.root_pem)
    folder = unpacked(make_bundle(signers, now=now, name='x","subject":[{"\\ 日本.pdf'), tmp_path / "bundle")

    run = verify(folder, tmp_path / "root.pem")

    assert run.returncode == 0, run.stdout


def test_an_original_that_the_report_withholds_need_not_be_there(
    good: Sample, root: Path, tmp_path: Path
) -> None:
    folder = unpacked(make_withholding(good.signers, now=datetime.now(UTC)), tmp_path / "withholding")

    run = verify(folder, root)

    assert run.returncode == 0, run.stdout
    assert f"withheld {bundle.CERTIFICATES}{digest_of(withheld_original())}.pdf" in run.stdout


@pytest.mark.parametrize(
    "changed",
    [
        {"is_said": False},
        {"is_excerpt": False},
        {"is_said": False, "is_excerpt": False},
        {"original": withheld_original()},
    ],
    ids=["not said", "no excerpt", "left out", "there all the same"],
)
def test_what_is_withheld_wrongly_fails_in_both(
    good: Sample, root: Path, tmp_path: Path, changed: dict[str, object]
) -> None:
    content = make_withholding(good.signers, now=datetime.now(UTC), **changed)

    run = verify(unpacked(content, tmp_path / "withholding"), root)
    ours = verify_bundle(content, roots=[good.root], now=datetime.now(UTC))

    assert run.returncode == 1, run.stdout
    assert "evidence/" in failures(run)
    assert ours.outcome is BundleOutcome.FAILED


def test_after_the_signers_expired_both_say_unknown(
    good: Sample, folder: Path, root: Path, tool: Callable[[str], str]
) -> None:
    later = datetime.now(UTC) + timedelta(days=800)
    command = [
        tool("faketime"),
        later.strftime("%Y-%m-%d %H:%M:%S"),
        "bash",
        str(OWN_SCRIPT),
        str(root),
        str(folder),
    ]

    run = subprocess.run(command, capture_output=True, text=True, check=False)

    assert run.returncode == 2, run.stdout
    assert verify_bundle(good.content, roots=[good.root], now=later).outcome is BundleOutcome.UNKNOWN


def unpacked(content: bytes, folder: Path) -> Path:
    for name, file in bundle.unpack(content).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(file)
    return folder
