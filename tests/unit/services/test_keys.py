"""The key folder: made whole, once, and never overwritten."""

import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError, ConflictError
from aas_registry.services.keys import SigningKeys, init_keys, key_history, load_signers
from aas_registry.trust.signer import Purpose

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_makes_two_signers_below_one_root(tmp_path: Path) -> None:
    made = init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)
    signers = load_signers(tmp_path, "a passphrase")

    assert signers.countersign.key_id != signers.report.key_id
    assert signers.countersign.chain[-1] == signers.report.chain[-1]
    assert signers.root_pem == made.root_certificate.read_bytes()
    for signer in (signers.countersign, signers.report):
        leaf, middle, root = signer.chain
        leaf.verify_directly_issued_by(middle)
        middle.verify_directly_issued_by(root)


def test_without_a_passphrase_makes_one_and_keeps_it_beside_the_keys(tmp_path: Path) -> None:
    init_keys(tmp_path, organization="Plant 1", now=NOW)

    assert load_signers(tmp_path).report.sign(b"content")
    assert len((tmp_path / "keys" / "passphrase").read_text().strip()) == 43


def test_never_overwrites_keys(tmp_path: Path) -> None:
    made = init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)
    before = made.root_key.read_bytes()

    with pytest.raises(ConflictError) as caught:
        init_keys(tmp_path, "other", organization="Plant 1", now=NOW)

    assert caught.value.code is Code.KEYS_EXIST
    assert made.root_key.read_bytes() == before


def test_keys_are_readable_by_their_owner_only_and_nothing_else_is_left(tmp_path: Path) -> None:
    init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)

    assert [entry.name for entry in tmp_path.iterdir()] == ["keys"]
    for path in (tmp_path / "keys").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_the_registry_runs_without_the_roots_private_key(tmp_path: Path) -> None:
    made = init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)
    content = made.root_key.read_bytes()
    made.root_key.unlink()

    assert load_signers(tmp_path, "a passphrase").report.sign(b"content")
    assert serialization.load_pem_private_key(content, b"a passphrase")


def test_says_that_there_are_no_keys(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_signers(tmp_path, "a passphrase")

    assert caught.value.code is Code.NO_SIGNING_KEY


def test_says_that_the_passphrase_is_wrong(tmp_path: Path) -> None:
    init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)

    with pytest.raises(ConfigurationError) as caught:
        load_signers(tmp_path, "another")

    assert caught.value.code is Code.KEY_UNREADABLE


def test_the_history_names_every_key_and_shows_a_missing_entry(tmp_path: Path) -> None:
    init_keys(tmp_path, "a passphrase", organization="Plant 1", now=NOW)
    signers = load_signers(tmp_path, "a passphrase")
    history = key_history(tmp_path)

    assert {entry["keyId"] for entry in history} == {signers.countersign.key_id, signers.report.key_id}
    assert {entry["purpose"] for entry in history} == {purpose.value for purpose in Purpose}

    path = tmp_path / "keys" / "history.ndjson"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(ConfigurationError):
        key_history(tmp_path)


def test_a_running_registry_sees_keys_that_are_made_changed_and_taken_away(tmp_path) -> None:
    keys = SigningKeys(tmp_path)
    assert keys.signers is None

    init_keys(tmp_path, organization="Plant 1", now=NOW)
    first = keys.signers
    assert first is not None
    assert keys.signers is first  # nothing is loaded again that did not change

    shutil.move(tmp_path / "keys", tmp_path / "before")
    assert keys.signers is None
    init_keys(tmp_path, organization="Plant 1", now=NOW)
    second = keys.signers
    assert second is not None
    assert second.report.key_id != first.report.key_id


def test_a_new_key_without_its_chain_signs_nothing_until_the_chain_is_there(tmp_path) -> None:
    for place in ("a", "b"):
        init_keys(tmp_path / place, "a passphrase", organization="Plant 1", now=NOW)
    keys = SigningKeys(tmp_path / "a", "a passphrase")
    assert keys.signers is not None
    mine, others = (tmp_path / place / "keys" / "report" for place in ("a", "b"))

    shutil.copy(others / "key.pem", mine / "key.pem")
    with pytest.raises(ConfigurationError) as refused:
        _ = keys.signers
    assert refused.value.code is Code.KEY_UNREADABLE

    shutil.copy(others / "chain.pem", mine / "chain.pem")
    changed = keys.signers
    assert changed is not None
    assert changed.report.key_id == load_signers(tmp_path / "b", "a passphrase").report.key_id
