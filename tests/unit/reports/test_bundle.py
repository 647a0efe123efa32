"""The container: the same files make the same bytes, and nothing else is a bundle."""

import hashlib
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.reports.bundle import first_difference, manifest_of, pack, read_manifest, unpack

FILES = {"b.txt": b"two", "a/c.json": b"{}", "MANIFEST.sha256": b"", "empty": b""}
NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}\.[a-z]{1,3})?", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=200), max_size=8))
def test_gives_back_what_was_packed(files: dict[str, bytes]) -> None:
    content = pack(files)

    assert unpack(content) == files
    assert first_difference(content, files) is None


def test_another_reader_finds_a_sound_archive() -> None:
    with zipfile.ZipFile(BytesIO(pack(FILES))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(FILES)
        assert archive.read("b.txt") == b"two"


def test_the_bytes_are_always_the_same() -> None:
    backwards = dict(reversed(list(FILES.items())))

    assert pack(FILES) == pack(backwards)
    assert hashlib.sha256(pack({"a": b"b"})).hexdigest() == (
        "c96344b9a1ecf56f29d7c7db6f833c5308ebeb3d1936a5ac01cbebf3ca00b3e0"
    )


def test_names_the_entry_whose_frame_was_changed() -> None:
    content = bytearray(pack(FILES))
    content[content.index(b"b.txt") - 20] ^= 1  # its CRC

    assert first_difference(bytes(content), FILES) == "b.txt"
    assert first_difference(pack(FILES) + b"x", FILES) == "(ZIP directory)"


@pytest.mark.parametrize(
    "name", ["", "/a", "../a", "a/../b", "a//b", "a\\b", ".hidden", "ä", "a\nb", "x" * 201]
)
def test_refuses_a_name_that_leaves_the_folder_or_is_not_plain(name: str) -> None:
    with pytest.raises(RefusedError) as caught:
        pack({name: b""})

    assert caught.value.code is Code.BUNDLE_INVALID


def test_entries_that_share_their_bytes_are_refused() -> None:
    """A hundred names for one megabyte would unpack to a hundred."""
    content = bytearray(pack({"a": b"\0" * 1_000_000}))
    directory = bytes(content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")])
    entries = b"".join(directory[:-1] + bytes([97 + number % 26]) for number in range(26))
    start = content.index(b"PK\x01\x02")
    end = content[content.index(b"PK\x05\x06") :]
    end[8:12] = (26).to_bytes(2, "little") * 2
    end[12:16] = len(entries).to_bytes(4, "little")
    forged = bytes(content[:start]) + entries + bytes(end)

    with pytest.raises(RefusedError, match="overlap"):
        unpack(forged)


def test_the_manifest_lists_every_file_but_itself() -> None:
    manifest = manifest_of({**FILES, "MANIFEST.p7s": b"x"})

    assert read_manifest(manifest) == {
        name: hashlib.sha256(FILES[name]).hexdigest() for name in ("a/c.json", "b.txt", "empty")
    }


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"\n",
        b"\xff\n",
        b"0" * 64 + b" a\n",
        b"0" * 64 + b"  a",
        b"0" * 64 + b"  MANIFEST.p7s\n",
        (b"0" * 64 + b"  a\n") * 2,
        b"0" * 64 + b"  a b\n",
        b"A" * 64 + b"  a\n",
    ],
)
def test_refuses_a_manifest_that_says_anything_else(content: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read_manifest(content)

    assert caught.value.code is Code.BUNDLE_INVALID
