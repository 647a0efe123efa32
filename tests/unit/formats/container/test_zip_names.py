"""Names and kinds of entries: what may stand in a package, and what collides."""

import stat
import struct
import zipfile

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.formats.container.zip_names import (
    refuse_collisions,
    refuse_name,
    refuse_second_name,
    refuse_special_file,
)


@pytest.mark.parametrize(
    "name",
    [
        "aasx/data.xml",
        "a b (1).pdf",
        "\u65e5\u672c/\u00e9.txt",
        "folder/",
        ".hidden",
        "a..b",
        "[Content_Types].xml",
        "a.piece",
        "[0].pieces/a",
    ],
)
def test_takes_names_that_real_packages_have(name: str) -> None:
    refuse_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "../a",
        "a/../b",
        "a//b",
        "C:a",
        "a\\b",
        "%2e%2e/a",
        "%252e%252e/a",
        "\uff0e\uff0e/a",
        "a/.../b",
        "a\u202eb",
        "a/[0].piece",
        "a/%5B12%5D.LAST.piece",
        "a%0ab",
    ],
)
def test_refuses_names_that_leave_the_package_or_cannot_be_shown(name: str) -> None:
    with pytest.raises(RefusedError) as raised:
        refuse_name(name)

    assert raised.value.code is Code.ZIP_PART_NAME


def entry_named(name: str, second: bytes) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    time_stamps = struct.pack("<HHBL", 0x5455, 5, 1, 0)
    entry.extra = time_stamps + struct.pack("<HHBL", 0x7075, 5 + len(second), 1, 0) + second + b"\1"
    return entry


def test_refuses_a_second_name_for_readers_that_know_the_field() -> None:
    with pytest.raises(RefusedError) as raised:
        refuse_second_name(entry_named("a.txt", b"../evil.txt"))

    assert raised.value.code is Code.ZIP_PART_NAME
    assert raised.value.findings[0].part == "/a.txt"


def test_takes_a_second_name_that_is_the_first() -> None:
    refuse_second_name(entry_named("\u00e9.txt", "\u00e9.txt".encode()))


@pytest.mark.parametrize(
    "names",
    [
        ("a", "A"),
        ("\u00e9", "e\u0301"),
        ("\uff41", "a"),
        ("%61", "a"),
        ("a", "a/"),
        ("a", "a/b"),
        ("a/b/c", "A/B"),
    ],
)
def test_refuses_names_that_are_one_to_some_readers(names: tuple[str, str]) -> None:
    for order in (names, names[::-1]):
        with pytest.raises(RefusedError) as raised:
            refuse_collisions(order)

        assert raised.value.code is Code.ZIP_PART_DUPLICATE


def test_a_folder_and_its_members_do_not_collide() -> None:
    refuse_collisions(["a/", "a/b", "a/c/", "a/c/d", "ab"])


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
def test_refuses_links_and_devices(kind: int) -> None:
    entry = zipfile.ZipInfo("a")
    entry.create_system, entry.external_attr = 3, (kind | 0o777) << 16

    with pytest.raises(RefusedError) as raised:
        refuse_special_file(entry)

    assert raised.value.code is Code.ZIP_SPECIAL_FILE


@pytest.mark.parametrize("mode", [0, 0o644, stat.S_IFREG | 0o644, stat.S_IFDIR | 0o755])
def test_takes_files_and_folders(mode: int) -> None:
    entry = zipfile.ZipInfo("a")
    entry.create_system, entry.external_attr = 3, mode << 16

    refuse_special_file(entry)
