"""GS1 element strings on labels, with and without FNC1, and GS1 Digital Link URIs.

The grammar of each application identifier and every check digit come from biip. A wrong check
digit is a finding, not a refusal: the label is on the reel, and its lot code is still what it is.

Source:
    GS1 General Specifications 25, sections 3 and 7.8 (FNC1 as U+001D, symbology identifiers
    ]C1 ]e0 ]d2 ]Q3 ]J1); ISO/IEC 21471 (]d8, rectangular extension); ISO/IEC 24778 (]z1); GS1
    Digital Link URI syntax 1.4. Characters outside GS1's set 82 that scanners send in place of
    FNC1 are taken as separators.
"""

import re
from collections.abc import Iterable

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.reel_label import LabelField

SYMBOLOGY = re.compile(r"\](?:C1|e0|d2|d8|Q3|J1|z1)")
SEPARATORS = "\x1d|^~#@]"
_HUMAN_READABLE = re.compile(r"\((\d{2,4})\)", re.ASCII)
_BARE = re.compile(r"(?:01\d{14}|00\d{18})", re.ASCII)
_HAS_KEY = re.compile(r"/(?:01|00|8006|414|417|253|255|8003|8004)/\d", re.ASCII)

Read = tuple[list[LabelField], list[Finding]]


def read_elements(text: str, places: tuple[int, ...]) -> Read:
    """Return the element strings of a text, and what is wrong with them.

    Args:
        text: Element strings one after the other, ``SEPARATORS`` between them where needed.
        places: The position of each character of ``text`` in what was read, from 1.

    Returns:
        The fields before the first that cannot be read; LABEL-GS1-INVALID tells where that is.
    """
    fields: list[LabelField] = []
    findings: list[Finding] = []
    text = text.translate({ord(mark): "\x1d" for mark in SEPARATORS})
    at = 0
    while at < len(text):
        if text[at] in "\x1d\r\n\t ":
            at += 1
            continue
        found = _extract(text[at:])
        if found is None:
            message = f"No GS1 element string begins with {text[at : at + 20]!r}; it was not read."
            return fields, [*findings, error(Code.LABEL_GS1_INVALID, message, column=places[at])]
        fields.append(LabelField(found.ai.ai, found.value, places[at]))
        findings += _check_digit(found, places[at])
        at += len(found.ai.ai) + len(found.value)
    return fields, findings


def read_human_readable(text: str, places: tuple[int, ...]) -> Read | None:
    """Return the fields of ``(01)…(10)…``; None where the text is not written so."""
    marks = list(_HUMAN_READABLE.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        return None
    fields: list[LabelField] = []
    findings: list[Finding] = []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        place, value = places[mark.start()], text[mark.end() : end].strip("\x1d\r\n\t ")
        found = _extract(mark[1] + value)
        if found is None or found.ai.ai != mark[1] or found.value != value:
            message = f"({mark[1]}) does not take {value[:40]!r}; it is kept as it is."
            findings.append(error(Code.LABEL_GS1_INVALID, message, column=place))
        else:
            findings += _check_digit(found, place)
        fields.append(LabelField(mark[1], value, place))
    return fields, findings


def read_digital_link(text: str) -> Read | None:
    """Return the fields of a GS1 Digital Link URI; None where the text is none."""
    if not text.startswith(("http://", "https://")) or _HAS_KEY.search(text) is None:
        return None
    try:
        uri = GS1DigitalLinkURI.parse(text.strip())
    except (ParseError, ValueError):
        return None
    strings = list(uri.element_strings)
    findings = [each for found in strings for each in _check_digit(found, 1)]
    return [LabelField(found.ai.ai, found.value, 1) for found in strings], findings


def looks_bare(text: str) -> bool:
    """Return whether a text begins as element strings do: a GTIN or SSCC with its check digit."""
    if _BARE.match(text) is None:
        return False
    found = _extract(text)
    return found is not None and not list(_check_digit(found, 1))


def _extract(text: str) -> GS1ElementString | None:
    try:
        return GS1ElementString.extract(text)
    except (ParseError, ValueError):
        return None


def _check_digit(found: GS1ElementString, place: int) -> Iterable[Finding]:
    wrong = found.gtin_error or found.sscc_error
    if wrong:
        message = f"({found.ai.ai}){found.value} has no right check digit."
        yield warning(Code.LABEL_GS1_INVALID, message, column=place)
