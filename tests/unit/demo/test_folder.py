"""The demo's folder."""

from aas_registry.demo.folder import DemoFolder


def test_keeps_a_file_for_its_owner_only(tmp_path) -> None:
    folder = DemoFolder.of(tmp_path)

    folder.write("tokens.json", {"supplier": "secret"})

    assert folder.read("tokens.json") == {"supplier": "secret"}
    assert (folder.place / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.place.iterdir()] == ["tokens.json"]


def test_knows_nothing_of_a_file_that_is_not_there(tmp_path) -> None:
    assert DemoFolder.of(tmp_path).read("seeded.json") == {}
