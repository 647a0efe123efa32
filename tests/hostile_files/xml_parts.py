"""Hostile XML: declarations, entities, depth, width and odd encodings, in every part that is XML."""

from collections.abc import Callable, Iterator

from aas_content import SUBMODEL_XML, make_parts, make_rels, make_xml, make_zip
from hostile_files.declaration import Hostile, declare
from hostile_files.packages import (
    CORE_PART,
    DATA_PART,
    ORIGIN_RELS_PART,
    RELS_PART,
    TYPES_PART,
    honest_parts,
    package_with,
)

from aas_registry.domain.codes import Code

_SPEC_RELS_PART = "aasx/_rels/data.xml.rels"
_CORE = (
    b'<coreProperties xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">'
    b"</coreProperties>"
)
_DOCTYPES = {
    "plain": b"<!DOCTYPE x>",
    "outside-file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "outside-address": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/evil.dtd">',
    "parameter-entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>',
    "public": b'<!DOCTYPE x PUBLIC "-//A//B" "http://127.0.0.1:1/x.dtd">',
}


def xml_parts() -> Iterator[Hostile]:
    """Yield hostile XML, alone and in every part of a package."""
    yield from _doctypes()
    yield from _expansions()
    yield from _depths()
    yield from _widths()
    yield from _tokens()
    yield from _names()
    yield from _encodings()
    yield from _malformed()


def _xml_contents() -> dict[str, bytes]:
    parts = honest_parts()
    return {
        "data": parts[DATA_PART], "package-relationships": parts[RELS_PART], "content-types": parts[TYPES_PART],
        "origin-relationships": parts[ORIGIN_RELS_PART], "data-relationships": make_rels([]),
        "core-properties": _CORE,
    }  # fmt: skip


_PLACES = {
    "data": DATA_PART, "package-relationships": RELS_PART, "content-types": TYPES_PART,
    "origin-relationships": ORIGIN_RELS_PART, "data-relationships": _SPEC_RELS_PART, "core-properties": CORE_PART,
}  # fmt: skip


def _changed(place: str, change: Callable[[bytes], bytes]) -> bytes:
    return package_with({_PLACES[place]: change(_xml_contents()[place])})


def _doctypes() -> Iterator[Hostile]:
    make = declare("xml-doctype", Code.XML_DOCTYPE)
    for place in _PLACES:
        yield make(
            f"in-{place}", lambda place=place: _changed(place, lambda xml: _DOCTYPES["outside-file"] + xml)
        )
    alone = declare("xml-doctype", Code.XML_DOCTYPE, "data.xml")
    for title, text in _DOCTYPES.items():
        yield alone(title, lambda text=text: text + make_xml(SUBMODEL_XML))
    yield alone("utf-16", lambda: ("<!DOCTYPE x>" + make_xml(SUBMODEL_XML).decode()).encode("utf-16"))
    yield alone(
        "after-a-comment", lambda: b"<!--" + b"x" * 70_000 + b"-->" + _DOCTYPES["plain"] + make_xml("")
    )
    yield alone("ebcdic", lambda: ('<?xml version="1.0" encoding="cp037"?><!DOCTYPE x><x/>').encode("cp037"),
                code=Code.UPLOAD_TYPE_UNKNOWN)  # fmt: skip


def _expansions() -> Iterator[Hostile]:
    make = declare("xml-expansion", Code.XML_DOCTYPE)
    laughs = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 10 + b'">' + b"".join(
        b'<!ENTITY %c "%s">' % (97 + level, b"&%c;" % (96 + level) * 10) for level in range(1, 12)
    ) + b"]>"  # fmt: skip
    block = b'<!DOCTYPE x [<!ENTITY a "' + b"A" * 1_000_000 + b'">]>'
    parameters = b"<!DOCTYPE x [" + b"".join(
        b'<!ENTITY %% p%d "%s">' % (level, b"%%p%d;" % (level - 1) * 10) for level in range(1, 30)
    ) + b"]>"  # fmt: skip
    for place in _PLACES:
        yield make(f"laughs-in-{place}", lambda place=place: _changed(place, lambda xml: laughs + xml))
    yield make("one-long-entity", lambda: _changed("data", lambda xml: block + xml))
    yield make("parameter-entities", lambda: _changed("data", lambda xml: parameters + xml))
    yield make("an-undeclared-entity", lambda: _changed("data", lambda xml: xml.replace(b"urn:", b"&evil;")),
               code=Code.XML_INVALID)  # fmt: skip
    yield make("a-reference-to-nul", lambda: _changed("data", lambda xml: xml.replace(b"urn:", b"&#0;")),
               code=Code.XML_INVALID)  # fmt: skip


def _depths() -> Iterator[Hostile]:
    make = declare("xml-depth", Code.XML_TOO_DEEP)
    deep = b"<a>" * 100_000
    for place in _PLACES:
        yield make(
            f"in-{place}", lambda place=place: _changed(place, lambda xml: xml.replace(b">", b">" + deep, 1))
        )
    alone = declare("xml-depth", Code.XML_TOO_DEEP, "data.xml")
    yield alone("one-level-too-deep", lambda: make_xml("<a>" * 64 + "</a>" * 64))
    yield alone("collections", lambda: make_xml(_collections(3000)))
    yield alone("a-million-levels", lambda: make_xml("<a>" * 1_000_000))


def _collections(levels: int) -> str:
    start = "<submodelElementCollection><idShort>a</idShort><value>"
    end = "</value></submodelElementCollection>"
    inner = f"<submodelElements>{start * levels}{end * levels}</submodelElements>"
    return f"<submodels><submodel><id>urn:a</id>{inner}</submodel></submodels>"


def _widths() -> Iterator[Hostile]:
    make = declare("xml-width", Code.XML_TOO_WIDE)
    attributes = b" ".join(b'a%d="x"' % number for number in range(100_000))
    spaces = b" ".join(b'xmlns:a%d="x"' % number for number in range(100_000))
    yield make("attributes-of-data", lambda: package_with({DATA_PART: b"<environment " + attributes + b"/>"}))
    yield make(
        "attributes-of-a-relationship",
        lambda: package_with({RELS_PART: b"<Relationships " + attributes + b"/>"}),
    )
    yield make(
        "attributes-of-a-content-type", lambda: package_with({TYPES_PART: b"<Types " + attributes + b"/>"})
    )
    yield make("namespaces", lambda: package_with({DATA_PART: b"<environment " + spaces + b"/>"}))
    yield make("one-attribute-too-many", _one_attribute_too_many)
    yield make(
        "the-same-attribute-twice",
        lambda: package_with({DATA_PART: b'<a b="1" b="2"/>'}),
        code=Code.XML_INVALID,
    )
    yield make("one-attribute-of-megabytes", lambda: package_with({DATA_PART: b'<a b="' + b"x" * 30_000_000 + b'"/>'}),
               code=Code.ZIP_RATIO)  # fmt: skip


def _tokens() -> Iterator[Hostile]:
    make = declare("xml-tokens", Code.XML_TOO_WIDE, "data.xml")

    def around(before: bytes, after: bytes, filling: bytes = b"x") -> Callable[[], bytes]:
        return lambda: before + filling * 60_000_000 + after

    yield make("a-comment-of-megabytes", around(b"<a><!--", b"--></a>"))
    yield make("a-comment-that-never-ends", around(b"<a><!--", b""))
    yield make("an-instruction-of-megabytes", around(b"<?p ", b"?><a/>"))
    yield make("an-attribute-of-megabytes", around(b'<a b="', b'"/>'))
    yield make("an-end-tag-of-megabytes", around(b"<a></a", b">", b" "))
    yield make("a-reference-of-megabytes", around(b"<a>&#", b"65;</a>", b"0"))
    yield make(
        "a-comment-in-package-relationships",
        lambda: _changed("package-relationships", _with_a_long_comment),
        file_name="hostile.aasx",
    )


def _with_a_long_comment(xml: bytes) -> bytes:
    comment = b"".join(b"%d" % number for number in range(1_100_000))
    return xml.replace(b">", b"><!--" + comment + b"-->", 1)


def _names() -> Iterator[Hostile]:
    make = declare("xml-names", Code.XML_TOO_WIDE, "data.xml")
    yield make("of-a-million-elements", lambda: make_xml("".join(f"<a{n}/>" for n in range(1_000_000))))
    yield make("of-a-million-attributes", lambda: _a_million('a{}="1"'))
    yield make("of-a-million-namespaces", lambda: _a_million('xmlns:a{}="urn:1"'))
    yield make("behind-a-long-namespace", lambda: _behind_a_long_namespace("<n:a{}/>"))
    yield make("of-attributes-behind-a-long-namespace", lambda: _behind_a_long_namespace("<a n:a{}='1'/>"))
    yield make("of-a-megabyte", lambda: make_xml(f"<{'a' * 1_000_000}/>" * 20))


def _a_million(attribute: str) -> bytes:
    rows = (map(attribute.format, range(first, first + 200)) for first in range(0, 1_000_000, 200))
    return make_xml("".join(f"<a {' '.join(row)}/>" for row in rows))


def _behind_a_long_namespace(element: str) -> bytes:
    elements = "".join(element.format(number) for number in range(9000))
    return make_xml(f"<p xmlns:n='urn:{'n' * 60_000}'>{elements}</p>")


def _one_attribute_too_many() -> bytes:
    attributes = " ".join(f'a{number}="x"' for number in range(257))
    return package_with({DATA_PART: make_xml(f"<submodels {attributes}/>")})


def _encodings() -> Iterator[Hostile]:
    make = declare("xml-encoding", Code.XML_INVALID, "data.xml")
    honest = make_xml(SUBMODEL_XML)

    def declared(name: str, text: bytes = honest) -> bytes:
        return f'<?xml version="1.0" encoding="{name}"?>'.encode() + text

    yield make("overlong-slash", lambda: honest.replace(b"urn:", b"\xc0\xaf"))
    yield make("overlong-nul", lambda: honest.replace(b"urn:", b"\xc0\x80"))
    yield make("half-a-surrogate-pair", lambda: honest.replace(b"urn:", b"\xed\xa0\x80"))
    yield make("latin-1-said-to-be-utf-8", lambda: declared("UTF-8", honest.replace(b"urn:", b"\xe4")))
    yield make("an-unknown-encoding", lambda: declared("x-evil"))
    yield make("utf-7", lambda: declared("utf-7", b"+ADw-environment/+AD4-"))
    yield make("utf-8-said-to-be-utf-16", lambda: declared("UTF-16"))
    yield make("utf-16-cut-off", lambda: honest.decode().encode("utf-16")[:-1])
    yield make("two-encodings", lambda: declared("UTF-8") + "<a/>".encode("utf-16"))
    yield make("an-encoding-that-is-a-codec-of-bytes", lambda: declared("base64"))
    yield make("a-name-of-an-encoding-that-is-long", lambda: declared("a" * 100_000))
    yield make("utf-32", lambda: honest.decode().encode("utf-32"))


def _malformed() -> Iterator[Hostile]:
    make = declare("xml-malformed", Code.XML_INVALID, "data.xml")
    honest = make_xml(SUBMODEL_XML)
    yield make("cut-off", lambda: honest[:-20])
    yield make("two-roots", lambda: honest + honest)
    yield make("a-nul", lambda: honest.replace(b"urn:", b"\0"))
    yield make("a-control-character", lambda: honest.replace(b"urn:", b"\x01"))
    yield make("an-unbound-prefix", lambda: b"<evil:environment/>")
    yield make("only-a-declaration", lambda: b'<?xml version="1.0"?>')
    yield make(
        "text-between-a-million-elements",
        lambda: make_xml("<a/>x" * 1_000_000),
        code=Code.AAS_TOO_MANY_ELEMENTS,
    )
    yield make("html", lambda: b"<html><script>alert(1)</script></html>", code=Code.UPLOAD_TYPE_UNKNOWN)
    yield make("a-picture-that-acts", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
               code=Code.UPLOAD_TYPE_UNKNOWN)  # fmt: skip
    yield make("a-style-sheet-of-old", lambda: make_zip(make_parts(b'<?xml-stylesheet href="file:///x"?><aas:aasenv '
               b'xmlns:aas="http://www.admin-shell.io/aas/2/0"/>')), code=Code.METAMODEL_UNSUPPORTED)  # fmt: skip
