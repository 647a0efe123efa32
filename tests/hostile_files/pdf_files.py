"""Hostile PDFs: what acts when it is opened, what is locked, and what never ends."""

import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from hostile_files.declaration import Door, Hostile, declare
from hostile_files.raw_zip import deflated_zeros

from aas_registry.domain.codes import Code
from aas_registry.domain.lot_facts import LotFacts
from aas_registry.domain.package import PackageFile
from aas_registry.formats.package.aasx_writer import write_aasx
from aas_registry.formats.package.lot_package import LotCertificate, build_lot_package

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>"
_ACTIVE_CATALOGS = {
    "open-action-script": b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>",
    "escaped-names": b"/OpenAction<</S/J#61vaScript/#4a#53(app.alert(1))>>",
    "launch": b"/OpenAction<</S/Launch/F(calc.exe)>>",
    "launch-by-reference": b"/OpenAction 4 0 R",
    "submit-form": b"/AA<</WC<</S/SubmitForm/F(http://127.0.0.1:1/)>>>>",
    "import-data": b"/OpenAction<</S/ImportData/F(http://127.0.0.1:1/)>>",
    "named-scripts": b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>",
    "xfa-form": b"/AcroForm<</XFA(form)/Fields[]>>",
    "next-of-next": b"/Outlines<</First<</A<</S/URI/Next[<</S/Launch/F(x)>>]>>>>>>",
    "other-document": b"/OpenAction<</S/GoToE/T<</R/C>>>>",
    "document-of-a-server": b"/OpenAction<</S/GoToR/F(\\\\127.0.0.1\\share\\a.pdf)>>",
    "address-at-opening": b"/AA<</WC<</S/URI/URI(http://127.0.0.1:1/)>>>>",
    "rendition": b"/OpenAction<</S/Rendition/OP 0/JS(app.alert(1))>>",
}
_PROGRAMS = {
    "windows-program": (b"invoice.pdf", b"MZ\x90\0" + bytes(200)),
    "named-exe": (b"setup.exe", b"no program at all"),
    "shell-script": (b"notes.txt", b"#!/bin/sh\nrm -rf /\n"),
    "elf-program": (b"data.xml", b"\x7fELF\2\1\1" + bytes(60)),
    "java-script": (b"data.js", b"alert(1)"),
    "batch-file": (b"run.BAT ", b"format c:"),
    "html-page": (b"open me.html", b"<script>alert(1)</script>"),
    "drawing-with-a-script": (b"logo.SVG", b"<svg onload='alert(1)'/>"),
    "office-macros": (b"report.docm", b"PK\3\4"),
}


def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF of numbered objects, of which the first is the catalog."""
    output = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(output)
    output += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    output += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    output += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(output)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), extra, content)


def pdf_files() -> Iterator[Hostile]:
    """Yield hostile PDFs, sent as certificates."""
    yield from _active()
    yield from _programs()
    yield from _encrypted()
    yield from _bombs()


def _active() -> Iterator[Hostile]:
    make = declare("pdf-active", Code.PDF_ACTIVE, "certificate.pdf", Door.CERTIFICATE)
    for title, entry in _ACTIVE_CATALOGS.items():
        yield make(title, lambda entry=entry: _with_catalog(entry))
    yield make("in-an-annotation", lambda: pdf_of(
        CATALOG, PAGES, PAGE[:-2] + b"/Annots[<</Subtype/Link/A<</S/Launch/F(x)>>>>]>>"))  # fmt: skip
    yield make("rich-media", lambda: pdf_of(
        CATALOG, PAGES, PAGE[:-2] + b"/Annots[<</Subtype/RichMedia/RichMediaContent<<>>>>]>>"))  # fmt: skip
    yield make("in-a-model-of-three-dimensions", lambda: pdf_of(
        CATALOG, PAGES, PAGE[:-2] + b"/Annots[<</Subtype/3D/3DD 4 0 R>>]>>",
        stream(b"U3D\0", b"/Type/3D/Subtype/U3D/OnInstantiate 5 0 R"), stream(b"app.alert(1)")))  # fmt: skip
    yield make("in-an-object-stream", _in_object_stream)
    yield make("in-a-package", lambda: _package_of(_with_catalog(_ACTIVE_CATALOGS["launch"])),
               file_name="hostile.aasx", door=Door.UPLOAD)  # fmt: skip
    yield make("in-a-later-revision", _later_revision)


def _with_catalog(entry: bytes) -> bytes:
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    return pdf_of(CATALOG[:-2] + entry + b">>", PAGES, PAGE, script)


def _in_object_stream() -> bytes:
    inner = zlib.compress(b"5 0 <</S/JavaScript/JS(app.alert(1))>>")
    objects = [
        CATALOG[:-2] + b"/OpenAction 5 0 R>>",
        PAGES,
        PAGE,
        stream(inner, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"),
    ]
    output = bytearray(b"%PDF-1.7\n")
    places = [(0, 0, 255)]
    for number, content in enumerate(objects, start=1):
        places.append((1, len(output), 0))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    places += [(2, 4, 0), (1, len(output), 0)]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + bytes([more]) for kind, at, more in places)
    start = len(output)
    output += b"6 0 obj\n%s\nendobj\n" % stream(table, b"/Type/XRef/W[1 4 1]/Size 7/Root 1 0 R")
    return bytes(output) + b"startxref\n%d\n%%%%EOF\n" % start


def _later_revision() -> bytes:
    first = pdf_of(CATALOG, PAGES, PAGE)
    place = len(first)
    before = first[first.rindex(b"startxref\n") + 10 :].split()[0]
    changed = b"1 0 obj\n" + CATALOG[:-2] + _ACTIVE_CATALOGS["launch"] + b">>\nendobj\n"
    table = place + len(changed)
    trailer = b"trailer\n<</Size 4/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (before, table)
    return first + changed + b"xref\n1 1\n%010d 00000 n \n" % place + trailer


def _package_of(pdf: bytes) -> bytes:
    """Return a lot's package whose certificate is the PDF."""
    facts = LotFacts(
        manufacturer="Bolt Components GmbH",
        mpn="CAP-1",
        lot_code="evil",
        shell="https://bolt.example/lots/evil",
        quantity=Decimal(1),
    )
    certificate = LotCertificate(
        file=PackageFile.of("/aasx/files/c.pdf", "application/pdf", pdf),
        number="C-1",
        document_type="Certificate of conformity",
        title="Certificate",
        issued_on=date(2026, 3, 4),
    )
    return write_aasx(build_lot_package(facts, certificates=[certificate]))


def _programs() -> Iterator[Hostile]:
    make = declare("pdf-program", Code.PDF_PROGRAM, "certificate.pdf", Door.CERTIFICATE)
    for title, (name, content) in _PROGRAMS.items():
        yield make(title, lambda name=name, content=content: _with_attachment(name, content))
    yield make("in-a-package", lambda: _package_of(_with_attachment(b"setup.exe", b"MZ")),
               file_name="hostile.aasx", door=Door.UPLOAD)  # fmt: skip
    yield make("as-an-annotation", _attached_annotation)


def _with_attachment(name: bytes, content: bytes) -> bytes:
    catalog = CATALOG[:-2] + b"/Names<</EmbeddedFiles<</Names[(%s)4 0 R]>>>>>>" % name
    filespec = b"<</Type/Filespec/F(%s)/EF<</F 5 0 R>>>>" % name
    return pdf_of(catalog, PAGES, PAGE, filespec, stream(content, b"/Type/EmbeddedFile"))


def _attached_annotation() -> bytes:
    page = PAGE[:-2] + b"/Annots[<</Subtype/FileAttachment/FS 4 0 R>>]>>"
    filespec = b"<</Type/Filespec/F(setup.exe)/EF<</F 5 0 R>>>>"
    return pdf_of(CATALOG, PAGES, page, filespec, stream(b"MZ", b"/Type/EmbeddedFile"))


def _encrypted() -> Iterator[Hostile]:
    make = declare("pdf-encrypted", Code.PDF_ENCRYPTED, "certificate.pdf", Door.CERTIFICATE)
    keys = b"/Length 128/P -1/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">"
    files = b"/CF<</StdCF<</CFM/AESV2/Length 16>>>>/StmF/StdCF/StrF/StdCF"
    handlers = {
        "rc4": b"<</Filter/Standard/V 2/R 3" + keys + b">>",
        "rc4-of-forty-bits": b"<</Filter/Standard/V 1/R 2" + keys + b">>",
        "aes": b"<</Filter/Standard/V 4/R 4" + files + keys + b">>",
        "by-public-key": b"<</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4/Recipients[]>>",
        "unknown-handler": b"<</Filter/Evil/V 9>>",
    }
    for title, handler in handlers.items():
        yield make(title, lambda handler=handler: pdf_of(
            CATALOG, PAGES, PAGE, handler, trailer=b"/Encrypt 4 0 R/ID[<41><41>]"))  # fmt: skip


def _bombs() -> Iterator[Hostile]:
    make = declare("pdf-bomb", Code.PDF_TOO_LARGE, "certificate.pdf", Door.CERTIFICATE)
    yield make("three-hundred-thousand-objects", lambda: pdf_of(CATALOG, PAGES, PAGE, *[b"[]"] * 300_000))
    yield make("a-hundred-thousand-pages", _pages)
    yield make("content-of-a-gibibyte", lambda: _content(b"/FlateDecode", deflated(1 << 30)))
    yield make(
        "content-deflated-twice",
        lambda: _content(b"[/FlateDecode/FlateDecode]", zlib.compress(deflated(1 << 30))),
    )
    yield make("filters-without-end", lambda: _content(b"[" + b"/ASCIIHexDecode" * 50_000 + b"]", b"41>"))
    yield make(
        "an-array-of-millions",
        lambda: pdf_of(CATALOG[:-2] + b"/A 4 0 R>>", PAGES, PAGE, b"[" + b"0 " * 3_000_000 + b"]"),
    )
    yield make("an-array-of-a-million", lambda: pdf_of(
        CATALOG[:-2] + b"/A 4 0 R>>", PAGES, PAGE, b"[" + b"0 " * 1_000_000 + b"]"))  # fmt: skip
    yield make("an-array-of-millions-in-an-object-stream", _packed_array)
    yield make("operands-without-end", lambda: _content(b"/FlateDecode", zlib.compress(b"0 " * 40_000_000)))
    yield make("arrays-in-arrays", lambda: pdf_of(CATALOG[:-2] + b"/A 4 0 R>>", PAGES, PAGE, b"[" * 50_000))
    yield make("longer-than-is-read", lambda: pdf_of(CATALOG, PAGES, PAGE, stream(bytes(66 << 20))),
               code=Code.CERTIFICATE_TOO_LARGE)  # fmt: skip
    yield make("an-object-stream-that-is-a-bomb", _object_stream_bomb)
    yield make("an-object-stream-that-hides-what-it-is", lambda: _packed_array(b" " * 2_000))
    yield make("a-table-of-objects-of-no-bytes", lambda: _table_of_objects(b"[0 0 0]"))
    yield make("a-table-of-objects-of-less-than-nothing", lambda: _table_of_objects(b"[%x\n-1 +0 00]"))
    yield make("beginnings-of-streams-without-end", lambda: b"%PDF-1.7\n" + b"stream\n" * 4_000_000)
    yield make("fields-of-fields-of-fields", _fields)
    yield make("a-field-in-itself", lambda: _form(b"<</T(a)/Kids[4 0 R 4 0 R]>>"))
    yield make("a-thousand-revisions", _revisions)


def deflated(size: int) -> bytes:
    """Return a zlib stream of so many zero bytes."""
    packed, _ = deflated_zeros(size)
    checksum = 1 | ((size % 65_521) << 16)  # Adler-32 of zeros
    return b"\x78\xda" + packed + checksum.to_bytes(4, "big")


def _packed_array(padding: bytes = b"") -> bytes:
    packed = zlib.compress(b"5 0 [" + b"0 " * 10_000_000 + b"]")
    objects = [stream(packed, b"/Type/ObjStm" + padding + b"/N 1/First 4/Filter/FlateDecode")]
    return pdf_of(CATALOG[:-2] + b"/A 5 0 R>>", PAGES, PAGE, *objects)


def _table_of_objects(widths: bytes) -> bytes:
    body = pdf_of(CATALOG, PAGES, PAGE).partition(b"xref")[0]
    table = b"/Type/XRef/Size 1000000000/Root 1 0 R/Index[0 1000000000]/W" + widths
    return body + b"4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(b"", table), len(body))


def _form(*fields: bytes) -> bytes:
    return pdf_of(CATALOG[:-2] + b"/AcroForm<</Fields[4 0 R]>>>>", PAGES, PAGE, *fields)


def _fields() -> bytes:
    inner = [b"<</T(a)/Kids[" + b"%d 0 R " % number * 10 + b"]>>" for number in range(5, 15)]
    return _form(*inner, b"<</FT/Sig/T(a)>>")


def _revisions() -> bytes:
    output = bytearray(pdf_of(CATALOG, PAGES, PAGE))
    for _ in range(1_000):
        before, at = output.rfind(b"startxref"), len(output)
        table = int(output[before:].split()[1])
        trailer = b"trailer\n<</Size 4/Root 1 0 R/Prev %d>>" % table
        output += b"xref\n0 1\n0000000000 65535 f \n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, at)
    return bytes(output)


def _pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(100_000))
    return pdf_of(CATALOG, b"<</Type/Pages/Count 100000/Kids[" + kids + b"]>>", *[PAGE] * 100_000)


def _content(filters: bytes, packed: bytes) -> bytes:
    page = PAGE[:-2] + b"/Contents 4 0 R>>"
    return pdf_of(CATALOG, PAGES, page, stream(packed, b"/Filter" + filters))


def _object_stream_bomb() -> bytes:
    packed = deflated(1 << 29)
    return pdf_of(CATALOG, PAGES, PAGE, stream(packed, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"))
