"""``kill -9`` at random moments of uploads and events: what was answered is there, nothing is half there."""

import hashlib
import http.client
import io
import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aas_samples import id64
from killed_server import KillableServer, killable_server
from patience import PATIENCE_S, until

from aas_registry.domain.errors import UnavailableError
from aas_registry.domain.identifiers import Sha256
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.domain.principals import Role
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access, database
from aas_registry.services.registry import Registry, open_registry
from aas_registry.settings import Settings
from aas_registry.web.app import create_app

LONGEST_LIFE_S = 1.0
UPLOADERS = 2
PACKAGES = 150
BATCHES = 300


@dataclass
class Answered:
    """What the server answered with 2xx before it was killed."""

    uploads: dict[int, dict[str, Any]] = field(default_factory=dict)
    batches: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[KillableServer]:
    with killable_server(tmp_path) as held:
        yield held


@cache
def _package(number: int) -> bytes:
    """Return a package of one lot with two files, of which one is in every package."""
    papers = {"own": random.Random(number).randbytes(200_000), "shared": b"%PDF-1.7 the same everywhere"}
    lot = LotFacts(
        manufacturer="Bolt", mpn="CAP-100N", lot_code=f"{number:04}", shell=f"urn:example:lot:{number}"
    )
    certificates = [
        LotCertificate(
            file=PackageFile.of(f"/aasx/files/{name}.pdf", "application/pdf", content),
            number=f"{name}-{number}",
            document_type="Certificate of conformity",
            title=name,
            issued_on=date(2026, 3, 1),
        )
        for name, content in papers.items()
    ]
    return write_aasx(build_lot_package(lot, certificates=certificates))


def _batch(number: int) -> list[dict[str, Any]]:
    """Return events that depend on each other: a reel, a board, and that the board used it."""
    common = {"happenedAt": "2026-03-01T06:00:00+01:00"}
    lot = {"manufacturer": "Bolt", "mpn": "CAP-100N", "lotCode": f"{number % PACKAGES:04}"}
    reel, board = f"REEL-{number}", f"BOARD-{number}"
    return [
        {"type": "consumed", "id": f"c-{number}", "unit": board, "package": reel, **common},
        {"type": "packageCreated", "id": f"p-{number}", "package": reel, "lots": [lot], **common},
        {"type": "unitCreated", "id": f"u-{number}", "units": [board], **common},
    ]


def _multipart(content: bytes) -> tuple[bytes, str]:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="lot.aasx"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


def _post(port: int, path: str, token: str, body: bytes, media_type: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status in {200, 201}, content
    return json.loads(content)


def _send_uploads(port: int, token: str, numbers: range, answered: Answered) -> None:
    for number in numbers:
        if number not in answered.uploads:
            body, media_type = _multipart(_package(number))
            answered.uploads[number] = _post(port, "/trace/v1/uploads", token, body, media_type)


def _send_events(port: int, token: str, numbers: range, answered: Answered) -> None:
    for number in numbers:
        if number not in answered.batches:
            body = json.dumps(_batch(number)).encode()
            answered.batches[number] = _post(port, "/trace/v1/events", token, body, "application/json")[
                "result"
            ]


def _until_killed(send: Any, *arguments: Any) -> None:
    with suppress(OSError, http.client.HTTPException):  # what was not answered is not promised
        send(*arguments)


@pytest.mark.parametrize(
    "rounds",
    [2, pytest.param(5, marks=pytest.mark.check), pytest.param(50, marks=pytest.mark.night)],
)
def test_what_was_answered_is_there_and_nothing_is_half_there(server: KillableServer, rounds: int) -> None:
    answered = Answered()
    registry = open_registry(Settings(data_dir=server.folder, token_cache_s=0))
    local = access.local_administrator(registry)
    token = access.issue_token(registry, local, name="kill", role=Role.QUALITY).text
    moments = random.Random(rounds)

    for left in reversed(range(rounds)):
        server.start()
        with ThreadPoolExecutor() as pool:
            sent = [
                pool.submit(_until_killed, _send_uploads, server.port, token, numbers, answered)
                for numbers in (range(first, PACKAGES, UPLOADERS) for first in range(UPLOADERS))
            ]
            sent.append(
                pool.submit(_until_killed, _send_events, server.port, token, range(BATCHES), answered)
            )
            time.sleep(moments.uniform(0.02, LONGEST_LIFE_S))
            if not left:  # on a busy machine nothing may have been answered in so short lives
                assert until(lambda: answered.uploads and answered.batches)
            server.kill()
        assert [each.result() for each in sent] == [None] * len(sent)
        _check_record(registry, token, answered)

    assert answered.uploads
    assert answered.batches
    _check_that_all_can_be_sent_again(server, registry, token, answered)
    registry.close()


def _check_that_all_can_be_sent_again(
    server: KillableServer, registry: Registry, token: str, answered: Answered
) -> None:
    server.start()
    again = Answered()
    uploads = range(min(max(answered.uploads) + UPLOADERS + 1, PACKAGES))
    batches = range(min(max(answered.batches) + 2, BATCHES))
    _send_uploads(server.port, token, uploads, again)
    _send_events(server.port, token, batches, again)
    server.kill()

    assert all(again.uploads[number]["id"] == known["id"] for number, known in answered.uploads.items())
    assert {each["state"] for batch in again.batches.values() for each in batch} <= {
        "accepted",
        "pending",
        "duplicate",
    }
    _check_record(registry, token, again)
    assert len(_rows(registry, "SELECT id FROM submission")) == len(again.uploads)
    assert len(_rows(registry, "SELECT id FROM event WHERE state = 'accepted'")) == 3 * len(batches)


def _check_record(registry: Registry, token: str, answered: Answered) -> None:
    assert _rows(registry, "PRAGMA integrity_check") == [("ok",)]
    _check_submissions(registry)
    _check_files(registry)
    _check_events(registry, answered)
    client = create_app(registry).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    for number, said in list(answered.uploads.items())[-20:]:
        _check_readable(client, number, said)


def _check_readable(client: Any, number: int, said: dict[str, Any]) -> None:
    assert client.get(f"/trace/v1/uploads/{said['id']}/original").data == _package(number)
    for kind in ("shells", "submodels"):
        for each in said[kind]:
            assert client.get(f"/api/v3/{kind}/{id64(each['id'])}").status_code == 200


def _check_submissions(registry: Registry) -> None:
    added = dict(_rows(registry, "SELECT submission, count(*) FROM document_version GROUP BY submission"))
    for number, outcome in _rows(registry, "SELECT id, outcome FROM submission"):
        told = json.loads(outcome)
        objects = [(kind, each["id"]) for kind in ("shells", "submodels") for each in told[kind]]
        assert len(told["shells"]) == len(told["lots"]) == 1
        assert added.pop(number) == len(objects) == 5
    assert added == {}


def _check_files(registry: Registry) -> None:
    rows = _rows(registry, "SELECT sha256, size FROM stored_file")
    for digest, size in rows:
        content = registry.files.read(Sha256(digest))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (size, digest)
    named = {digest for digest, _ in rows}
    assert {row[0] for row in _rows(registry, "SELECT sha256 FROM submission")} <= named
    assert {row[0] for row in _rows(registry, "SELECT sha256 FROM document_file")} <= named
    registry.files.sweep(named.intersection, older_than_s=0)
    kept = [path for path in (registry.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert {path.name for path in kept} == named


def _check_events(registry: Registry, answered: Answered) -> None:
    known = dict(_rows(registry, "SELECT event_id, state FROM event"))
    for batch in answered.batches.values():
        assert all(known[each["id"]] in {"accepted", "pending", "corrected"} for each in batch)
    site = access.local_administrator(registry).site
    assert [*database.recompute_projection(registry, site)] == []


def _rows(registry: Registry, statement: str) -> list[Any]:
    with registry.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def test_the_record_would_show_a_file_that_is_missing(tmp_path: Path) -> None:
    registry = open_registry(Settings(data_dir=tmp_path))
    local = access.local_administrator(registry)
    token = access.issue_token(registry, local, name="kill", role=Role.QUALITY).text
    client = create_app(registry).test_client()
    form = {"file": (io.BytesIO(_package(0)), "lot.aasx")}
    said = client.post(
        "/trace/v1/uploads", data=form, headers={"Authorization": f"Bearer {token}"}
    ).get_json()
    _check_record(registry, token, Answered(uploads={0: said}))

    next(path for path in (tmp_path / "files").rglob(said["sha256"])).unlink()

    with pytest.raises(UnavailableError):
        _check_record(registry, token, Answered(uploads={0: said}))
    registry.close()
