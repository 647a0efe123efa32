"""The walk of a request through the product: files entered, functions called, moves, containers opened.

Counted by Python's profiler, so it is the same number on every machine: an upload of a package
with a signed certificate, a signed certificate for a known lot, where-used of a lot. Each is sent
after others of its kind, so that imports and caches do not count, and the middle of some is taken,
as ids are fetched in blocks and a signature's digest is chance. What the threads that wait for
the disk do meanwhile is left out.

A *call* is that of a function of ``aas_registry``, a generator's first step included and its
further ones not; comprehensions and lambdas are no calls. A *move* is a call whose nearest caller
of ours, libraries between them passed over, stands in another file.

Nothing here names a room below the web, so that the same file counts before and after a move.
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from dis import opmap
from importlib import import_module
from inspect import CO_GENERATOR
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Any
from unittest.mock import Mock, patch
from xml.etree import ElementTree as ET
from xml.parsers import expat

from aas_samples import LotFacts, PackageFile, build_lot_package, lot_aasx, write_aasx
from certificate_samples import SigningParty, paper, signed, signing_party
from figure import Figure
from flask.testing import FlaskClient
from lxml import etree
from plant_samples import LOT, MAKER, MPN, events
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader
from werkzeug.test import TestResponse

import aas_registry
from aas_registry.settings import Settings
from aas_registry.web.startup import load_application

PACKAGE = str(Path(aas_registry.__file__).parent) + os.sep
WARM_UPS, ROUNDS = 3, 5
UPLOAD, COUNTERSIGNATURE, WHERE_USED = "upload", "countersignature", "where-used"

# No walk may become longer; a change that shortens one writes its own number here. Before the
# rooms were divided (commit a2d6f13) files, calls and moves were 88, 9288 and 1799 of an upload,
# 45, 852 and 257 of a countersignature, 25, 159 and 94 of where-used. The one file more of the
# first two: whom a submission counts for is asked of the parties, every kind of submission is put
# on record by one `commit`, and who holds a row is a type; less the tries of other readers, or
# the receipt.
TARGETS = {
    UPLOAD: {
        "files": 89,
        "calls": 8630,
        "moves": 1755,
        "opens-zipfile": 1,
        "opens-zip-container": 1,
        "opens-xml-parser": 13,
        "opens-pypdf": 1,
        "opens-pyhanko": 1,
    },
    COUNTERSIGNATURE: {
        "files": 46,
        "calls": 680,
        "moves": 257,
        "opens-zipfile": 0,
        "opens-zip-container": 0,
        "opens-xml-parser": 0,
        "opens-pypdf": 1,
        "opens-pyhanko": 1,
    },
    WHERE_USED: {"files": 25, "calls": 150, "moves": 94},
}

_CONTAINER = "ZipContainer.__init__"  # ours, in whichever file
_OPENERS: dict[CodeType, str] = {
    zipfile.ZipFile.__init__.__code__: "zipfile",
    PdfReader.__init__.__code__: "pypdf",
    PdfFileReader.__init__.__code__: "pyhanko",
}
_OPENED = ("zipfile", "zip-container", "xml-parser", "pypdf", "pyhanko")
_RESUME, _RESUME_WHERE = opmap["RESUME"], 3  # bits of its argument: 0 where a function starts


@dataclass(slots=True)
class Walk:
    """What one request went through.

    Attributes:
        files: Files of ours that were entered.
        calls: Calls of functions of ours.
        moves: Those of them that came from another file of ours.
        opened: How often each kind of container was opened.
    """

    files: set[str] = field(default_factory=set)
    calls: int = 0
    moves: int = 0
    opened: Counter[str] = field(default_factory=Counter)

    def watch(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take an event of the profiler."""
        if event == "call":
            self._enter(frame)
        elif event == "c_call" and argument is expat.ParserCreate:
            self.opened["xml-parser"] += 1

    def _enter(self, frame: FrameType) -> None:
        code = frame.f_code
        if code in _OPENERS:
            self.opened[_OPENERS[code]] += 1
        if not _is_ours(code):
            return
        self.files.add(code.co_filename)
        self.opened["zip-container"] += code.co_qualname == _CONTAINER
        if code.co_name.startswith("<") or _is_further_step(frame):
            return
        self.calls += 1
        self.moves += _caller_file(frame) not in {None, code.co_filename}


def figures() -> Iterator[Figure]:
    """Yield files, calls and moves of each walk, and how often it opens a container."""
    with TemporaryDirectory() as folder, _plant(Path(folder)) as plant:
        for name, ask in (
            (UPLOAD, plant.upload),
            (COUNTERSIGNATURE, plant.countersignature),
            (WHERE_USED, plant.where_used),
        ):
            walk = _middle([_walked(ask(number)) for number in range(WARM_UPS + ROUNDS)][WARM_UPS:])
            yield from _figures(name, walk)


def _figures(name: str, walk: Walk) -> Iterator[Figure]:
    rooms = Counter(each.removeprefix(PACKAGE).partition(os.sep)[0] for each in walk.files)
    detail = ", ".join(f"{room} {count}" for room, count in sorted(rooms.items()))
    yield _figure(name, "files", len(walk.files), detail)
    yield _figure(name, "calls", walk.calls)
    yield _figure(name, "moves", walk.moves)
    if name != WHERE_USED:
        for kind in _OPENED:
            yield _figure(name, f"opens-{kind}", walk.opened[kind])


def _figure(name: str, what: str, value: int, detail: str = "") -> Figure:
    return Figure(f"walk-{name}-{what}", value, "", TARGETS[name][what], "at most", detail)


def _middle(walks: list[Walk]) -> Walk:
    return sorted(walks, key=lambda walk: (walk.calls, walk.moves, len(walk.files)))[len(walks) // 2]


def _walked(send: Callable[[], None]) -> Walk:
    walk = Walk()
    with _c_parsers() as parsers:
        sys.setprofile(walk.watch)
        try:
            send()
        finally:
            sys.setprofile(None)
        walk.opened["xml-parser"] += sum(each.call_count for each in parsers)
    return walk


@contextmanager
def _c_parsers() -> Iterator[list[Mock]]:
    """Count the parsers that the profiler does not see, as they are types or of Cython."""
    places = [
        (ET, "XMLParser"),
        *((etree, each) for each in ("XML", "fromstring", "iterparse", "parse")),
    ]
    with ExitStack() as stack:
        yield [
            stack.enter_context(patch.object(module, name, wraps=getattr(module, name)))
            for module, name in places
        ]


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(PACKAGE)


def _is_further_step(frame: FrameType) -> bool:
    code = frame.f_code
    if not code.co_flags & CO_GENERATOR:
        return False
    step, argument = code.co_code[frame.f_lasti : frame.f_lasti + 2]
    return step != _RESUME or bool(argument & _RESUME_WHERE)  # another step: it is closed, or thrown into


def _caller_file(frame: FrameType) -> str | None:
    caller = frame.f_back
    while caller is not None:
        if _is_ours(caller.f_code):
            return caller.f_code.co_filename
        caller = caller.f_back
    return None


@dataclass(frozen=True, slots=True)
class _Plant:
    """A plant on SQLite, whose supplier's CA is pinned.

    Attributes:
        client: Asks the application.
        signer: The supplier.
        supplier: Its token.
        quality: The token of a quality engineer.
        now: When everything was signed.
    """

    client: FlaskClient
    signer: SigningParty
    supplier: str
    quality: str
    now: datetime

    def upload(self, number: int) -> Callable[[], None]:
        """Return the upload of a lot's package with a signed certificate."""
        package = self._package(f"PACKAGE-{number}")

        def send() -> None:
            taken = self._post("uploads", {"file": (io.BytesIO(package), "lot.aasx")})
            assert [each["state"] for each in taken["certificates"]] == ["countersigned"], taken

        return send

    def countersignature(self, number: int) -> Callable[[], None]:
        """Return the submission of a signed certificate for a lot that is on record."""
        code = f"CERTIFICATE-{number}"
        lot, document = self.add_lot(code), self._certificate(code)

        def send() -> None:
            form = {"file": (io.BytesIO(document), "certificate.pdf"), "lot": lot, "number": f"C-{code}"}
            taken = self._post("certificates", form)
            assert taken["state"] == "countersigned", taken

        return send

    def where_used(self, number: int) -> Callable[[], None]:
        """Return the question where the lot of the sample plant was used; the first time, its events too."""
        headers = {"Authorization": f"Bearer {self.quality}"}
        if not number:
            taken = _json(self.client.post("/trace/v1/events", json=events(), headers=headers))
            assert {each["state"] for each in taken["result"]} == {"accepted"}, taken
        rows = _json(self.client.get(f"/trace/v1/lots?code={LOT}", headers=headers))["result"]
        (lot,) = [each["id"] for each in rows]

        def send() -> None:
            found = _json(self.client.get(f"/trace/v1/lots/{lot}/where-used", headers=headers))
            assert len(found["result"]) == len(_REACHED), found

        return send

    def add_lot(self, code: str) -> str:
        """Put a lot on record by its package; return its id."""
        return self._post("uploads", {"file": (io.BytesIO(lot_aasx(code)), "lot.aasx")})["lots"][0]["id"]

    def _post(self, path: str, form: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.supplier}"}
        return _json(self.client.post(f"/trace/v1/{path}", data=form, headers=headers))

    def _certificate(self, code: str) -> bytes:
        return signed(paper(code, MPN), self.signer, at=self.now)

    def _package(self, code: str) -> bytes:
        facts = LotFacts(
            manufacturer=MAKER, mpn=MPN, lot_code=code, shell=f"https://bolt.example/lots/{code}"
        )
        # It stands beside the function, wherever that is.
        certificate = import_module(build_lot_package.__module__).LotCertificate(
            file=PackageFile.of(f"/aasx/files/C-{code}.pdf", "application/pdf", self._certificate(code)),
            number=f"C-{code}",
            document_type="Certificate of conformity",
            title=f"Certificate of conformity C-{code}",
            issued_on=self.now.date(),
        )
        return write_aasx(build_lot_package(facts, certificates=[certificate]))


_REACHED = ("PRD-1", "PRD-2", "PRD-3")  # products of the sample plant that hold the lot


@contextmanager
def _plant(folder: Path) -> Iterator[_Plant]:
    _command(folder, "keys", "init", "--organization", "Plant")
    administrator = _command(folder, "token", "issue", "bench", "--role", "administrator")["token"]
    # A token that was checked is trusted for some seconds: then a walk would hang on the time it takes.
    # How many rounds it takes to seal an id hangs on the secret.
    settings = Settings(
        data_dir=folder, log_level="ERROR", token_cache_s=0, secret_key="the same every time, of 32 bytes"
    )
    application = load_application(settings)
    client = application.test_client(use_cookies=False)
    now = datetime.now(UTC).replace(microsecond=0)
    signer = signing_party(MAKER, since=now)

    def administer(path: str, **body: str) -> Any:
        headers = {"Authorization": f"Bearer {administrator}"}
        return _json(client.post(f"/trace/v1/{path}", json=body, headers=headers))

    for code, name in (("bolt", MAKER), ("meditec", "Meditec AG"), ("railway", "Railway Systems")):
        administer("parties", code=code, name=name)
    administer("anchors", party="bolt", purpose="signer", pem=signer.root_pem.decode())
    supplier = administer("tokens", name="upload", role="supplier", party="bolt")["token"]
    quality = administer("tokens", name="questions", role="quality")["token"]
    plant = _Plant(client, signer, supplier, quality, now)
    plant.add_lot(LOT)
    try:
        yield plant
    finally:
        application.extensions["aas_registry"].close()


def _command(folder: Path, *words: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "aas_registry", *words, "--json"],
        env={**os.environ, "AAS_REGISTRY_DATA_DIR": str(folder)},
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)


def _json(answer: TestResponse) -> Any:
    assert answer.status_code in {200, 201}, answer.get_data(as_text=True)
    return answer.get_json()
