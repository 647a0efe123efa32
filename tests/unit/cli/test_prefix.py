"""Prefixes of ids and contested ids on the command line."""

import io

import pytest
from aas_samples import environment, submodel, text

from aas_registry.services import access, parties
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions
from aas_registry.settings import PREFIX

ID = "https://bolt.example/1"


@pytest.fixture
def contested(registry) -> None:
    """Arro holds an id, and then Bolt does."""
    administrator = access.local_administrator(registry)
    for code in ("arro", "bolt"):
        parties.add_party(registry, administrator, code=code, name=code.title())
        content = environment(submodel(ID, text("Of", code)))
        options = UploadOptions(on_behalf_of=code)
        uploads.take_upload(registry, administrator, Arrival(io.BytesIO(content), "a.json", options=options))


def served(run) -> tuple[list[str], str]:
    (told,) = run("prefix", "conflicts", "--json").json
    return [each["party"] for each in told["objects"] if each["isServed"]], told["whyServed"]


def test_a_pin_is_listed_decides_what_is_served_and_is_removed(run, contested) -> None:
    assert run("prefix", "list").out == "No prefix is pinned yet.\n"
    assert served(run) == (["arro"], "first")

    pinned = run("prefix", "pin", "https://bolt.example/", " BOLT ")

    assert (pinned.code, pinned.out) == (0, "Pinned to bolt.\n")
    (listed,) = run("prefix", "list", "--json").json
    assert (listed["prefix"], listed["party"]) == ("https://bolt.example/", "bolt")
    assert "https://bolt.example/" in run("prefix", "list").out
    assert served(run) == (["bolt"], "pinned")
    again = run("prefix", "pin", "https://bolt.example/", "arro")
    assert (again.code, "PREFIX-PINNED" in again.err) == (3, True)

    assert run("prefix", "unpin", "https://bolt.example/").out == "Removed.\n"
    assert run("prefix", "unpin", "https://bolt.example/", "--json").code != 0
    assert served(run) == (["arro"], "first")


def test_a_prefix_without_a_party_is_the_plants(run, contested) -> None:
    assert run("prefix", "pin", "urn:plant:").out == "Pinned to the plant.\n"
    assert run("prefix", "pin", "urn:site:", "--json").json["party"] is None


def test_an_id_is_decided_for_with_a_reason(run, contested) -> None:
    without_reason = run("prefix", "decide", "submodel", ID, "--party", "bolt")
    unknown = run("prefix", "decide", "submodel", "urn:none", "--party", "bolt", "--reason", "x")
    decided = run("prefix", "decide", "submodel", ID, "--party", "bolt", "--reason", "Bolt makes it.")

    assert without_reason.code == 2
    assert (unknown.code, "IDENTIFIER-NOT-HELD" in unknown.err) == (4, True)
    assert (decided.code, decided.out) == (0, "The object of bolt is served.\n")
    assert served(run) == (["bolt"], "decided")
    assert "decided" in run("prefix", "conflicts").out
    assert run("prefix", "conflicts", "--differing", "--json").json


def test_a_pin_begins_a_registry_as_other_writes_do(run, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(tmp_path / "new"))

    assert run("prefix", "pin", "urn:plant:").code == 0

    assert [each["prefix"] for each in run("prefix", "list", "--json").json] == ["urn:plant:"]
