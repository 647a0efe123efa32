"""A sender that vanishes, and a file that is refused: no file, no row, no open handle stays behind."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import until
from served import served

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import Registry
from aas_registry.web.app import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

MIB = 1024 * 1024
SENT = bytes(8 * MIB)
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.aasx"\r\n\r\nPK\x03\x04'


@pytest.fixture
def port(registry: Registry) -> Iterator[int]:
    with served(create_app(registry)) as port:
        yield port


@pytest.fixture
def token(registry: Registry) -> str:
    local = access.local_administrator(registry)
    return access.issue_token(registry, local, name="broken", role=Role.QUALITY).text


def request(path: str, token: str, length: int, *more: str, method: str = "POST") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        f"Content-Length: {length}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def left_over(data: Path) -> list[str]:
    """Return stored files, and handles of this process on files of the data folder."""
    names = [
        str(path) for folder in ("files", "partial") for path in (data / folder).rglob("*") if path.is_file()
    ]
    for handle in Path("/proc/self/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith((f"{data}/files", f"{data}/partial")):
            names.append(target)
    return names


def test_an_upload_that_breaks_off_leaves_nothing(port: int, token: str, registry: Registry) -> None:
    data = registry.settings.data_dir.resolve()
    with socket.create_connection(("127.0.0.1", port)) as sender:
        kind = "Content-Type: multipart/form-data; boundary=b"
        sender.sendall(request("/trace/v1/uploads", token, 2 * len(SENT), kind) + HEAD + SENT)
        assert until(lambda: left_over(data))  # it lies on the store's disk, without a name
        assert all(" (deleted)" in name for name in left_over(data))

    assert until(lambda: not left_over(data))


def test_a_refused_upload_leaves_nothing(port: int, token: str, registry: Registry) -> None:
    body = HEAD + SENT + b"\r\n--b--\r\n"
    for accept in ("application/json", "application/x-ndjson"):
        with socket.create_connection(("127.0.0.1", port)) as sender:
            more = ("Content-Type: multipart/form-data; boundary=b", f"Accept: {accept}", "Connection: close")
            sender.sendall(request("/trace/v1/uploads", token, len(body), *more) + body)
            answer = b"".join(iter(lambda: sender.recv(65536), b""))

        assert b"ZIP-INVALID" in answer
        assert until(lambda: not left_over(registry.settings.data_dir.resolve()))


def test_a_piece_that_breaks_off_is_kept_as_far_as_it_came(port: int, token: str, registry: Registry) -> None:
    data = registry.settings.data_dir.resolve()
    tus = "Tus-Resumable: 1.0.0"
    with socket.create_connection(("127.0.0.1", port)) as sender:
        more = (tus, f"Upload-Length: {len(SENT)}", "Connection: close")
        sender.sendall(request("/trace/v1/resumable-uploads", token, 0, *more))
        answer = b"".join(iter(lambda: sender.recv(65536), b"")).decode()
    place = next(line for line in answer.splitlines() if line.startswith("Location: "))[10:]
    piece = ("Upload-Offset: 0", tus, "Content-Type: application/offset+octet-stream")
    (file,) = (data / "partial").iterdir()

    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(request(place, token, len(SENT), *piece, method="PATCH") + SENT[: 5 * MIB])
        assert until(lambda: file.stat().st_size >= 4 * MIB)

    assert until(lambda: left_over(data) == [str(file)])  # the handle is closed, the beginning is kept
    assert file.stat().st_size <= 5 * MIB
