"""What is fuzzed: each reader of foreign bytes as a function, with honest and hostile seeds.

A reader may refuse (`RegistryError`) or answer; anything else that it raises is a finding, and
so is an answer that contradicts itself. Where a container would stop every mutated byte by its
checksums, the first byte of the input chooses the part and the rest is that part's content.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import rfc8785
from aas_content import SUBMODEL_XML, make_submodel, make_xml, make_zip
from certificate_samples import NOW, paper, signed, signing_party, time_stamping
from cryptography.hazmat.primitives.serialization import Encoding
from hostile_files.catalogue import HOSTILE_FILES
from hostile_files.declaration import Door
from hostile_files.packages import (
    CORE_PART,
    DATA_PART,
    JSON_PART,
    ORIGIN_RELS_PART,
    RELS_PART,
    TYPES_PART,
    honest_parts,
    json_package,
    package_with,
    submodel_json,
)
from PIL import Image

from aas_registry.domain.canonical_json import canonical_bytes, loads_strict
from aas_registry.domain.errors import RegistryError
from aas_registry.domain.id_short_path import parse_id_short_path
from aas_registry.domain.progress import no_progress
from aas_registry.domain.spreadsheet import read_lot_list
from aas_registry.domain.spreadsheet_certificates import assign_certificates
from aas_registry.formats.container.content_kind import recognise
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.events.json import read_events, understand
from aas_registry.formats.labels.picture import read_picture
from aas_registry.formats.labels.reel_label import read_label
from aas_registry.formats.labels.reel_label_writer import Symbology, write_message, write_picture
from aas_registry.formats.lists.marked import mark_spreadsheet
from aas_registry.formats.lists.spreadsheet import read_spreadsheet
from aas_registry.formats.package.upload import read_upload
from aas_registry.services import example_lists
from aas_registry.settings import Settings
from aas_registry.trust.cms import sign_detached, verify_detached
from aas_registry.trust.pdf_reading import OpenedPdf, check_passive
from aas_registry.trust.pdf_signature import TrustAnchor, verify_pdf
from aas_registry.trust.pdf_text import pdf_text
from aas_registry.trust.pdf_wall import refuse_hostile_pdf
from aas_registry.trust.pki import Authority

LIMITS = Settings(
    unpacked_bytes=8 << 20, aas_data_bytes=1 << 20, package_parts=200, aas_elements=5_000
).limits
_MOST_SEED_BYTES = 16_384
_CHOSEN = (
    DATA_PART,
    RELS_PART,
    ORIGIN_RELS_PART,
    TYPES_PART,
    CORE_PART,
    "aasx/_rels/data.xml.rels",
    JSON_PART,
)


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader under fuzzing.

    Attributes:
        read: Reads any bytes; raises nothing but what the fuzzer shall find.
        seeds: Inputs to start from.
    """

    read: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]


def _refusing(read: Callable[[bytes], object]) -> Callable[[bytes], None]:
    def tolerant(content: bytes) -> None:
        try:
            read(content)
        except RegistryError as refusal:
            json.dumps([found.as_json() for found in refusal.findings]).encode()

    return tolerant


def _hostile(*families: str, door: Door = Door.UPLOAD) -> list[bytes]:
    chosen = [
        each
        for each in HOSTILE_FILES
        if each.door is door
        and each.family.startswith(families)
        and not any(word in each.name for word in ("bomb", "million", "thousand", "gibibyte"))
    ]
    made = [each.build() for each in chosen]
    return [content for content in made if len(content) <= _MOST_SEED_BYTES]


def _read_archive(content: bytes) -> None:
    container = ZipContainer(io.BytesIO(content), limits=LIMITS)
    for part in container.parts:
        container.read(part, max_bytes=1 << 20)


def _read_upload(content: bytes) -> None:
    package = read_upload(recognise(io.BytesIO(content), "fuzz", limits=LIMITS), limits=LIMITS)
    for each in package.identifiables:
        each.digest()
    json.dumps([found.as_json() for found in package.findings]).encode()


def _read_part(content: bytes) -> None:
    _read_upload(package_with({_CHOSEN[content[0] % len(_CHOSEN)]: content[1:]}) if content else b"")


def _read_canonical(content: bytes) -> None:
    value = loads_strict(content, max_depth=LIMITS.nesting_depth)
    canonical = canonical_bytes(value)
    assert canonical == rfc8785.dumps(value)
    assert canonical_bytes(loads_strict(canonical, max_depth=LIMITS.nesting_depth)) == canonical


def _read_path(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    path = parse_id_short_path(text, limits=LIMITS)
    assert str(path) == text
    assert parse_id_short_path(str(path), limits=LIMITS) == path


def _read_events(content: bytes) -> None:
    for raw in read_events(content[1:], LIMITS, is_ndjson=content[:1] > b"\x7f", message=None):
        _refusing(lambda _, raw=raw: understand(raw, LIMITS, received_at=NOW))(b"")


def _read_pdf(content: bytes) -> None:
    refuse_hostile_pdf(OpenedPdf(content), limits=LIMITS)
    check_passive(OpenedPdf(content), limits=LIMITS)
    pdf_text(content, limits=LIMITS)


def _read_signed_pdf(content: bytes) -> None:
    refuse_hostile_pdf(OpenedPdf(content), limits=LIMITS)
    verify_pdf(
        OpenedPdf(content),
        sha256=hashlib.sha256(content).hexdigest(),
        anchors=[TrustAnchor(certificate=_der(signing_party("Fuzz").root))],
        time_stamp_anchors=[_der(time_stamping().root)],
        limits=LIMITS,
        now=NOW,
    )


def _der(authority: Authority) -> bytes:
    return authority.certificate.public_bytes(Encoding.DER)


def _read_cms(content: bytes) -> None:
    verify_detached(content, b"signed content")


def _read_list(content: bytes, name: str) -> None:
    opened = read_spreadsheet(recognise(io.BytesIO(content), name, limits=LIMITS), limits=LIMITS)
    listed = read_lot_list(
        opened.rows,
        most_rows=LIMITS.spreadsheet_rows,
        most_findings=LIMITS.listed_findings,
        progress=no_progress,
    )
    assign_certificates(listed, ["a.pdf"], most_lots=1000)
    findings = listed.findings.all()
    json.dumps([found.as_json() for found in findings]).encode()
    marked = mark_spreadsheet(
        opened,
        io.BytesIO(),
        limits=LIMITS,
        findings=findings,
        column=listed.errors_column,
    )
    again = read_spreadsheet(recognise(marked.content, name, limits=LIMITS), limits=LIMITS)
    assert findings == [] or any(again.rows)


@cache
def _workbook() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(example_lists.example_with_errors())) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}


def _read_sheet(content: bytes) -> None:
    parts = dict(_workbook())
    name = sorted(parts)[content[0] % len(parts)] if content else ""
    _read_list(make_zip({**parts, name: content[1:]} if name else parts), "fuzz.xlsx")


def _sheet_seeds() -> list[bytes]:
    return [bytes([number]) + content for number, (_, content) in enumerate(sorted(_workbook().items()))]


def _csv_seeds() -> list[bytes]:
    rows = [["Manufacturer", "MPN", "Lot code", "Quantity"], ["Bolt", "C-1", "0042", "1,5"]]
    return ["\n".join(sign.join(row) for row in rows).encode() for sign in (",", ";", "\t")] + [
        example_lists.template_csv(),
        '\ufeffHersteller;MPN;Los;Menge\nBolt;C-1;"00\n42";-1\n'.encode(),
    ]


def _read_label_text(content: bytes) -> None:
    label = read_label(content.decode("utf-8", "replace"), limits=LIMITS)
    assert all(field.position >= 1 for field in label.fields)


def _label_seeds() -> list[bytes]:
    data = [("1P", "C-1"), ("1T", "0042"), ("Q", "4000"), ("10D", "2607")]
    texts = [write_message(data), "QTY:4000 PN:C-1 PO:1/1 MFR:BOLT", "{pbn:P1,on:O1,pc:C1,pm:C-1,qty:4000}"]
    texts += ["]d2010409876543210610LOT\x1d37100", "https://id.gs1.org/01/04098765432106/10/LOT"]
    return [text.encode() for text in (*texts, texts[0].replace("\x1d", "{GS}"), ">" + texts[0])]


def _read_label_picture(content: bytes) -> None:
    read_picture(content, limits=LIMITS)


def _picture_seeds() -> list[bytes]:
    pictures = [write_picture([("1T", "0042")], symbology) for symbology in Symbology]
    made = []
    for kind in ("JPEG", "WEBP", "PNG"):
        for picture in pictures:
            written = io.BytesIO()
            Image.open(io.BytesIO(picture)).convert("RGB").save(written, kind)
            made.append(written.getvalue())
    return [*pictures, *(each for each in made if len(each) <= _MOST_SEED_BYTES)]


@cache
def _signed_paper() -> bytes:
    return signed(paper(), signing_party("Fuzz"), time_stamped=True)


def _part_seeds() -> list[bytes]:
    parts = honest_parts()
    seeds = [bytes([number]) + parts.get(name, b"") for number, name in enumerate(_CHOSEN)]
    return [*seeds, b"\x06" + submodel_json(), *(b"\0" + each for each in _hostile("xml"))]


def _event_seeds() -> list[bytes]:
    moment = datetime(2026, 3, 4, tzinfo=UTC).isoformat()
    ours = {"type": "receipt", "id": "urn:a:1", "happenedAt": moment, "receipt": "R-1", "lots": []}
    body = {"TransactionId": "7", "UnitCount": 1, "Units": []}
    cfx = {
        "MessageName": "CFX.Production.WorkStarted",
        "UniqueID": "a",
        "TimeStamp": moment,
        "MessageBody": body,
    }
    texts = [json.dumps(each).encode() for each in (ours, [ours, ours], cfx)]
    return [b"\0" + each for each in texts + _hostile("events", door=Door.EVENTS)] + [
        b"\xff" + b"\n".join(texts)
    ]


READERS = {
    "archive": Reader(_refusing(_read_archive), lambda: [make_zip(honest_parts()), *_hostile("zip")]),
    "package": Reader(
        _refusing(_read_upload),
        lambda: [make_zip(honest_parts()), json_package(submodel_json()), *_hostile("zip")],
    ),
    "package-part": Reader(_refusing(_read_part), _part_seeds),
    "aas-json": Reader(
        _refusing(_read_upload), lambda: [submodel_json(), *_hostile("json", "pattern", "identifiers")]
    ),
    "aas-xml": Reader(_refusing(_read_upload), lambda: [make_xml(SUBMODEL_XML), *_hostile("xml")]),
    "canonical-json": Reader(
        _refusing(_read_canonical), lambda: [json.dumps(make_submodel()).encode(), b'{"a":[1.5e-7]}']
    ),
    "id-short-path": Reader(_refusing(_read_path), lambda: [b"Lots.Reel[3].Quantity", b"a[0][1].b"]),
    "events": Reader(_refusing(_read_events), _event_seeds),
    "pdf": Reader(
        _refusing(_read_pdf), lambda: [paper(), *_hostile("pdf", "polyglot", door=Door.CERTIFICATE)]
    ),
    "pdf-signature": Reader(_refusing(_read_signed_pdf), lambda: [_signed_paper()]),
    "cms": Reader(
        _refusing(_read_cms),
        lambda: [sign_detached(b"signed content", signing_party("Fuzz").signer, now=NOW)],
    ),
    "xlsx": Reader(_refusing(_read_sheet), _sheet_seeds),
    "csv": Reader(_refusing(lambda content: _read_list(content, "fuzz.csv")), _csv_seeds),
    "label-text": Reader(_refusing(_read_label_text), _label_seeds),
    "label-picture": Reader(_refusing(_read_label_picture), _picture_seeds),
}


def _read_any(content: bytes) -> None:
    if content:
        _IN_TURN[content[0] % len(_IN_TURN)].read(content[1:])


def _all_seeds() -> list[bytes]:
    return [bytes([number]) + seed for number, reader in enumerate(_IN_TURN) for seed in reader.seeds()]


_IN_TURN = tuple(READERS.values())
# All readers in one process, for a short run: the first byte chooses.
EVERY_READER = Reader(_read_any, _all_seeds)
