"""Trust anchors on the command line."""

import pytest
from certificate_samples import signing_party


@pytest.fixture
def pem(tmp_path, run):
    run("supplier", "add", "bolt", "Bolt Components GmbH")
    path = tmp_path / "root.pem"
    path.write_bytes(signing_party("Bolt").root_pem)
    return path


def test_an_anchor_is_pinned_for_a_party_and_withdrawn(run, pem) -> None:
    pinned = run("anchor", "pin", pem, "--party", "bolt", "--json")

    assert (pinned.code, pinned.json["party"], pinned.json["purpose"]) == (0, "bolt", "signer")
    assert run("anchor", "withdraw", pinned.json["id"]).code == 0
    (listed,) = run("anchor", "list", "--json").json
    assert listed["withdrawnAt"]
    assert run("anchor", "withdraw", pinned.json["id"]).code == 4


def test_an_anchor_of_time_stamps_is_no_partys(run, pem) -> None:
    pinned = run("anchor", "pin", pem, "--time-stamps", "--json").json

    assert (pinned["party"], pinned["purpose"]) == (None, "timestamp")


@pytest.mark.parametrize("options", [[], ["--party", "bolt", "--time-stamps"]])
def test_an_anchor_is_either_a_partys_or_of_time_stamps(run, pem, options) -> None:
    assert run("anchor", "pin", pem, *options).code == 2


def test_refuses_what_is_no_certificate_and_no_revocation_list(run, pem, tmp_path) -> None:
    pinned = run("anchor", "pin", pem, "--party", "bolt", "--json").json["id"]
    (tmp_path / "nonsense.pem").write_text("nonsense")

    refused = run("anchor", "pin", tmp_path / "nonsense.pem", "--party", "bolt")

    assert (refused.code, "[ANCHOR-INVALID]" in refused.err) == (3, True)
    assert run("anchor", "revocation-list", pinned, tmp_path / "nonsense.pem").code == 3
    assert run("anchor", "pin", tmp_path / "absent.pem", "--party", "bolt").code == 2
