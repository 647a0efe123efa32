"""Honest users who log in at the same moment: each gets in, a little later."""

import http.client
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import pytest
from patience import PATIENCE_S
from running_server import RunningServer, running_server

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

USERS = 10
PASSWORD = "a long enough password"

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


def log_in(server: RunningServer, name: str, together: Barrier) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    (token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode()))
    form = urlencode({"name": name, "password": PASSWORD, "csrf_token": token})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    together.wait(PATIENCE_S)
    connection.request("POST", "/login", form, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def with_users(settings: Settings) -> list[str]:
    registry = open_registry(settings)
    local = access.local_administrator(registry)
    names = [f"user{number}" for number in range(USERS)]
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
    names = with_users(settings)

    with logins(settings, names) as (answers, server):
        told = server.log.read_text()

    assert answers == {303: USERS}
    assert (
        told.count('"path": "/login", "status": 303') == USERS
    )  # one line each, however often it was put back
    assert '"status": 503' not in told
