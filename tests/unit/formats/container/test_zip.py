"""The wall around the archive: nothing hostile gets inflated, and nothing lies about its size."""

import io
import struct
import zipfile
from collections.abc import Callable
from functools import partial
from random import randbytes

import pytest
from aas_content import make_zip, with_declared_size

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.zip import ZipContainer

MIB = 1024 * 1024


def refusal(archive: bytes, limits: Limits, *, read: str | None = None) -> Code:
    with pytest.raises(RefusedError) as raised:
        ZipContainer(io.BytesIO(archive), limits=limits).read(read or "/a.txt")
    return raised.value.code


def test_reads_parts_by_any_case_and_encoding(limits: Limits) -> None:
    container = ZipContainer(io.BytesIO(make_zip({"aasx/a b.TXT": b"text"})), limits=limits)

    assert container.find("/AASX/a%20b.txt") == "/aasx/a b.TXT"
    assert container.read("/AASX/a%20b.txt") == b"text"
    assert container.find("/other") is None


def test_passes_over_folders(limits: Limits) -> None:
    container = ZipContainer(io.BytesIO(make_zip([("aasx/", b""), ("aasx/a", b"1")])), limits=limits)

    assert container.parts == ("/aasx/a",)


@pytest.mark.parametrize("keep", [2, 30, 60, 110])
def test_refuses_a_truncated_archive(limits: Limits, keep: int) -> None:
    archive = make_zip({"a.txt": b"text" * 10})

    assert refusal(archive[:keep], limits) is Code.ZIP_INVALID


def test_refuses_damaged_content(limits: Limits) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.txt", b"content")

    assert refusal(stream.getvalue().replace(b"content", b"c0ntent"), limits) is Code.ZIP_INVALID


def test_refuses_more_parts_than_the_limit(with_limits: Callable[..., Limits]) -> None:
    archive = make_zip({f"{number}.txt": b"" for number in range(11)})

    assert refusal(archive, with_limits(package_parts=10)) is Code.ZIP_TOO_MANY_PARTS


def test_refuses_a_directory_too_long_to_parse(with_limits: Callable[..., Limits]) -> None:
    archive = make_zip({f"{number:0200}.txt": b"" for number in range(1000)})

    assert refusal(archive, with_limits(package_parts=10)) is Code.ZIP_TOO_MANY_PARTS


def test_refuses_more_unpacked_bytes_than_the_limit(with_limits: Callable[..., Limits]) -> None:
    archive = make_zip({"a.txt": b"1" * 600, "b.txt": b"2" * 600})

    assert refusal(archive, with_limits(unpacked_bytes=1000)) is Code.ZIP_TOO_LARGE


def test_refuses_a_ratio_over_the_limit(limits: Limits) -> None:
    assert refusal(make_zip({"a.txt": bytes(2 * MIB)}), limits) is Code.ZIP_RATIO


def test_refuses_a_part_that_inflates_to_more_than_its_header_says(limits: Limits) -> None:
    archive = with_declared_size(make_zip({"a.txt": bytes(8 * MIB)}), "a.txt", 100)

    assert refusal(archive, limits) is Code.ZIP_SIZE_LIE


def test_refuses_a_part_that_inflates_to_less_than_its_header_says(limits: Limits) -> None:
    archive = with_declared_size(make_zip({"a.txt": b"text"}), "a.txt", 100)

    assert refusal(archive, limits) is Code.ZIP_SIZE_LIE


def test_counts_a_part_once_however_often_it_is_opened(with_limits: Callable[..., Limits]) -> None:
    archive = io.BytesIO(make_zip({"a.txt": b"1" * 600}))
    container = ZipContainer(archive, limits=with_limits(unpacked_bytes=1000))

    assert {container.read("/a.txt") for _ in range(3)} == {b"1" * 600}


def test_opens_several_parts_at_once_and_gives_each_its_own_bytes(limits: Limits) -> None:
    parts = {"a.bin": randbytes(300_000), "b.bin": randbytes(300_000), "c.txt": b"c" * 300_000}
    container = ZipContainer(io.BytesIO(make_zip(parts)), limits=limits)
    found = dict.fromkeys(parts, b"")

    streams = {name: container.open(f"/{name}") for name in parts}
    for _ in range(300_000 // 1000):
        for name, stream in streams.items():
            found[name] += stream.read(1000)

    assert found == parts
    assert {stream.read(1) for stream in streams.values()} == {b""}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_streams_a_part_of_any_size(limits: Limits, method: int, size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as written:
        written.writestr("a.bin", content)
    container = ZipContainer(archive, limits=limits)

    with container.open("/a.bin") as stream:
        assert stream.read() == content
    assert container.read("/a.bin") == content
    assert container.size("/a.bin") == size


def test_a_streamed_part_never_ends_well_where_it_is_damaged(limits: Limits) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as written:
        written.writestr("a.bin", bytes(200_000) + b"last")
    damaged = archive.getvalue().replace(b"last", b"l0st", 1)
    stream = ZipContainer(io.BytesIO(damaged), limits=limits).open("/a.bin")

    got: list[bytes] = []
    with pytest.raises(RefusedError) as raised:
        got.extend(iter(partial(stream.read, 10_000), b""))

    assert raised.value.code is Code.ZIP_INVALID
    assert sum(map(len, got)) < 200_004


def test_refuses_parts_that_share_bytes(limits: Limits) -> None:
    archive = bytearray(make_zip([("a.txt", b"text" * 100), ("b.txt", b"text" * 100)]))
    second = archive.index(b"PK\x01\x02", archive.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", archive, second + 42, 0)

    assert refusal(bytes(archive), limits) is Code.ZIP_OVERLAP


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt", "aasx/../../a.txt", "/etc/passwd", "C:/a.txt", "aasx/./a.txt",
        "aasx//a.txt", "aasx/%2e%2e/a.txt", "aasx%2fa.txt", "aasx%5Ca.txt", "a%00.txt", "a\nb.txt", "..",
    ],
)  # fmt: skip
def test_refuses_a_part_name_that_leaves_the_package(limits: Limits, name: str) -> None:
    assert refusal(make_zip([("ok.txt", b""), (name, b"")]), limits) is Code.ZIP_PART_NAME


def test_refuses_a_part_name_with_nul(limits: Limits) -> None:
    archive = make_zip({"aXb.txt": b""}).replace(b"aXb.txt", b"a\x00b.txt")

    assert refusal(archive, limits) is Code.ZIP_PART_NAME


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["aasx/data.xml", "AASX/Data.XML", "aasx/d%61ta.xml"])
def test_refuses_two_parts_of_one_name(limits: Limits, second: str) -> None:
    archive = make_zip([("aasx/data.xml", b"1"), (second, b"2")])

    assert refusal(archive, limits) is Code.ZIP_PART_DUPLICATE


def test_refuses_an_encrypted_part(limits: Limits) -> None:
    archive = bytearray(make_zip({"a.txt": b"text"}))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1

    assert refusal(bytes(archive), limits) is Code.ZIP_ENCRYPTED


def test_refuses_a_compression_that_opc_does_not_know(limits: Limits) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", b"text")

    assert refusal(stream.getvalue(), limits) is Code.ZIP_INVALID
