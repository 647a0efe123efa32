"""Bodies over the real server: asked for first, cut off in the middle, and as large as one may be."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from patience import PATIENCE_S, until
from running_server import RunningServer, issue, running_server
from slow_clients import head

from aas_registry.domain.principals import Role
from aas_registry.settings import Settings

GIB = 1024**3
PIECE = bytes(1024 * 1024)
WORKER_MIB = 400  # what a worker may hold while it takes a body of 1 GiB

pytestmark = [pytest.mark.xdist_group("servers")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str]]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("bodies") / "data")
    with running_server(settings, "--workers", "1") as running:
        yield running, issue(settings, Role.QUALITY)


def event(number: int) -> bytes:
    made = {
        "id": f"e{number}", "type": "unitCreated", "happenedAt": "2026-03-10T06:00:00+01:00",
        "kind": "board", "product": "P", "units": [f"BRD-{number}"],
    }  # fmt: skip
    return orjson.dumps(made) + b"\n"


def received(sender: socket.socket) -> bytes:
    return b"".join(iter(lambda: sender.recv(65536), b""))


def held_mib(pid: int) -> int:
    """Return the memory that is a process's own, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = (each for each in lines if each.startswith("RssAnon"))
    return int(line.split()[1]) // 1024


@pytest.mark.check
def test_a_body_that_is_asked_for_first_is_waited_for_and_taken(server: tuple[RunningServer, str]) -> None:
    running, token = server
    body = b"".join(map(event, range(3)))
    lines = (f"Authorization: Bearer {token}", "Content-Type: application/x-ndjson", "Connection: close")
    with socket.create_connection(("127.0.0.1", running.port), PATIENCE_S) as sender:
        length = f"Content-Length: {len(body)}"
        sender.sendall(head("POST", "/trace/v1/events", *lines, length, "Expect: 100-continue"))
        promised = sender.recv(65536)
        sender.sendall(body)
        answer = received(sender)
    with socket.create_connection(("127.0.0.1", running.port), PATIENCE_S) as stranger:
        unknown = head("POST", "/trace/v1/events", length, "Expect: 100-continue", "Connection: close")
        stranger.sendall(unknown)
        refused = received(stranger)

    assert promised == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b'"accepted"') == 3
    assert refused.startswith(b"HTTP/1.1 401 ")  # nobody is asked for a body that is refused anyway


@pytest.mark.check
def test_events_of_a_body_in_chunks_that_is_cut_off_are_not_taken(server: tuple[RunningServer, str]) -> None:
    running, token = server
    lines = (
        f"Authorization: Bearer {token}", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked", "Connection: close",
    )  # fmt: skip

    def send(*chunks: bytes, is_cut_off: bool = True) -> bytes:
        with socket.create_connection(("127.0.0.1", running.port), PATIENCE_S) as sender:
            sender.sendall(head("POST", "/trace/v1/events", *lines))
            for chunk in chunks:
                sender.sendall(chunk)
            if is_cut_off:
                sender.shutdown(socket.SHUT_WR)
            return received(sender)

    def chunk(content: bytes) -> bytes:
        return b"%x\r\n%s\r\n" % (len(content), content)

    def on_record() -> int:
        found = running.ask("GET", "/trace/v1/units?serial=BRD-10", Authorization=f"Bearer {token}")[1]
        return len(orjson.loads(found)["result"])

    whole_lines = send(chunk(event(10)), chunk(event(11)))  # no last chunk
    half_chunk = send(chunk(event(10)), b"1000\r\n" + event(11)[:20])
    half_line = send(chunk(event(10) + event(11)[:20]))

    assert b" 200 " not in whole_lines + half_chunk + half_line
    assert on_record() == 0
    assert until(lambda: running.open_files() == [])
    assert send(chunk(event(10)), b"0\r\n\r\n", is_cut_off=False).startswith(b"HTTP/1.1 200 ")
    assert on_record() == 1


@pytest.mark.check
def test_every_answer_has_one_date(server: tuple[RunningServer, str]) -> None:
    running, token = server
    package = b'{"submodels": [{"modelType": "Submodel", "id": "urn:example:dated"}]}'
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n%s\r\n--b--\r\n'
        % package
    )
    bearer, multipart = f"Bearer {token}", "multipart/form-data; boundary=b"
    _, taken = running.ask("POST", "/trace/v1/uploads", form, Authorization=bearer, Content_Type=multipart)
    original = f"/trace/v1/uploads/{orjson.loads(taken)['id']}/original"

    def dates(method: str, path: str) -> tuple[int, int]:
        with socket.create_connection(("127.0.0.1", running.port), PATIENCE_S) as sender:
            sender.sendall(head(method, path, f"Authorization: {bearer}", "Connection: close"))
            lines = received(sender).partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
        return int(lines[0].split()[1]), sum(line.startswith(b"date:") for line in lines)

    for method in ("GET", "HEAD"):
        assert dates(method, original) == (200, 1)
        assert dates(method, "/openapi.json") == (200, 1)
        assert dates(method, "/health") == (200, 1)
        assert dates(method, "/trace/v1/nowhere") == (404, 1)


@pytest.mark.night
def test_a_body_of_1_gib_takes_a_bounded_memory_and_leaves_nothing(
    server: tuple[RunningServer, str],
) -> None:
    running, token = server
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.aasx"\r\n\r\nPK\x03\x04'
    end, most = b"\r\n--b--\r\n", [0]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.05):
            most[0] = max(most[0], *map(held_mib, running.workers()))

    def body() -> Iterator[bytes]:
        yield start
        for _ in range(GIB // len(PIECE) - 1):
            yield PIECE
        yield bytes(len(PIECE) - len(start) - len(end)) + end

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        status, answer = running.ask(
            "POST", "/trace/v1/uploads", body(), Authorization=f"Bearer {token}",
            Content_Type="multipart/form-data; boundary=b", Content_Length=str(GIB),
        )  # fmt: skip
    finally:
        is_over.set()
        watching.join()

    assert (status, b"ZIP-INVALID" in answer) == (400, True)  # it was read to its end, and is no archive
    assert 0 < most[0] < WORKER_MIB, most
    assert until(lambda: running.open_files() == [])
    stored = [path for path in (running.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in stored) < GIB // 1000
