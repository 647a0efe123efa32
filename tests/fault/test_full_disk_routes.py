"""Every kind of write, on a disk without any room: 507 or its line, nothing half kept, done when there is room."""

import gc
import io
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aas_samples import environment, id64, submodel, text
from certificate_samples import paper, signed, signing_party
from flask import Flask
from flask.testing import FlaskClient
from page_visitor import PASSWORD
from small_disk import fill_up, small_disk
from werkzeug.test import TestResponse

from aas_registry.cli.main import main
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.domain.principals import Role
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package
from aas_registry.services import access
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_registry, system_clock
from aas_registry.services.troubles import Troubles
from aas_registry.settings import PREFIX, Settings
from aas_registry.web.app import create_app

pytestmark = pytest.mark.check
DISK_BYTES = 24 * 1024 * 1024
LARGE_BYTES = 2 * 1024 * 1024  # more than an answer is kept in memory
TUS = {"Tus-Resumable": "1.0.0"}
SUBMODEL = submodel("urn:sm:full", text("A", "x"))


@dataclass(frozen=True)
class Plant:
    """A registry on a small disk, and what was recorded before the disk was full."""

    disk: Path
    registry: Registry
    app: Flask
    token: str
    lot: str
    certificate: str
    pieces: Mapping[str, str]

    def client(self) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return client

    def fill(self) -> Path:
        """Fill the disk; nothing finds room beside SQLite's file, or where an answer's file goes later."""
        gc.collect()  # answers of before that nobody closed
        with self.registry.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return fill_up(self.disk)

    def empty(self, ballast: Path) -> None:
        ballast.unlink()
        object.__setattr__(self.registry, "troubles", Troubles())  # a minute later


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with ExitStack() as stack:
        disk = stack.enter_context(
            small_disk(tmp_path_factory.mktemp("full") / "disk", disk_bytes=DISK_BYTES)
        )
        settings = Settings(data_dir=disk / "data")
        settings.data_dir.mkdir(mode=0o700)
        init_keys(settings.data_dir, organization="Plant", now=system_clock())
        registry = open_registry(settings)
        stack.callback(registry.close)
        app = create_app(registry)
        who = access.local_administrator(registry)
        token = access.issue_token(registry, who, name="full", role=Role.ADMINISTRATOR).text
        access.add_user(registry, who, name="Ada", role=Role.ADMINISTRATOR, password=PASSWORD)
        made = Plant(disk, registry, app, token, lot="", certificate="", pieces={})
        client = made.client()
        client.post("/trace/v1/parties", json={"code": "bolt", "name": "Bolt Components GmbH"})
        for there in ("urn:sm:changed", "urn:sm:ended"):
            assert client.post("/api/v3/submodels", json=submodel(there, text("A", "x"))).status_code == 201
        lot = _a_lot_with_a_large_file(client)
        form = {"file": (io.BytesIO(paper()), "c.pdf"), "lot": lot}
        certificate = client.post("/trace/v1/certificates", data=form).get_json()["id"]
        pieces = {"begun": begin_pieces(client, made).headers["Location"], "sent": _sent_in_pieces(client)}
        yield Plant(disk, registry, app, token, lot, certificate, pieces)


def _a_lot_with_a_large_file(client: FlaskClient) -> str:
    content = random.Random(1).randbytes(LARGE_BYTES)
    paper = LotCertificate(
        file=PackageFile.of("/aasx/files/large.pdf", "application/pdf", content),
        number="large-1",
        document_type="Certificate of conformity",
        title="large",
        issued_on=date(2026, 3, 1),
    )
    lot = LotFacts(
        manufacturer="Bolt Components GmbH", mpn="CAP-100N-0603", lot_code="0042", shell="urn:example:lot:1"
    )
    form = {"file": (io.BytesIO(write_aasx(build_lot_package(lot, certificates=[paper]))), "lot.aasx")}
    taken = client.post("/trace/v1/uploads", data=form)
    assert taken.status_code == 201, taken.text
    return str(taken.get_json()["lots"][0]["id"])


def _sent_in_pieces(client: FlaskClient) -> str:
    content = environment(submodel("urn:sm:pieces", text("A", "y")))
    headers = TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": "filename eC5qc29u"}
    place = client.post("/trace/v1/resumable-uploads", headers=headers).headers["Location"]
    headers = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    assert client.patch(place, data=content, headers=headers).status_code == 204
    return str(place)


def upload(client: FlaskClient, _: Plant) -> TestResponse:
    form = {"file": (io.BytesIO(environment(submodel("urn:sm:up", text("A", "y")))), "lot.json")}
    return client.post("/trace/v1/uploads", data=form)


def begin_pieces(client: FlaskClient, _: Plant) -> TestResponse:
    headers = TUS | {"Upload-Length": "100", "Upload-Metadata": "filename eC5qc29u"}
    return client.post("/trace/v1/resumable-uploads", headers=headers)


def send_piece(client: FlaskClient, plant: Plant) -> TestResponse:
    headers = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    return client.patch(plant.pieces["begun"], data=bytes(100), headers=headers)


def take_pieces(client: FlaskClient, plant: Plant) -> TestResponse:
    return client.post(f"{plant.pieces['sent']}/take")


def export(client: FlaskClient, plant: Plant) -> TestResponse:
    return client.get("/trace/v1/exports", query_string={"lot": plant.lot, "format": "aasx"})


def label(client: FlaskClient, _: Plant) -> TestResponse:
    """A form that is larger than what is kept in memory."""
    form = {"file": (io.BytesIO(bytes(range(256)) * 8192), "label.png")}
    return client.post("/trace/v1/reel-labels", data=form)


def submit(client: FlaskClient, plant: Plant) -> TestResponse:
    party = signing_party("Bolt Components GmbH")
    form = {"file": (io.BytesIO(signed(paper("Other"), party)), "d.pdf"), "lot": plant.lot}
    return client.post("/trace/v1/certificates", data=form)


def accept(client: FlaskClient, plant: Plant) -> TestResponse:
    address = f"/trace/v1/certificates/{plant.certificate}/acceptance"
    return client.post(address, json={"accepted": True, "reason": "looked at"})


def send_events(client: FlaskClient, _: Plant) -> TestResponse:
    event = {"type": "unitCreated", "id": "f1", "happenedAt": "2026-03-01T09:00:00Z", "units": ["B-1"]}
    return client.post("/trace/v1/events", json=[event])


def report(client: FlaskClient, plant: Plant) -> TestResponse:
    return client.post("/trace/v1/reports", json={"subject": plant.lot, "direction": "where-used"})


def log_in(client: FlaskClient, plant: Plant) -> TestResponse:
    people = plant.app.test_client()
    page = people.get("/login").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return people.post("/login", data={"name": "Ada", "password": PASSWORD, "csrf_token": token})


def post(path: str, **body: Any) -> Callable[[FlaskClient, Plant], TestResponse]:
    return lambda client, _: client.post(path, json=body)


def put(path: str, **body: Any) -> Callable[[FlaskClient, Plant], TestResponse]:
    return lambda client, _: client.put(path, json=body)


WRITES: dict[str, Callable[[FlaskClient, Plant], TestResponse]] = {
    "piece": send_piece,
    "take": take_pieces,
    "export": export,
    "upload": upload,
    "pieces": begin_pieces,
    "label": label,
    "certificate": submit,
    "acceptance": accept,
    "events": send_events,
    "report": report,
    "login": log_in,
    "party": post("/trace/v1/parties", code="arro", name="Arro"),
    "token": post("/trace/v1/tokens", name="line 4", role="quality"),
    "user": post("/trace/v1/users", name="Eve", role="quality", password=PASSWORD),
    "password": put("/trace/v1/users/Ada/password", password=PASSWORD),
    "pin": post("/trace/v1/identifiers/pins", prefix="urn:", party="bolt"),
    "submodel": lambda client, _: client.post("/api/v3/submodels", json=SUBMODEL),
    "element": lambda client, _: client.put(
        f"/api/v3/submodels/{id64('urn:sm:changed')}/submodel-elements/A", json=text("A", "z")
    ),
    "delete": lambda client, _: client.delete(f"/api/v3/submodels/{id64('urn:sm:ended')}"),
}


def _code(answer: TestResponse) -> str:
    return answer.get_json()["messages"][0]["code"]


def _rows(plant: Plant) -> dict[str, int]:
    names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    with plant.registry.read() as connection:
        return {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
            for (name,) in connection.exec_driver_sql(names).all()
        }


@pytest.mark.parametrize("write", WRITES)
def test_a_write_on_a_full_disk_is_507_keeps_nothing_and_is_done_when_there_is_room(
    plant: Plant, write: str
) -> None:
    client, before = plant.client(), _rows(plant)
    ballast = plant.fill()
    try:
        answer = WRITES[write](client, plant)
        ready = client.get("/ready")
    finally:
        plant.empty(ballast)

    assert answer.status_code == 507, answer.text
    assert "STORAGE-FULL" in answer.text
    assert (ready.status_code, _code(ready)) == (503, "STORAGE-FULL")
    assert _rows(plant) == before
    again = WRITES[write](client, plant)
    assert again.status_code < 400 or write == "label", again.text
    again.close()
    assert client.get("/ready").status_code == 200


COMMANDS: dict[str, list[str]] = {
    "supplier": ["supplier", "add", "ohm", "Ohm Resistors"],
    "token": ["token", "issue", "press", "--role", "quality"],
    "upload": ["upload", "{outside}/more.json"],
    "report": ["report", "make", "where-used", "0042", "--output", "{outside}/report.zip"],
    "report to a full disk": ["report", "make", "where-used", "0042", "--output", "{disk}/report.zip"],
    "export to a full disk": ["export", "--lot", "0042", "{disk}/lot.aasx"],
    "backup to a full disk": ["database", "backup", "{disk}/backup.zip"],
    "rebuild": ["database", "rebuild-projection"],
    "keys": ["keys", "init", "--organization", "Plant"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_on_a_full_disk_is_one_line_and_works_when_there_is_room(
    plant: Plant, command: str, tmp_path: Path, monkeypatch, capsys
) -> None:
    (tmp_path / "more.json").write_bytes(environment(submodel("urn:sm:more", text("A", "y"))))
    folder = plant.disk / "fresh" if command == "keys" else plant.registry.settings.data_dir
    monkeypatch.setenv(f"{PREFIX}DATA_DIR", str(folder))
    words = [each.format(outside=tmp_path, disk=plant.disk) for each in COMMANDS[command]]
    before = _rows(plant)
    ballast = plant.fill()
    try:
        code = main(words)
        told = capsys.readouterr()
    finally:
        plant.empty(ballast)

    assert code == 8, told
    assert "[STORAGE-FULL]" in told.err
    assert "Traceback" not in told.err
    assert _rows(plant) == before
    assert main(words) == 0, capsys.readouterr()
