"""The wall as an attacker meets it: files sent over HTTP to the real application, and what is left.

Run as a script (``python tests/hostile_files/wall.py FAMILY FOLDER``) it sends one family to a
fresh registry and prints a line of JSON per file: the answer, what was stored, seconds, and
the memory above that of the idle process in MiB. Without arguments it does so for each line
of its input, in a process of its own that is forked with everything loaded.
"""

import json
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

if __name__ == "__main__":  # as pytest and the benchmarks set it
    sys.path[0] = str(Path(__file__).parents[1])

from aas_samples import lot_aasx
from hostile_files.catalogue import FAMILIES
from hostile_files.declaration import Door, Hostile
from werkzeug.test import TestResponse

from aas_registry.domain.principals import Role
from aas_registry.services import access, parties
from aas_registry.services.keys import init_keys
from aas_registry.services.registry import Registry, open_database, open_registry
from aas_registry.settings import Settings
from aas_registry.storage import migration
from aas_registry.storage.tables import metadata
from aas_registry.web.app import create_app

_KEPT_ANYWAY = {"audit", "id_block", "site_lock"}
MOST_SECONDS = 2
MOST_MEMORY_MIB = 100
_FORMS = {
    Door.UPLOAD: ("/trace/v1/uploads", {}),
    Door.SPREADSHEET: ("/trace/v1/spreadsheets", {}),
    Door.LABEL_PICTURE: ("/trace/v1/reel-labels", {}),
    Door.CERTIFICATE: ("/trace/v1/certificates", {"manufacturer": "Bolt Components GmbH", "mpn": "CAP-1"}),
}
_BODIES = {
    Door.EVENTS: ("/trace/v1/events", "application/json"),
    Door.EVENT_LINES: ("/trace/v1/events", "application/x-ndjson"),
    Door.SUBMODEL: ("/api/v3/submodels", "application/json"),
    Door.LABEL_TEXT: ("/trace/v1/reel-labels", "application/json"),
}
_OF_A_SUPPLIER = {*_FORMS, Door.UPLOAD_METADATA}
_PLACES = ("file", "part", "path", "row", "column")
# The AAS API has no findings: the text of a message ends with the place.
_PLACE_IN_TEXT = re.compile(r"\((file|part|at|row|column) [^()]+\)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a hostile file.

    Attributes:
        name: The file's.
        status: HTTP status; 200 for events that were each rejected.
        codes: Every code that refused it; one for all doors but that of events.
        places: Members of the first finding that say where; none where any finding has none.
        left: What was stored, or left behind, in spite of the refusal.
        seconds: Until the answer was there.
        memory_mib: Peak of the process above the idle one, up to here.
        text: The message for a person.
    """

    name: str
    status: int
    codes: list[str]
    places: list[str]
    left: list[str]
    seconds: float
    memory_mib: float
    text: str

    def is_refused_as(self, hostile: Hostile) -> bool:
        """Answer whether the file was refused with its code and place, and left nothing."""
        is_of_events = hostile.door in {Door.EVENTS, Door.EVENT_LINES}
        is_refusal = 400 <= self.status < 500 or (self.status == 200 and is_of_events)
        return is_refusal and set(self.codes) == {hostile.code} and bool(self.places) and not self.left


class Wall:
    """An application over a registry of its own, with a supplier, and the files it is sent."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        """Serve ``registry``; ``folder`` is its data folder."""
        self._registry = registry
        self._folder = folder
        self._client = create_app(registry).test_client(use_cookies=False)
        administrator = access.local_administrator(registry)
        parties.add_party(registry, administrator, code="bolt", name="Bolt Components GmbH")
        supplier = access.issue_token(registry, administrator, name="s", role=Role.SUPPLIER, party="bolt")
        plant = access.issue_token(registry, administrator, name="p", role=Role.ADMINISTRATOR)
        self._tokens = {door: supplier.text if door in _OF_A_SUPPLIER else plant.text for door in Door}
        self._idle_mib = 0.0
        self.takes_an_honest_file("first")
        self._idle_mib = _memory_mib("VmRSS")

    def send(self, hostile: Hostile, path: Path) -> Answer:
        """Send a file and return the answer; ``path`` holds the file's bytes."""
        before = self._state()
        _forget_peak()
        began = perf_counter()
        response = self._post(hostile, path)
        seconds = perf_counter() - began
        peak = _memory_mib("VmHWM") - self._idle_mib
        codes, places, text = _refusals(response)
        return Answer(
            name=hostile.name,
            status=response.status_code,
            codes=codes,
            places=places,
            left=sorted(self._state() - before),
            seconds=seconds,
            memory_mib=peak,
            text=text[:300],
        )

    def takes_an_honest_file(self, lot_code: str) -> bool:
        """Send a package that is fine, and answer whether it was taken."""
        with tempfile.TemporaryFile() as stream:
            stream.write(lot_aasx(lot_code))
            stream.seek(0)
            return self._form(Door.UPLOAD, stream, "lot.aasx").status_code == 201

    def _post(self, hostile: Hostile, path: Path) -> TestResponse:
        if hostile.door in _FORMS:
            with path.open("rb") as stream:
                return self._form(hostile.door, stream, hostile.file_name)
        headers = {"Authorization": f"Bearer {self._tokens[hostile.door]}"}
        if hostile.door is Door.UPLOAD_METADATA:
            told = {"Upload-Metadata": path.read_bytes().decode("latin-1"), "Upload-Length": "10"}
            headers |= {"Tus-Resumable": "1.0.0", **told}
            return self._client.post("/trace/v1/resumable-uploads", headers=headers)
        address, media_type = _BODIES[hostile.door]
        headers["Content-Length"] = str(path.stat().st_size)
        with path.open("rb") as stream:
            return self._client.post(address, input_stream=stream, headers=headers, content_type=media_type)

    def _form(self, door: Door, stream: object, file_name: str) -> TestResponse:
        address, fields = _FORMS[door]
        headers = {"Authorization": f"Bearer {self._tokens[door]}"}
        name = "picture" if door is Door.LABEL_PICTURE else "file"
        return self._client.post(address, data={**fields, name: (stream, file_name)}, headers=headers)

    def _state(self) -> set[str]:
        """Return what is stored: rows by table and number, files by name, also temporary ones."""
        with self._registry.engine.connect() as connection:
            rows = {
                f"{table.name} has {count} rows"
                for table in metadata.sorted_tables
                if table.name not in _KEPT_ANYWAY
                for count in [len(connection.execute(table.select()).all())]
            }
        files = {
            str(path)
            for folder in (self._folder, Path(tempfile.gettempdir()))
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith("registry.sqlite3")
        }
        return rows | files


def _refusals(response: TestResponse) -> tuple[list[str], list[str], str]:
    """Return the codes, the places and the text of a refusal."""
    body = response.get_json(silent=True) or {}
    if response.status_code == 200 and "result" in body:
        outcomes = body["result"]
        places = [_places(each.get("findings", [])) for each in outcomes]
        return sorted({str(each.get("code")) for each in outcomes}), min(places, default=[]), str(outcomes)
    messages = body.get("messages") or [{}]
    texts = [str(each.get("text")) for each in messages]
    if "findings" in body:
        places = _places(body["findings"])
    else:
        found = [_PLACE_IN_TEXT.search(text) for text in texts]
        places = [found[0][1]] if found[0] and all(found) else []
    return [str(messages[0].get("code"))], places, texts[0]


def _places(findings: Sequence[Mapping[str, object]]) -> list[str]:
    named = [[name for name in _PLACES if name in found] for found in findings]
    return named[0] if named and all(named) else []


def _memory_mib(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def answers_in(output: str) -> list[Answer]:
    """Return the answers that the script printed; the application's log stands between them."""
    return [Answer(**json.loads(line)) for line in output.splitlines() if line.startswith('{"name": ')]


def build_apart(hostile: Hostile, path: Path) -> None:
    """Write a file in a process of its own, whose memory is gone afterwards."""
    child = os.fork()
    if child == 0:
        path.write_bytes(hostile.build())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        message = f"{hostile.name} cannot be built"
        raise RuntimeError(message)


def attack(family: str, folder: Path) -> Iterator[Answer]:
    """Send a family to a fresh registry in ``folder``; an honest file follows each."""
    data, files = folder / "data", folder / "files"
    temporary = folder / "tmp"
    for each in (data, files, temporary):
        each.mkdir(parents=True)
    paths = [files / str(number) for number in range(len(FAMILIES[family]))]
    for hostile, path in zip(FAMILIES[family], paths, strict=True):
        build_apart(hostile, path)
    tempfile.tempdir = str(temporary)
    settings = Settings(data_dir=data, token_cache_s=0)
    init_keys(data, organization="Plant", now=datetime.now(UTC))
    engine = open_database(settings)
    migration.upgrade(engine)
    engine.dispose()
    with ExitStack() as stack:
        registry = stack.enter_context(closing(open_registry(settings)))
        wall = Wall(registry, data)
        for number, (hostile, path) in enumerate(zip(FAMILIES[family], paths, strict=True)):
            yield wall.send(hostile, path)
            if not wall.takes_an_honest_file(f"after-{number}"):
                message = f"an honest file is refused after {hostile.name}"
                raise RuntimeError(message)


def attack_as_told() -> None:
    """Attack ``FAMILY`` in ``FOLDER`` for each line of JSON, and say how that process ended.

    What it prints lies in ``FOLDER/out`` and ``FOLDER/err``.
    """
    for line in sys.stdin:
        family, folder = json.loads(line)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _attack_in(family, Path(folder))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _attack_in(family: str, folder: Path) -> None:
    for name, stream in (("out", 1), ("err", 2)):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), stream)
    os.environ["TMPDIR"] = str(folder)
    code = 1
    try:
        _print_answers(family, folder)
        code = 0
    except BaseException:  # noqa: BLE001 - it is told, and the process ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _print_answers(family: str, folder: Path) -> None:
    for answer in attack(family, folder):
        print(json.dumps(asdict(answer)), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _print_answers(sys.argv[1], Path(sys.argv[2]))
    else:
        attack_as_told()
