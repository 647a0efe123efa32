"""Where the bytes of an archive stand: honest writers' archives pass, others do not."""

import io
import zipfile

import pytest
from hostile_files.raw_zip import Item, write_zip

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.formats.container.zip_layout import find_directory, refuse_layout

ITEMS = [Item(name="a.txt", content=b"a" * 100), Item(name="b.txt", content=b"b", method=0)]


class Pipe(io.BytesIO):
    """A stream that cannot seek, so that zipfile writes data descriptors."""

    def seekable(self) -> bool:
        return False


def check(archive: bytes) -> None:
    stream = io.BytesIO(archive)
    directory = find_directory(stream)
    refuse_layout(stream, zipfile.ZipFile(stream).infolist(), directory)


def refusal(archive: bytes) -> Code:
    with pytest.raises(RefusedError) as raised:
        check(archive)
    return raised.value.code


def streamed() -> bytes:
    output = Pipe()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt"):
            with archive.open(name, "w") as part:
                part.write(b"some text" * 50)
    return output.getvalue()


def forced_zip64() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as part:
        part.write(b"some text")
    return output.getvalue()


@pytest.mark.parametrize(
    "archive",
    [write_zip(ITEMS), write_zip([]), write_zip(ITEMS, comment=b"made by us"), streamed(), forced_zip64(),
     write_zip(ITEMS, zip64={}, end={"total": 0xFFFF, "here": 0xFFFF, "offset": 0xFFFFFFFF, "size": 0xFFFFFFFF})],
    ids=["plain", "empty", "comment", "descriptors", "zip64-part", "zip64-end"],
)  # fmt: skip
def test_takes_what_honest_writers_write(archive: bytes) -> None:
    check(archive)


@pytest.mark.parametrize(
    ("archive", "code"),
    [
        (b"no archive", Code.ZIP_INVALID),
        (write_zip(ITEMS)[:-1], Code.ZIP_INVALID),
        (write_zip(ITEMS, comment=b"long")[:-2], Code.ZIP_INVALID),
        (write_zip(ITEMS, end={"total": 9}), Code.ZIP_INVALID),
        (write_zip(ITEMS, end={"total": 9, "here": 9}), Code.ZIP_INVALID),
        (write_zip(ITEMS, end={"disk": 1}), Code.ZIP_INVALID),
        (write_zip(ITEMS, end={"offset": 1 << 30}), Code.ZIP_INVALID),
        (write_zip(ITEMS, zip64={"record": 1}), Code.ZIP_INVALID),
        (write_zip(ITEMS, zip64={"total": 9, "here": 9}), Code.ZIP_INVALID),
        (write_zip(ITEMS, before=b"x"), Code.ZIP_OUTSIDE_DATA),
        (write_zip(ITEMS, after=b"x"), Code.ZIP_OUTSIDE_DATA),
        (write_zip(ITEMS, between=b"x" * 12), Code.ZIP_OUTSIDE_DATA),
        (write_zip(ITEMS, comment=b"<script>"), Code.ZIP_OUTSIDE_DATA),
        (write_zip([Item(name="a", content=b"a", local={"size": 2})]), Code.ZIP_SIZE_LIE),
        (write_zip([Item(name="a", content=b"a", local={"name": b"b"})]), Code.ZIP_SIZE_LIE),
        (write_zip([Item(name="a", content=b"a", local={"flags": 1})]), Code.ZIP_ENCRYPTED),
        (write_zip([*ITEMS, Item(name="c", packed=b"", central={"offset": 0})]), Code.ZIP_OVERLAP),
    ],
)
def test_refuses_what_they_do_not(archive: bytes, code: Code) -> None:
    assert refusal(archive) is code


def test_bytes_after_a_part_without_a_descriptor_belong_to_nobody() -> None:
    assert refusal(write_zip([Item(name="a", content=b"a", after=b"x" * 16)])) is Code.ZIP_OUTSIDE_DATA
    check(write_zip([Item(name="a", content=b"a", after=b"x" * 16, flags=0x808)]))
