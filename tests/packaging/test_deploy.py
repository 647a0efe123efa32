"""The unit for systemd and the site for nginx that docs/deploy ships, the latter run in front of a registry."""

import http.client
import io
import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aas_samples import lot_aasx
from patience import PATIENCE_S, until
from running_server import RunningServer, free_port, issue, running_server

from aas_registry.domain.principals import Role
from aas_registry.services import access
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
PASSWORD = "a long enough password"
BODY_TIMEOUT_S = 2

pytestmark = [pytest.mark.check, pytest.mark.xdist_group("servers")]


def tool(name: str) -> str:
    """Return where a program lies, or skip the test; in CI a missing one is a failure."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        assert "CI" not in os.environ, f"{name} is not installed"
        pytest.skip(f"{name} is not installed")
    return found


class Proxied:
    """A registry behind nginx, and clients of nginx that know its certificate."""

    def __init__(self, server: RunningServer, port: int, certificate: Path) -> None:
        self.server = server
        self.port = port
        self._tls = ssl.create_default_context(cafile=str(certificate))

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("localhost", self.port, context=self._tls, timeout=PATIENCE_S)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, list[str]]:
        connection = self.connect()
        try:
            connection.request(
                method, path, body, {name.replace("_", "-"): text for name, text in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get_all("Set-Cookie", [])
        finally:
            connection.close()


def site(folder: Path, *, port: int, upstream: int) -> str:
    """Return the shipped site with what an operator changes, and a shorter time limit, to be waited for."""
    text = (DEPLOY / "nginx.conf").read_text()
    changes = {
        "127.0.0.1:8080": f"127.0.0.1:{upstream}",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "trace.plant.example;": "localhost;",
        "/etc/ssl/certs/trace.plant.example.pem": f"{folder}/tls.pem",
        "/etc/ssl/private/trace.plant.example.key": f"{folder}/tls.key",
        "client_body_timeout 30s": f"client_body_timeout {BODY_TIMEOUT_S}s",
    }
    for shipped, changed in changes.items():
        assert shipped in text
        text = text.replace(shipped, changed)
    return text


@contextmanager
def nginx(folder: Path, *, port: int, upstream: int) -> Iterator[None]:
    """Run nginx in the foreground with a prefix of its own, as whoever runs the test; end it by its own id."""
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", "tls.key", "-out", "tls.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (folder / "site.conf").write_text(site(folder, port=port, upstream=upstream))
    places = "\n".join(
        f"    {name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n    access_log off;\n{places}\n    include {folder}/site.conf;\n}}\n"
    )
    process = subprocess.Popen(
        [tool("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    )
    try:
        assert until(lambda: process.poll() is not None or (folder / "pid").exists())
        assert process.poll() is None, (folder / "error.log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    tool("nginx")
    folder = tmp_path_factory.mktemp("proxied")
    port = free_port()
    settings = Settings(
        data_dir=folder / "data", base_url=f"https://localhost:{port}", upload_bytes=4_000_000
    )
    registry = open_registry(settings)
    local = access.local_administrator(registry)
    access.add_user(registry, local, name="clerk", password=PASSWORD, role=Role.QUALITY)
    registry.close()
    with running_server(settings) as server, nginx(folder, port=port, upstream=server.port):
        yield Proxied(server, port, folder / "tls.pem")


def sent_back(cookies: list[str]) -> str:
    """Return the cookies that were set, as a browser sends them."""
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)


def test_an_upload_passes_with_its_lines_of_progress(proxied: Proxied) -> None:
    token = issue(proxied.server.settings, Role.QUALITY)
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="lot.aasx"\r\n\r\n' + lot_aasx()

    status, content, _ = proxied.ask(
        "POST", "/trace/v1/uploads", body + b"\r\n--b--\r\n", Authorization=f"Bearer {token}",
        Content_Type="multipart/form-data; boundary=b", Accept="application/x-ndjson",
    )  # fmt: skip

    assert status == 200
    assert b'"status":201' in content.splitlines()[-1]


def test_a_login_gets_a_cookie_that_goes_over_tls_only(proxied: Proxied) -> None:
    _, page, before = proxied.ask("GET", "/login")
    (token,) = set(re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.decode()))
    form = urlencode({"name": "clerk", "password": PASSWORD, "csrf_token": token}).encode()

    status, _, after = proxied.ask(
        "POST", "/login", form, Cookie=sent_back(before), Referer=f"https://localhost:{proxied.port}/login",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert status == 303
    assert after
    assert all("Secure" in cookie for cookie in after)
    assert proxied.ask("GET", "/uploads", Cookie=sent_back(after))[0] == 200


def test_a_body_over_the_limit_is_refused_before_it_is_sent(proxied: Proxied) -> None:
    token = issue(proxied.server.settings, Role.QUALITY)
    connection = proxied.connect()
    for length, who in ((5_000_000, token), (2_000_000_000, token), (900_000, "aasr_nobody")):
        connection = proxied.connect()
        connection.putrequest("POST", "/trace/v1/uploads")
        connection.putheader("Authorization", f"Bearer {who}")
        connection.putheader("Content-Type", "multipart/form-data; boundary=b")
        connection.putheader("Content-Length", str(length))
        connection.endheaders(b"--b")

        assert connection.getresponse().status == (413 if who == token else 401)
        connection.close()


def test_a_slow_sender_is_shown_out_and_frees_the_registry(proxied: Proxied) -> None:
    token = issue(proxied.server.settings, Role.QUALITY)
    connection = proxied.connect()
    connection.putrequest("POST", "/trace/v1/uploads")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", "2000000")
    connection.endheaders(b"--b" + bytes(900_000))
    assert connection.sock is not None

    assert until(proxied.server.open_files)  # it has begun to arrive
    try:
        answer = connection.sock.recv(1000)
    except ConnectionResetError:
        answer = b""

    assert answer[:12] in {b"", b"HTTP/1.1 408"}
    assert until(lambda: not proxied.server.open_files())
    connection.close()


def test_the_site_waits_for_an_answer_as_long_as_any_work_may_take() -> None:
    waits = re.search(r"proxy_read_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text())
    limits = [field for field in Settings.model_fields if field.endswith("_timeout_s")]

    assert waits is not None
    assert "upload_timeout_s" in limits
    assert int(waits[1]) > max(Settings.model_fields[each].default for each in limits)


def test_the_unit_is_one_that_systemd_takes() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_file(io.StringIO((DEPLOY / "aas-registry.service").read_text()))
    service = unit["Service"]

    assert service["User"] != "root"
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["UMask"]) == (
        "yes",
        "strict",
        "0077",
    )
    assert service["Restart"] == "always"
    assert service["ReadWritePaths"] == "/var/lib/aas-registry"


def test_the_unit_passes_the_verification_of_systemd(tmp_path: Path) -> None:
    text = (DEPLOY / "aas-registry.service").read_text()
    ours = re.sub(r"/opt/aas-registry/bin/aas-registry", "/bin/true", text)
    ours = re.sub(r"(User|Group)=aas-registry", r"\1=root", ours)
    (tmp_path / "aas-registry.service").write_text(ours)

    checked = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", str(tmp_path / "aas-registry.service")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "aas-registry.service" not in checked.stderr, checked.stderr
