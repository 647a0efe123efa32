"""Exports on the command line: written to a new file, in the form that its name says."""

import io
import json
import os
import zipfile

import pytest
from aas_samples import lot_aasx, shell, submodel

from aas_registry.domain.package import IdentifiableKind
from aas_registry.services import access, documents, parties
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival, UploadOptions


@pytest.fixture
def lots(registry) -> None:
    administrator = access.local_administrator(registry)
    parties.add_party(registry, administrator, code="bolt", name="Bolt Components GmbH")
    for code in ("0042", "0099"):
        uploads.take_upload(
            registry,
            administrator,
            Arrival(io.BytesIO(lot_aasx(code)), "lot.aasx", options=UploadOptions(on_behalf_of="bolt")),
        )


def test_writes_a_lot_by_its_code_as_aasx(run, lots, tmp_path) -> None:
    target = tmp_path / "lot.aasx"

    ran = run("export", target, "--lot", "0042", "--json")

    assert ran.code == 0, ran.err
    assert (ran.json["shells"], ran.json["submodels"], ran.json["file"]) == (1, 2, str(target))
    assert "aasx/data.xml" in zipfile.ZipFile(target).namelist()
    assert ran.json["size"] == target.stat().st_size


def test_writes_all_of_a_party_as_json_or_xml(run, lots, tmp_path) -> None:
    assert run("export", tmp_path / "a.json", "--party", "bolt").code == 0
    assert run("export", tmp_path / "a.txt", "--party", "bolt", "--format", "xml").code == 0

    environment = json.loads((tmp_path / "a.json").read_text())
    assert len(environment["assetAdministrationShells"]) == 2
    assert (tmp_path / "a.txt").read_text().startswith("<?xml")


def test_writes_shells_and_submodels_by_their_ids(run, registry, tmp_path) -> None:
    administrator = access.local_administrator(registry)
    documents.post_document(registry, administrator, IdentifiableKind.SHELL, shell("urn:shell"))
    documents.post_document(registry, administrator, IdentifiableKind.SUBMODEL, submodel("urn:sm"))

    ran = run("export", tmp_path / "a.json", "--shell", "urn:shell", "--submodel", "urn:sm")

    assert ran.code == 0, ran.err
    assert "submodels" in ran.out


def test_overwrites_nothing(run, lots, tmp_path) -> None:
    target = tmp_path / "a.json"
    target.write_text("mine")

    assert run("export", target, "--party", "bolt").code == 3
    assert target.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["a.json"], 4),
        (["a.json", "--lot", "nothing"], 4),
        (["a.json", "--party", "nobody"], 4),
        (["a.zip", "--party", "bolt"], 3),
    ],
)
def test_what_cannot_be_exported_leaves_no_file(run, lots, tmp_path, words, code) -> None:
    assert run("export", tmp_path / words[0], *words[1:]).code == code
    assert not (tmp_path / words[0]).exists()


def test_what_commands_write_is_its_users_alone_whatever_the_umask(run, lots, settings, tmp_path) -> None:
    written, keys = tmp_path / "written", settings.data_dir / "keys"
    written.mkdir()
    before = os.umask(0)
    try:
        for words in (
            ("export", written / "lots.json", "--party", "bolt"),
            ("database", "backup", written / "backup.zip"),
            ("keys", "init", "--organization", "Plant"),
        ):
            assert run(*words).code == 0
        assert os.umask(0) == 0  # a command run inside a process leaves that process as it was
    finally:
        os.umask(before)

    made = [*written.iterdir(), keys, *keys.rglob("*")]
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []
    assert len(made) > 6
