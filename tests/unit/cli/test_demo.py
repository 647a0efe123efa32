"""The demo on the command line."""

import re

import pytest


@pytest.mark.check
def test_seeds_a_small_plant_that_other_commands_then_ask(run, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "demo plant"

    ran = run("demo", "--small", "--seed-only", "--data-dir", folder, "--json")

    assert ran.code == 0, ran.err
    assert ran.json["dataDir"] == str(folder)
    assert "100 %" in ran.err
    monkeypatch.setenv("AAS_REGISTRY_DATA_DIR", str(folder))
    assert run("database", "check", "--full").code == 0
    report, root = folder / "demo" / "trace-report.zip", folder / "keys" / "root.pem"
    assert run("verify", report, "--root", root).code == 0
    assert len(run("supplier", "list", "--json").json) >= 2
    assert re.search(r"quality +demo-quality +quality", ran.err)
    run("user", "reset-password", "quality", stdin="my own secret\n")

    again = run("demo", "--small", "--seed-only", "--data-dir", folder)

    assert re.search(r"quality +\(changed since\) +quality", again.out)
    assert "demo-quality" not in again.out
    assert re.search(
        r"Set it back: AAS_REGISTRY_DATA_DIR='.*demo plant' .* user reset-password quality\n", again.out
    )


def test_refuses_a_port_that_is_none(run) -> None:
    assert run("demo", "--port", "0").code == 2
