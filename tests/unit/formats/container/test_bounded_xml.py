"""XML of an attacker: refused before anything is expanded, fetched or recursed into."""

from collections.abc import Callable

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.bounded_xml import xml_events
from aas_registry.settings import Settings

LIMITS = Settings().limits

LAUGHS = b"""<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]><a>&m;</a>"""


def read(content: bytes, limits: Limits = LIMITS) -> list[tuple[str, str, str | None]]:
    return [(event, element.name, element.text) for event, element in xml_events(content, limits=limits)]


def refusal(content: bytes, limits: Limits = LIMITS) -> RefusedError:
    with pytest.raises(RefusedError) as raised:
        read(content, limits)
    return raised.value


def test_yields_elements_with_namespace_attributes_and_row() -> None:
    events = list(xml_events(b'<a xmlns="urn:n"\n b="1"><c>text</c></a>', limits=LIMITS))

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


def test_refuses_depth_and_names_the_row(with_limits: Callable[..., Limits]) -> None:
    refused = refusal(b"\n".join([b"<a>"] * 100_000), with_limits(nesting_depth=8))

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


@pytest.mark.parametrize(
    "part", ["<b{}/>", "<b a{}='x'/>", "<b xmlns:a{}='urn:x'/>", "<b xmlns='urn:{}'/>"], ids=str
)
def test_refuses_more_names_than_the_limit(part: str, with_limits: Callable[..., Limits]) -> None:
    def named(count: int) -> bytes:
        return f"<a>{''.join(map(part.format, range(count)))}</a>".encode()

    limits = with_limits(xml_names=100)

    assert refusal(named(101), limits).code is Code.XML_TOO_WIDE
    assert read(named(30), limits)


@pytest.mark.parametrize(
    "content", ["<{}/>", "<a {}='x'/>", "<a xmlns='{}'/>", "<a xmlns:n='{}'><n:b/></a>", "<a xmlns:{}='x'/>"]
)
def test_refuses_a_name_or_namespace_longer_than_the_limit(content: str) -> None:
    name = "n" * (LIMITS.identifier_chars + 1)

    assert refusal(content.format(name).encode()).code is Code.XML_TOO_WIDE


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("<a><!--", "--></a>", 4), ("<a><?p ", "?></a>", 4), ("<a b='", "'/>", 1), ("<", "/>", 1),
        ("<a></a ", ">", 4), ("<!--", "--><a/>", 1), ("<a>&", ";</a>", 4),
    ],
)  # fmt: skip
def test_refuses_a_token_longer_than_the_limit_and_names_where_it_begins(
    before: str, after: str, column: int
) -> None:
    filling = " " if before.endswith(" ") else "x"
    long = filling * (LIMITS.xml_token_bytes + 70_000)

    refused = refusal(f"{before}{long}{after}".encode())

    assert refused.code is Code.XML_TOO_WIDE
    assert (refused.findings[0].row, refused.findings[0].column) == (1, column)


@pytest.mark.parametrize("content", ["<a>{}</a>", "<a><![CDATA[{}]]></a>"])
def test_takes_text_of_any_length(content: str) -> None:
    text = "x" * (3 * LIMITS.xml_token_bytes)

    assert ("end", "a", text) in read(content.format(text).encode())
