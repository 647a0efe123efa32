"""Many logins at the same moment: each honest user gets in, a little later, whatever others send."""

import http.client
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event
from urllib.parse import urlencode

import pytest
from patience import PATIENCE_S, until
from running_server import RunningServer, running_server

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

USERS = 10
FLOODING = 60
GONE = 40
PASSWORD = "a long enough password"

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


def form_of(connection: http.client.HTTPConnection, name: str) -> tuple[str, dict[str, str]]:
    """Return a form that logs in as often as it is sent, and its headers."""
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    (token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode()))
    form = urlencode({"name": name, "password": PASSWORD, "csrf_token": token})
    return form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}


def connected(server: RunningServer, address: str = "127.0.0.1") -> http.client.HTTPConnection:
    return http.client.HTTPConnection(
        "127.0.0.1", server.port, timeout=PATIENCE_S, source_address=(address, 0)
    )


def log_in(server: RunningServer, name: str, together: Barrier) -> int:
    connection = connected(server)
    form, headers = form_of(connection, name)
    together.wait(PATIENCE_S)
    connection.request("POST", "/login", form, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def with_users(settings: Settings, number: int) -> list[str]:
    registry = open_registry(settings)
    local = access.local_administrator(registry)
    names = [f"user{each}" for each in range(number)]
    for name in names:
        access.add_user(registry, local, name=name, password=PASSWORD, role=Role.QUALITY)
    registry.close()
    return names


@contextmanager
def logins(settings: Settings, names: list[str]) -> Iterator[tuple[Counter[int], RunningServer]]:
    """Let all log in at the same moment at one worker, and yield what was answered."""
    together = Barrier(len(names))
    with (
        running_server(settings, "--workers", "1", "--threads", "4") as server,
        ThreadPoolExecutor(len(names)) as users,
    ):
        yield Counter(users.map(lambda name: log_in(server, name, together), names)), server


def test_users_who_log_in_at_the_same_moment_wait_and_are_not_refused(
    tmp_path: Path, database_url: str
) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url)
    names = with_users(settings, USERS)

    with logins(settings, names) as (answers, server):
        told = server.log.read_text()

    assert answers == {303: USERS}
    assert (
        told.count('"path": "/login", "status": 303') == USERS
    )  # one line each, however often it was put back
    assert '"status": 503' not in told


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A worker that checks one password at a time, so that it is plain who waits for whom."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("logins") / "data", login_checks=1)
    with_users(settings, 3)
    with running_server(settings, "--workers", "1", "--threads", "4") as running:
        yield running


def test_who_logs_in_again_and_again_delays_others_by_a_few_checks(server: RunningServer) -> None:
    flooder, other = connected(server), connected(server)
    sent = form_of(flooder, "user0")
    honest_form, honest_headers = form_of(other, "user1")
    for connection, (form, headers) in ((flooder, sent), (other, (honest_form, honest_headers))):
        connection.request("POST", "/login", form, headers)  # from now on the address is known
        assert connection.getresponse().read() is not None
    answers: Counter[int] = Counter()
    is_over = Event()

    def flood(_: int) -> None:
        connection = connected(server)
        while not is_over.is_set():
            connection.request("POST", "/login", *sent)
            answer = connection.getresponse()
            answer.read()
            answers[answer.status] += 1
        connection.close()

    with ThreadPoolExecutor(FLOODING) as pool:
        flooding = pool.map(flood, range(FLOODING))
        assert until(lambda: answers[303] > 1)
        before = answers[303]
        other.request("POST", "/login", honest_form, honest_headers)
        status = other.getresponse().status
        let_in_before = answers[303] - before
        is_over.set()
        list(flooding)

    assert status == 303
    assert let_in_before < FLOODING / 3  # where who comes first is first, all that flood are
    assert answers[503] > 0  # told at once, to the flooding account alone


def test_the_password_of_a_client_that_has_gone_is_not_checked(server: RunningServer) -> None:
    connection = connected(server)
    form, headers = form_of(connection, "nobody")
    for number in range(GONE):
        sent = form.replace("nobody", f"nobody{number}").encode()
        lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}Content-Length: {len(sent)}\r\n\r\n"
        address = f"127.0.0.{2 + number % 8}"
        with socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, (address, 0)) as goes:
            goes.sendall(head.encode() + sent)

    form, headers = form_of(connected(server, "127.0.0.99"), "user2")
    stranger = connected(server, "127.0.0.99")
    stranger.request("POST", "/login", form, headers)

    assert stranger.getresponse().status == 303
    assert until(lambda: ended(server) >= GONE)
    assert server.log.read_text().count('"outcome": "refused"') < GONE / 2


def ended(server: RunningServer) -> int:
    """Return of how many logins of nobody the server told how they ended."""
    told = server.log.read_text()
    return told.count('"outcome": "refused"') + told.count("a client left before its turn came")
