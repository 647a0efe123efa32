"""XML of an attacker: refused before anything is expanded, fetched or recursed into."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.formats.bounded_xml import xml_events

LAUGHS = b"""<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>"""


def read(content: bytes, max_depth: int = 8) -> list[tuple[str, str, str | None]]:
    return [
        (event, element.name, element.text) for event, element in xml_events(content, max_depth=max_depth)
    ]


def refusal(content: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        read(content)
    return raised.value


def test_yields_elements_with_namespace_attributes_and_row() -> None:
    events = list(xml_events(b'<a xmlns="urn:n"\n b="1"><c>text</c></a>', max_depth=8))

    assert [(event, element.tag) for event, element in events] == [
        ("start", "{urn:n}a"), ("start", "{urn:n}c"), ("end", "{urn:n}c"), ("end", "{urn:n}a"),
    ]  # fmt: skip
    assert events[0][1].attrib == {"b": "1"}
    assert events[1][1].row == 2
    assert events[2][1].text == "text"


def test_joins_text_around_comments_and_cdata() -> None:
    assert ("end", "a", "one & two") in read(b"<a>one <!-- no -->&amp;<![CDATA[ two]]></a>")


def test_reads_utf16() -> None:
    assert ("end", "a", "\u00fc") in read(
        "<?xml version='1.0' encoding='UTF-16'?><a>\u00fc</a>".encode("utf-16")
    )


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        b"<!DOCTYPE a><a/>",
        LAUGHS.decode().encode("utf-16"),
    ],
)
def test_refuses_a_doctype(content: bytes) -> None:
    assert refusal(content).code is Code.XML_DOCTYPE


def test_refuses_depth_and_names_the_row() -> None:
    refused = refusal(b"\n".join([b"<a>"] * 100_000))

    assert refused.code is Code.XML_TOO_DEEP
    assert refused.findings[0].row == 9


@pytest.mark.parametrize(
    "content", [b"<a>", b"<a></b>", b"<a>&nbsp;</a>", b"<a/><b/>", b"<a x='1' x='2'/>", b"  "]
)
def test_refuses_what_is_not_well_formed(content: bytes) -> None:
    refused = refusal(content)

    assert refused.code is Code.XML_INVALID
    assert refused.findings[0].row is not None


@pytest.mark.parametrize("encoding", [b"nonsense", b"utf-7", b"shift_jis"])
def test_refuses_an_unknown_encoding(encoding: bytes) -> None:
    assert refusal(b"<?xml version='1.0' encoding='" + encoding + b"'?><a>x</a>").code is Code.XML_INVALID


def test_refuses_text_beside_elements() -> None:
    assert refusal(b"<a><b/>lost</a>").code is Code.XML_INVALID


@pytest.mark.parametrize("attribute", ['a{}="x"', 'xmlns:a{}="urn:x"'])
def test_refuses_more_attributes_than_the_limit(attribute: str) -> None:
    attributes = " ".join(attribute.format(number) for number in range(257))

    assert refusal(f"<a {attributes}/>".encode()).code is Code.XML_TOO_WIDE
