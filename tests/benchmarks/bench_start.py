"""What it costs to start: CPU of the command's help, memory of a worker that has worked.

`aas-registry --help` is compared with `flask --version` in the same run: both are told by a
program that imports no more than it needs. The memory of a worker is its proportional share (PSS):
a page that several processes share is divided among them. It is that of the largest worker of
`aas-registry serve` as it is without options, once each has taken an upload, countersigned a
certificate and made a report. The targets are issue 8's.
"""

import http.client
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from aas_samples import lot_aasx
from certificate_samples import SigningParty, paper, signed, signing_party
from figure import Figure
from serving_processes import ServingProcesses, serving
from timing import milliseconds

from aas_registry.domain.principals import Role
from aas_registry.services import access, parties
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import open_registry
from aas_registry.settings import Settings

RATIO, MOST_MIB = 3, 100
ROUNDS = 10
MIB = 1024 * 1024
MOST_CONNECTIONS = 40  # whose worker is the system's choice
WORK_S = 0.1  # of CPU, at least, are the three requests
MAKER, MPN = "Bolt Components GmbH", "CAP-100N-0603"


def figures() -> Iterator[Figure]:
    """Yield the ratio of the CPU times, and the memory in MiB."""
    folder = Path(sys.executable).parent
    ours = min(_cpu_seconds(folder / "aas-registry", "--help") for _ in range(ROUNDS))
    rival = min(_cpu_seconds(folder / "flask", "--version") for _ in range(ROUNDS))
    times = milliseconds(ours=ours, flask=rival)
    yield Figure("start-help", ours / rival, "x", RATIO, "at most", times)
    with TemporaryDirectory() as place:
        signer = signing_party(MAKER, since=datetime.now(UTC).replace(microsecond=0))
        supplier, plant = _prepare(Path(place), signer)
        with serving(Path(place)) as server:
            idle = [_memory_mib(each) for each in server.workers]
            mib = _Asked(server.port, supplier, plant, signer).memory_mib_of(server)
    shown = ", ".join(f"{each:.0f}" for each in mib)
    detail = f"workers {shown} MiB, idle {max(idle):.0f} MiB"
    yield Figure("start-worker-memory", max(mib), "MiB", MOST_MIB, "at most", detail)


def _cpu_seconds(program: Path, word: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(program), word], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _cpu_of(process: int) -> float:
    """Return the seconds of CPU that a process took so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib(process: int) -> float:
    """Return the proportional memory of a process."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / MIB for line in lines if line.startswith("Pss:"))


def _prepare(folder: Path, signer: SigningParty) -> tuple[str, str]:
    """Make a plant whose supplier's CA is pinned; return the tokens of the supplier and of the plant."""
    init_keys(folder, organization="Plant", now=datetime.now(UTC))
    registry = open_registry(Settings(data_dir=folder))
    administrator = access.local_administrator(registry)
    parties.add_party(registry, administrator, code="bolt", name=MAKER)
    parties.pin_anchor(registry, administrator, pem=signer.root_pem, party="bolt")
    supplier = access.issue_token(registry, administrator, name="s", role=Role.SUPPLIER, party="bolt")
    plant = access.issue_token(registry, administrator, name="p", role=Role.ADMINISTRATOR)
    registry.close()
    return supplier.text, plant.text


@dataclass(frozen=True, slots=True)
class _Asked:
    """The server, asked with the tokens of the supplier and of the plant."""

    port: int
    supplier: str
    plant: str
    signer: SigningParty

    def memory_mib_of(self, server: ServingProcesses) -> list[float]:
        """Do the three requests over a connection after another; return each worker's memory after its first."""
        idle = {each: _cpu_of(each) for each in server.workers}
        after: dict[int, float] = {}
        for number in range(MOST_CONNECTIONS):
            self.work(number)
            for each in idle.keys() - after.keys():
                if _cpu_of(each) - idle[each] >= WORK_S:
                    after[each] = _memory_mib(each)
            if len(after) == len(idle):
                return [*after.values()]
        raise AssertionError("One worker got no connection.")

    def work(self, number: int) -> None:
        """Upload a package, have a certificate of it countersigned, make a report: over one connection.

        So one worker does all three.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        code = f"LOT-{number}"
        files = {"file": ("lot.aasx", lot_aasx(code, maker=MAKER))}
        taken = _post(connection, "uploads", self.supplier, *_form({}, files))
        lot = taken["lots"][0]["id"]
        document = signed(paper(code, MPN), self.signer, at=self.signer.leaf.certificate.not_valid_before_utc)
        form = _form({"lot": lot, "number": f"C-{code}"}, {"file": ("certificate.pdf", document)})
        certificate = _post(connection, "certificates", self.supplier, *form)
        assert certificate["state"] == "countersigned", certificate
        question = json.dumps({"subject": lot, "direction": "where-used"}).encode()
        _post(connection, "reports", self.plant, question, "application/json")
        connection.close()


def _post(
    connection: http.client.HTTPConnection, path: str, token: str, content: bytes, media_type: str
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    connection.request("POST", f"/trace/v1/{path}", content, headers)
    answer = connection.getresponse()
    body: dict[str, Any] = json.loads(answer.read())
    assert answer.status in {200, 201}, body
    return body


def _form(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return a form (RFC 7578) and its media type."""
    boundary = uuid4().hex
    parts = [
        *((f'name="{name}"', value.encode()) for name, value in fields.items()),
        *((f'name="{name}"; filename="{file}"', content) for name, (file, content) in files.items()),
    ]
    pieces = [
        b"--%b\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n"
        % (boundary.encode(), head.encode(), content)
        for head, content in parts
    ]
    return b"".join([*pieces, b"--%b--\r\n" % boundary.encode()]), f"multipart/form-data; boundary={boundary}"
