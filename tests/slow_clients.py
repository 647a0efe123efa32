"""Clients that hold the door: they send half of something, or a byte a second, or take no answer."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

Sent = tuple[bytes, bytes]  # what is sent at once, and what is repeated every second

_FORM = "Content-Type: application/x-www-form-urlencoded"
_FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.aasx"\r\n\r\nPK\x03\x04'
_PIECE = "Content-Type: application/offset+octet-stream"


def head(method: str, path: str, *lines: str) -> bytes:
    """Return the head of a request."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def slow_requests(token: str, partial: str, large: str) -> dict[str, Sent]:
    """Return one of every kind, by name.

    Args:
        token: Of somebody who may upload.
        partial: Path of a resumable upload that was begun.
        large: Path of an answer that is larger than what the system keeps for a connection.
    """
    who = f"Authorization: Bearer {token}"
    form = (who, "Content-Type: multipart/form-data; boundary=b")
    return {
        "half login": (head("POST", "/login", _FORM, "Content-Length: 100") + b"name=adm", b""),
        "login by the byte": (head("POST", "/login", _FORM, "Content-Length: 10000"), b"a"),
        "half head": (b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le", b""),
        "head by the byte": (b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"a"),
        "nothing": (b"", b""),
        "half upload": (head("POST", "/trace/v1/uploads", *form, "Content-Length: 9000000") + _FILE, b""),
        "upload by the byte": (
            head("POST", "/trace/v1/uploads", *form, "Content-Length: 9000000") + _FILE + bytes(700_000),
            b"a",
        ),
        "chunks without end": (
            head(
                "POST",
                "/trace/v1/events",
                who,
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
            ),
            b"1\r\n \r\n",
        ),
        "promised body": (
            head("POST", "/trace/v1/uploads", *form, "Content-Length: 900", "Expect: 100-continue"),
            b"",
        ),
        "half piece": (
            head(
                "PATCH",
                partial,
                who,
                "Tus-Resumable: 1.0.0",
                "Upload-Offset: 0",
                _PIECE,
                "Content-Length: 9000",
            )
            + b"half",
            b"",
        ),
        "reader of nothing": (head("GET", large, who), b""),
    }


@contextmanager
def slow_clients(port: int, kinds: dict[str, Sent], *, each: int) -> Iterator[dict[str, list[socket.socket]]]:
    """Hold so many connections of every kind, which go on as slowly as they began."""
    is_over = Event()
    with ExitStack() as stack:
        held = {
            name: [stack.enter_context(_connected(port, sent)) for _ in range(each)]
            for name, (sent, _) in kinds.items()
        }
        trickling = [(client, kinds[name][1]) for name, clients in held.items() for client in clients]
        thread = Thread(target=_trickle, args=(trickling, is_over.wait))
        thread.start()
        try:
            yield held
        finally:
            is_over.set()
            thread.join()


def _connected(port: int, sent: bytes) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that little of an answer is taken
    client.connect(("127.0.0.1", port))
    client.sendall(sent)
    return client


def _trickle(clients: list[tuple[socket.socket, bytes]], wait: Callable[[float], bool]) -> None:
    while not wait(1):
        for client, more in clients:
            try:
                client.sendall(more)
            except OSError:
                continue  # it was ended


def how_it_ended(client: socket.socket) -> bytes:
    """Return what a connection answered before its end, once that has come; nothing for a reset."""
    answer = b""
    try:
        while piece := client.recv(65536):
            answer += piece
    except ConnectionError:
        pass
    return answer
