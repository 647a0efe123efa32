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
from aas_registry.domain.data_identifiers import Meaning, meaning_of
from aas_registry.domain.findings import Finding, error, warning
from aas_registry.domain.reel_label import LabelField

SYMBOLOGY = re.compile(r"\](?:C1|e0|d2|d8|Q3|J1|z1)")
SEPARATORS = "\x1d|^~#@]"
_HUMAN_READABLE = re.compile(r"\((\d{2,4})\)", re.ASCII)
_BARE = re.compile(r"(?:01\d{14}|00\d{18})", re.ASCII)
_DATED = (Meaning.PRODUCED, Meaning.PACKED, Meaning.EXPIRES)
_SHOWN_READINGS = 4
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
        readings = _readings(found, text, at + len(found.ai.ai)) if found.ai.separator_required else ()
        if readings:
            findings.append(_ambiguous(found, readings, places[at]))
        else:
            findings += _check_digit(found, places[at])
        fields.append(LabelField(found.ai.ai, found.value, places[at], readings=readings))
        at += len(found.ai.ai) + len(found.value)
    return fields, findings


def _readings(found: GS1ElementString, text: str, start: int) -> tuple[str, ...]:
    """Return the texts that a field may have, the longest first; none where it is plain which it has.

    A scanner that plays keyboard may lose FNC1. A field that no FNC1 ends then runs to the end of
    the label, or as far as its form allows, and may have swallowed the fields behind it. Where one
    FNC1 arrived, all did.
    """
    value, end = found.value, start + len(found.value)
    if end < len(text) and text[end] not in "\x1d\r\n\t":
        return (value, *_prefixes(text[start:]))
    shorter = () if "\x1d" in text else _prefixes(value)
    return (value, *shorter) if shorter else ()


def _prefixes(text: str) -> tuple[str, ...]:
    """Return the beginnings of a text behind which nothing but other fields of a label stands."""
    ends = (end for end in range(len(text) - 1, 0, -1) if _is_elements(text[end:]))
    return tuple(text[:end] for end in ends)


def _is_elements(text: str) -> bool:
    found = _extract(text)
    if found is None or not found.value or meaning_of(found.ai.ai) is Meaning.OTHER:
        return False
    if meaning_of(found.ai.ai) in _DATED and found.date is None:
        return False
    rest = text[len(found.ai.ai) + len(found.value) :]
    return not any(_check_digit(found, 1)) and (not rest or _is_elements(rest))


def _ambiguous(found: GS1ElementString, readings: tuple[str, ...], place: int) -> Finding:
    shown = " or ".join(repr(each[:40]) for each in readings[:_SHOWN_READINGS])
    message = (
        f"No separator ends the field ({found.ai.ai}): it may be {shown}, with other fields behind it. Scan"
        " the label with separators (FNC1 as GS), or type what is printed beside it."
    )
    return warning(Code.LABEL_AMBIGUOUS, message, column=place)


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
