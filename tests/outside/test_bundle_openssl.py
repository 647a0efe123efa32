"""The manifest's CAdES signature, checked by openssl; and which of its bytes openssl passes over."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms
from bundle_samples import Sample, flipped, with_file

from aas_registry.domain.verdicts import Status
from aas_registry.reports import bundle
from aas_registry.services.reports.verify import verify_bundle

pytestmark = pytest.mark.check


def command(openssl: str, signature: Path, content: Path, root: Path) -> list[str]:
    return [
        *(openssl, "cms", "-verify", "-cades", "-binary", "-inform", "DER"),
        *("-in", str(signature), "-content", str(content), "-CAfile", str(root)),
        *("-no-CApath", "-no-CAstore", "-out", "/dev/null"),
    ]


def accepts(openssl: str, signature: Path, content: Path, root: Path) -> bool:
    run = subprocess.run(command(openssl, signature, content, root), capture_output=True, check=False)
    return run.returncode == 0


def test_openssl_verifies_the_manifest(folder: Path, root: Path, tool: Callable[[str], str]) -> None:
    openssl = tool("openssl")

    assert accepts(openssl, folder / "MANIFEST.p7s", folder / "MANIFEST.sha256", root)
    assert not accepts(openssl, folder / "MANIFEST.p7s", folder / "report.json", root)


def covered_ranges(signature: bytes) -> list[tuple[int, int]]:
    """Where the signature, what it signs, and the certificates lie in the file."""
    signed = cms.ContentInfo.load(signature)["content"]
    info = signed["signer_infos"][0]
    parts = [info["signature"].native]
    parts += [attribute["values"][0].contents for attribute in info["signed_attrs"]]
    parts += [choice.chosen.dump()[4:] for choice in signed["certificates"]]
    # A certificate's unused trailing bits and the frames inside the signed ESS structure are spelled
    # one way only in DER, but openssl reads others; so only what has no such freedom counts.
    return [(signature.rindex(part), signature.rindex(part) + len(part)) for part in parts]


def test_openssl_passes_over_framing_only_and_we_do_not(
    good: Sample, folder: Path, root: Path, tool: Callable[[str], str]
) -> None:
    """The table in docs/report-bundle.md: bytes of MANIFEST.p7s that no signature covers."""
    openssl = tool("openssl")
    signature = good.files[bundle.MANIFEST_SIGNATURE]
    covered = covered_ranges(signature)
    trial = folder.parent / "trial.p7s"
    passed_over = []
    for position in range(0, len(signature), 2):
        trial.write_bytes(flipped(signature, position, 0x20))
        if accepts(openssl, trial, folder / "MANIFEST.sha256", root):
            passed_over.append(position)

    assert passed_over  # else the table in the documentation is wrong
    assert not [spot for spot in passed_over if any(start <= spot < end for start, end in covered)]
    for position in passed_over:
        changed = with_file(good.content, bundle.MANIFEST_SIGNATURE, flipped(signature, position, 0x20))
        found = verify_bundle(changed, roots=[good.root], now=datetime.now(UTC))
        failed = " ".join(check.file or "" for check in found.checks if check.status is Status.FAILED)
        assert bundle.MANIFEST_SIGNATURE in failed, position
