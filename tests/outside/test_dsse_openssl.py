"""Our DSSE envelopes, taken apart by hand and checked by `openssl dgst`."""

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle_samples import Sample

pytestmark = pytest.mark.check


def openssl_accepts(openssl: str, folder: Path, envelope: bytes, *, payload: bytes | None = None) -> bool:
    members = json.loads(envelope)
    body = base64.b64decode(members["payload"]) if payload is None else payload
    kind = members["payloadType"].encode()
    entry = members["signatures"][0]
    work = folder.parent
    (work / "pae").write_bytes(
        b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(body)).encode(), body])
    )
    (work / "sig").write_bytes(base64.b64decode(entry["sig"]))
    chain = folder / "trust" / "keys" / f"{entry['keyid']}.pem"
    key = subprocess.run(
        [openssl, "x509", "-in", str(chain), "-pubkey", "-noout"], capture_output=True, check=True
    )
    (work / "key.pem").write_bytes(key.stdout)
    run = subprocess.run(
        [openssl, "dgst", "-sha256", "-verify", work / "key.pem", "-signature", work / "sig", work / "pae"],
        capture_output=True,
        check=False,
    )
    return run.returncode == 0


def envelopes(good: Sample) -> list[bytes]:
    return [content for name, content in good.files.items() if name.endswith(".dsse.json")]


def test_openssl_verifies_every_envelope(good: Sample, folder: Path, tool: Callable[[str], str]) -> None:
    openssl = tool("openssl")

    assert len(envelopes(good)) == 2
    for envelope in envelopes(good):
        assert openssl_accepts(openssl, folder, envelope)
        assert not openssl_accepts(openssl, folder, envelope, payload=b"{}")


def test_openssl_follows_the_key_to_the_root(
    good: Sample, folder: Path, root: Path, tool: Callable[[str], str]
) -> None:
    openssl = tool("openssl")
    for signer in (good.signers.report, good.signers.countersign):
        chain = folder / "trust" / "keys" / f"{signer.key_id}.pem"
        run = subprocess.run(
            [openssl, "verify", "-no-CApath", "-no-CAstore", "-CAfile", root, "-untrusted", chain, chain],
            capture_output=True,
            check=False,
        )

        assert run.returncode == 0, run.stderr
