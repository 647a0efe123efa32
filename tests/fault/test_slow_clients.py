"""Clients that hold the door: nobody else waits for them, and after a while they are shown out."""

import http.client
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from threading import Event
from urllib.parse import urlencode

import pytest
from aas_samples import lot_aasx
from patience import PATIENCE_S, until
from running_server import RunningServer, issue, running_server
from slow_clients import how_it_ended, slow_clients, slow_requests

from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.domain.principals import Role
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access
from aas_registry.services.intake import uploads
from aas_registry.services.intake.arrival import Arrival
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

EACH = 64
NEVER_S = 100_000.0
SPAN_S = 4.0
LARGE_BYTES = 10 * 1024 * 1024
PASSWORD = "a long enough password"

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


@dataclass(frozen=True)
class Plant:
    """A server, what a client needs to ask it, and a large file in it."""

    server: RunningServer
    token: str
    large: str

    def begin_partial(self, length: int) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        announced = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length)}
        connection.request(
            "POST", "/trace/v1/resumable-uploads", None, announced | {"Authorization": f"Bearer {self.token}"}
        )
        place = connection.getresponse().headers["Location"]
        connection.close()
        return str(place)


def large_package() -> bytes:
    paper = PackageFile.of("/aasx/files/large.pdf", "application/pdf", Random(1).randbytes(LARGE_BYTES))
    lot = LotFacts(manufacturer="Bolt", mpn="CAP-100N", lot_code="LARGE", shell="urn:example:lot:large")
    certificate = LotCertificate(
        file=paper,
        number="L-1",
        document_type="Certificate of conformity",
        title="L",
        issued_on=date(2026, 3, 1),
    )
    return write_aasx(build_lot_package(lot, certificates=[certificate]))


@dataclass(frozen=True)
class Filled:
    """A data folder with a user, and the path of a large file."""

    folder: Path
    large: str


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    settings = Settings(data_dir=tmp_path_factory.mktemp("slow") / "data")
    registry = open_registry(settings)
    local = access.local_administrator(registry)
    taken = uploads.take_upload(registry, local, Arrival(io.BytesIO(large_package()), "large.aasx"))
    access.add_user(registry, local, name="clerk", password=PASSWORD, role=Role.QUALITY)
    registry.close()
    return Filled(settings.data_dir, f"/trace/v1/uploads/{taken.id}/original")


def plant(filled: Filled, **given: float) -> Iterator[Plant]:
    settings = Settings(data_dir=filled.folder, **given)
    with running_server(settings, "--workers", "2", "--threads", "2") as server:
        yield Plant(server, issue(settings, Role.QUALITY), filled.large)


@pytest.fixture
def patient(filled: Filled) -> Iterator[Plant]:
    """A server that never shows anybody out, so that only who waits for whom decides."""
    yield from plant(filled, head_timeout_s=NEVER_S, body_timeout_s=NEVER_S)


@pytest.fixture(scope="module")
def strict(filled: Filled) -> Iterator[Plant]:
    yield from plant(filled, head_timeout_s=SPAN_S, body_timeout_s=SPAN_S)


def multipart(content: bytes) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="lot.aasx"\r\n\r\n'
    return part + content + b"\r\n--b--\r\n"


def log_in(server: RunningServer) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    (token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode()))
    form = urlencode({"name": "clerk", "password": PASSWORD, "csrf_token": token})
    connection.request(
        "POST", "/login", form, {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    )
    status = connection.getresponse().status
    connection.close()
    return status


def test_nobody_waits_for_64_slow_clients_of_every_kind(patient: Plant) -> None:
    server, who = patient.server, f"Bearer {patient.token}"
    kinds = slow_requests(patient.token, patient.begin_partial(9000), patient.large)

    with slow_clients(server.port, kinds, each=EACH) as held:
        assert until(lambda: server.connections() >= EACH * len(held))
        answers = {
            "health": server.ask("GET", "/health")[0],
            "login": log_in(server),
            "upload": server.ask(
                "POST", "/trace/v1/uploads", multipart(lot_aasx()), Authorization=who,
                Content_Type="multipart/form-data; boundary=b",
            )[0],
            "events": server.ask(
                "POST", "/trace/v1/events", b"[]", Authorization=who, Content_Type="application/json"
            )[0],
            "download": len(server.ask("GET", patient.large, Authorization=who)[1]) > LARGE_BYTES,
        }  # fmt: skip

    assert answers == {"health": 200, "login": 303, "upload": 201, "events": 200, "download": True}
    assert until(lambda: server.connections() == 0)
    assert until(lambda: server.open_files() == [])


def test_64_slow_clients_of_every_kind_are_shown_out_and_leave_nothing(strict: Plant) -> None:
    server = strict.server
    kinds = slow_requests(strict.token, strict.begin_partial(9000), strict.large)

    with slow_clients(server.port, kinds, each=EACH) as held:
        assert until(lambda: server.connections() == 0)
        ended = {
            name: {bytes(how_it_ended(client)[:12]) for client in clients}
            for name, clients in held.items()
            if name != "reader of nothing"
        }

    told = {name for name, answers in ended.items() if b"HTTP/1.1 408" in answers}
    assert {answer for answers in ended.values() for answer in answers} <= {
        b"", b"HTTP/1.1 100", b"HTTP/1.1 408", b"HTTP/1.1 423", b"HTTP/1.1 409"
    }  # fmt: skip
    assert told >= {"half login", "login by the byte", "half upload", "chunks without end", "half piece"}
    assert until(lambda: server.open_files() == [])
    assert server.ask("GET", "/health")[0] == 200


def test_a_slow_line_above_the_least_rate_uploads_for_longer_than_the_time_limit(strict: Plant) -> None:
    size, piece = 400_000, 10_000
    path, pause = strict.begin_partial(size), Event()

    def slowly() -> Iterator[bytes]:
        for _ in range(size // piece):
            pause.wait(1.5 * SPAN_S * piece / size)
            yield bytes(piece)

    status, _ = strict.server.ask(
        "PATCH", path, slowly(), Authorization=f"Bearer {strict.token}", Tus_Resumable="1.0.0",
        Upload_Offset="0", Content_Type="application/offset+octet-stream", Content_Length=str(size),
    )  # fmt: skip

    assert status == 204
