"""Files that are two kinds of file at once: what one reader checks is not what another shows."""

from collections.abc import Iterator

from hostile_files.declaration import Door, Hostile, declare
from hostile_files.packages import items_with, submodel_json
from hostile_files.pdf_files import CATALOG, PAGE, PAGES, pdf_of
from hostile_files.raw_zip import STORED, Item, write_zip

from aas_registry.domain.codes import Code

_JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"
_GIF = b"GIF89a\1\0\1\0\0\0\0;"


def polyglots() -> Iterator[Hostile]:
    """Yield files of two kinds, as packages and as certificates."""
    make = declare("polyglot", Code.FILE_POLYGLOT)
    yield make("pdf-and-package", lambda: write_zip(items_with(), before=_pdf()))
    yield make(
        "html-and-package", lambda: write_zip(items_with(), before=b"<html><script>alert(1)</script><!--")
    )
    yield make(
        "xml-and-package", lambda: write_zip(items_with(), before=b'<?xml version="1.0"?><environment/>')
    )
    yield make(
        "json-and-package", lambda: write_zip(items_with(), before=submodel_json()), file_name="data.json"
    )
    yield make("jpeg-and-package", lambda: write_zip(items_with(), before=_JPEG))
    yield make("gif-and-package", lambda: write_zip(items_with(), before=_GIF))
    yield make("program-and-package", lambda: write_zip(items_with(), before=b"MZ\x90\0" + bytes(60)))
    yield make(
        "shell-script-and-package", lambda: write_zip(items_with(), before=b"#!/bin/sh\nrm -rf /\nexit\n")
    )
    yield make("package-and-html", lambda: write_zip(items_with(), after=b"<html><script>alert(1)</script>"),
               code=Code.ZIP_OUTSIDE_DATA)  # fmt: skip
    yield make("package-and-html-comment", lambda: write_zip(items_with(), comment=b"<html><script>alert(1)</script>"),
               code=Code.ZIP_OUTSIDE_DATA)  # fmt: skip
    sent = declare("polyglot-certificate", Code.FILE_POLYGLOT, "certificate.pdf", Door.CERTIFICATE)
    yield sent("archive-first", lambda: write_zip([Item(name="a", content=_pdf(), method=STORED)]))
    yield sent("archive-last", lambda: _pdf() + write_zip(items_with()))
    yield sent("html-first", lambda: b"<html><script>alert(1)</script><!--" + _pdf())
    yield sent("jpeg-first", lambda: _JPEG + _pdf())
    yield sent("gif-first", lambda: _GIF + _pdf())
    yield sent("program-first", lambda: b"MZ\x90\0" + _pdf())
    yield sent("shell-script-first", lambda: b"#!/bin/sh\nexit\n" + _pdf())
    yield sent("html-last", lambda: _pdf() + b"<html><script>alert(1)</script></html>")
    yield sent("two-documents", lambda: _pdf() + b"\n" * 3 + pdf_of(CATALOG, PAGES, PAGE, b"(other)"))
    yield sent("no-pdf", lambda: b"hello", code=Code.CERTIFICATE_TYPE_UNKNOWN)
    yield sent("nothing", lambda: b"", code=Code.CERTIFICATE_TYPE_UNKNOWN)
    yield sent("a-header-too-far-in", lambda: b"\n" * 1024 + _pdf(), code=Code.CERTIFICATE_TYPE_UNKNOWN)


def _pdf() -> bytes:
    return pdf_of(CATALOG, PAGES, PAGE)
