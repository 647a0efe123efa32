r"""Reel labels from text: what a scanner types, into the fields of a label.

Taken are ISO/IEC 15434 messages of format 06 (data identifiers) and 05 (GS1), GS1 element strings
and Digital Links, bare data identifiers, and the codes of TME and LCSC.

A scanner that plays keyboard cannot type the control characters RS, GS and EOT. What arrives
instead, and how it is read:

| arrives | read as |
| --- | --- |
| ``{GS}`` ``<GS>`` ``[GS]`` ``␝`` ``↔`` ``^]`` ``\x1d`` ``{F8}`` U+F70B … | the character that it spells |
| another character in its place (``]``, ``|``, ``@``, a blank, a tab) | the one that stands after ``06`` |
| no leading RS, no trailing RS or EOT (DigiKey), ``>`` before ``[)>`` (Mouser) | as if it were right |
| any other key, or ``EOT``, behind the last RS | the end of the label |
| RS between fields | GS |
| nothing at all between the fields | refused: where a field ends cannot be told |

Every such repair is a finding; nothing is guessed in silence.

Source:
    ISO/IEC 15434:2019, 4.2 to 4.4. MAT-Label 2.6, which writes ``@`` for every separator. The
    habits of DigiKey and Mouser as their labels show them.
"""

import re
from dataclasses import dataclass, replace

from aas_registry.domain.codes import Code
from aas_registry.domain.data_identifiers import Meaning, meaning_of
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info, warning
from aas_registry.domain.limits import Limits
from aas_registry.domain.reel_label import LabelField, ReelLabel, Syntax, interpret
from aas_registry.formats.labels import gs1, vendors

RS, GS, EOT = "\x1e", "\x1d", "\x04"
_NAMES = {
    "GS": GS, "1D": GS, "29": GS, "F8": GS, "FNC1": GS, "]": GS, "␝": GS, "↔": GS, "\uf70b": GS,
    "RS": RS, "1E": RS, "30": RS, "F9": RS, "^": RS, "␞": RS, "▲": RS, "\uf70c": RS,
    "EOT": EOT, "04": EOT, "4": EOT, "D": EOT, "␄": EOT, "♦": EOT,
}  # fmt: skip
_SPELLED = re.compile(
    r"[{<\[(](?:0x)?(GS|RS|EOT|FNC1|1D|1E|04|F8|F9)[}>\])]|\^([\]^D])|([␝␞␄↔▲♦\uf70b\uf70c])"
    r"|\\x(1D|1E|04)|\\u00(1D|1E|04)|&#(29|30|4);",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\s*(?:\][A-Za-z][0-9A-Za-z])?(?P<before>[>\s]?)\[\)>")
_FORMAT = re.compile(r"(?P<rs>[^0-9A-Za-z]{0,2})(?P<format>\d\d)(?P<gs>[^0-9A-Za-z]?)", re.ASCII)
_IDENTIFIER = re.compile(r"(\d{0,3}[A-Za-z])", re.ASCII)
_ENDS = "\r\n\t"
_IN_CODES = frozenset("-./_+ ")  # what separates fields only in the habit of some, and stands in codes


@dataclass(frozen=True, slots=True)
class _Text:
    """Characters with the place at which each stood in what was read."""

    chars: str
    places: tuple[int, ...]

    def part(self, start: int, end: int) -> "_Text":
        return _Text(self.chars[start:end], self.places[start:end])


def read_label(text: str, *, limits: Limits) -> ReelLabel:
    """Return the label that a text holds.

    Args:
        text: What a scanner read or a person typed; a line end that the scanner adds is ignored.
        limits: Of these ``label_chars``, the most characters of the text.

    Raises:
        RefusedError: LABEL-EMPTY, LABEL-TOO-LONG, LABEL-UNREADABLE, LABEL-SEPARATORS-LOST or
            LABEL-FORMAT-UNSUPPORTED; ``column`` of its finding is the position, from 1.
    """
    if len(text) > limits.label_chars:
        found = f"The label has {len(text)} characters; {limits.label_chars} are the limit."
        raise RefusedError(error(Code.LABEL_TOO_LONG, found, column=limits.label_chars + 1))
    label = _message(text) or _self_evident(text) or _identifiers(text)
    if label is None:
        if not text.strip():
            raise RefusedError(error(Code.LABEL_EMPTY, "There is no text.", column=1))
        raise RefusedError(error(Code.LABEL_UNREADABLE, Code.LABEL_UNREADABLE.meaning, column=1))
    if not any(field.text.strip() for field in label.fields):
        raise RefusedError(error(Code.LABEL_EMPTY, Code.LABEL_EMPTY.meaning, column=1), *label.findings)
    return label


def recognise_label(text: str, *, limits: Limits) -> ReelLabel | None:
    """Return the label that a text holds where it is plainly one; None for anything else.

    A single data identifier is not plain: a part number may begin with ``1P`` by itself.
    """
    if len(text) > limits.label_chars:
        return None
    try:
        return _message(text) or _self_evident(text)
    except RefusedError:
        return None


def read_field(text: str) -> LabelField | None:
    """Return the one field that a linear code holds; None where no known identifier begins it.

    Source:
        ECIA EIGP 114.2018: each Code 128 on a label carries one data identifier and its data.
    """
    found = _IDENTIFIER.match(text)
    if found is None or meaning_of(found[1].upper()) is None or not text[found.end() :].strip():
        return None
    return LabelField(found[1].upper(), text[found.end() :].rstrip(_ENDS), 1)


def _message(text: str) -> ReelLabel | None:
    """Return the label of an ISO/IEC 15434 message; None where the text has no such header."""
    start = _HEADER.match(text)
    if start is None:
        return None
    findings = [_mended(1, "a '>' before the header was ignored")] if start["before"] == ">" else []
    body = _unspelled(text, start.end())
    if body.chars != text[start.end() :]:
        findings.append(
            _mended(start.end() + 1, "control characters that were spelled out were read as such")
        )
    second = body.chars.find("[)>")
    if second >= 0:
        message = "A second label begins here; scan one at a time."
        raise RefusedError(error(Code.LABEL_UNREADABLE, message, column=_place(body, second)))
    form = _FORMAT.match(body.chars)
    if form is None:
        message = "No format (two digits) follows the header '[)>'."
        raise RefusedError(error(Code.LABEL_UNREADABLE, message, column=start.end() + 1))
    rs, gs, noted = _separators(body, form)
    fields: list[LabelField] = []
    syntax = None
    for code, envelope in _envelopes(body, form, rs, gs):
        read = _read_envelope(code, envelope, gs)
        noted += read[1]
        if read[0] is not None:
            fields += read[0]
            syntax = syntax or (Syntax.FORMAT_06 if code == "06" else Syntax.FORMAT_05)
    if syntax is None:
        raise RefusedError(*(each for each in noted if each.code == Code.LABEL_FORMAT_UNSUPPORTED))
    return interpret(fields, syntax=syntax, findings=findings + noted)


def _separators(body: _Text, form: re.Match[str]) -> tuple[str, str, list[Finding]]:
    """Return what stands for RS and GS, and what there is to say about it."""
    rs, gs = form["rs"][:1] or RS, form["gs"]
    if not gs:
        if GS not in body.chars:
            message = Code.LABEL_SEPARATORS_LOST.meaning
            raise RefusedError(error(Code.LABEL_SEPARATORS_LOST, message, column=_place(body, form.end())))
        gs = GS
    findings = []
    if form["rs"] != RS:
        findings.append(_mended(body.places[0], "the record separator after the header is not there"))
    if gs != GS:
        findings.append(_mended(_place(body, form.end("format")), f"{gs!r} was read as the group separator"))
    if not body.chars.rstrip(_ENDS).endswith((EOT, gs * 2)):
        findings.append(_mended(body.places[-1], "the end-of-transmission character is not there"))
    return rs, gs, findings


def _envelopes(body: _Text, form: re.Match[str], rs: str, gs: str) -> list[tuple[str, _Text]]:
    """Return format and content of each envelope of a message."""
    end = len(body.chars.rstrip(_ENDS + EOT))
    found: list[tuple[str, _Text]] = []
    code, start = form["format"], form.end()
    if rs != gs:
        # The last key of a scanner that plays keyboard may be any; of codes, no more than it must be.
        last = "(?:[dD\x04]?" if rs in _IN_CODES or rs.isalnum() else "(?:(?s:.)?|(?i:EOT)"
        next_one = re.compile(re.escape(rs) + r"(?:(\d\d)" + re.escape(gs) + "|" + last + ")$)")
        for mark in next_one.finditer(body.chars, start, end):
            found.append((code, body.part(start, mark.start())))
            code, start = mark[1] or "", mark.end()
    if code:
        found.append((code, body.part(start, end)))
    return found


def _read_envelope(code: str, envelope: _Text, gs: str) -> tuple[list[LabelField] | None, list[Finding]]:
    if code == "05":
        return gs1.read_elements(envelope.chars.replace(gs, GS).replace(RS, GS), envelope.places)
    if code != "06":
        message = f"An envelope of format {code} was not read; 05 and 06 are."
        return None, [warning(Code.LABEL_FORMAT_UNSUPPORTED, message, column=_place(envelope, 0))]
    fields: list[LabelField] = []
    findings: list[Finding] = []
    at, chars = 0, envelope.chars
    if RS in chars:
        findings.append(
            _mended(_place(envelope, chars.index(RS)), "a record separator stands between fields")
        )
        chars = chars.replace(RS, gs)
    for text in chars.split(gs):
        place, at = _place(envelope, at), at + len(text) + len(gs)
        found = _IDENTIFIER.match(text)
        if found is not None:
            fields.append(LabelField(found[1].upper(), text[found.end() :], place))
        elif gs != GS and fields and text:
            # A character that stands for the separator may as well belong to the data.
            last = fields[-1]
            fields[-1] = LabelField(last.identifier, last.text + gs + text, last.position)
            findings.append(_mended(place, f"{gs!r} was read as part of the field {last.identifier}"))
        elif text.strip():
            message = f"No identifier begins {text[:40]!r}; it is kept without one."
            findings.append(warning(Code.LABEL_FIELD_MALFORMED, message, column=place))
            fields.append(LabelField("", text, place, Meaning.OTHER))
    return fields, findings


def _self_evident(text: str) -> ReelLabel | None:
    """Return the label of a text whose form no other identifier has."""
    whole = _unspelled(text, 0)
    prefix = gs1.SYMBOLOGY.match(text)
    if prefix is not None or whole.chars.startswith(GS) or gs1.looks_bare(whole.chars):
        start = prefix.end() if prefix else 0
        rest = whole.part(start, len(whole.chars))
        read = gs1.read_human_readable(rest.chars, rest.places)
        read = read or gs1.read_elements(rest.chars, rest.places)
        return interpret(read[0], syntax=Syntax.GS1, findings=read[1]) if read[0] else None
    human = gs1.read_human_readable(whole.chars, whole.places)
    if human is not None:
        return interpret(human[0], syntax=Syntax.GS1, findings=human[1])
    link = gs1.read_digital_link(text)
    if link is not None:
        return interpret(link[0], syntax=Syntax.DIGITAL_LINK, findings=link[1])
    plain = _Text(text, tuple(range(1, len(text) + 1)))
    for syntax, reader in ((Syntax.TME, vendors.read_tme), (Syntax.LCSC, vendors.read_lcsc)):
        fields = reader(plain.chars, plain.places)
        if fields:
            return interpret(fields, syntax=syntax)
    return _identifiers(text) if GS in whole.chars.strip() else None


def _identifiers(text: str) -> ReelLabel | None:
    """Return the label of data identifiers without a header, separated by GS or else by blanks."""
    whole = _unspelled(text, 0)
    chars = whole.chars.rstrip(_ENDS + EOT + RS)
    fields: list[LabelField] = []
    at = 0
    for part in re.split(rf"({GS})" if GS in chars else r"(\s+)", chars):
        start, at = at, at + len(part)
        if not part.strip(GS + " \r\n\t"):
            continue
        field = read_field(part)
        if field is None:
            return _alone(chars)
        fields.append(LabelField(field.identifier, field.text, _place(whole, start)))
    if len(fields) > 1 and not {"P", "1P", "30P"} & {field.identifier for field in fields}:
        return _alone(chars) if GS not in chars else interpret(fields, syntax=Syntax.IDENTIFIERS)
    # TME's older Data Matrix writes "MPN" into the field 1P, before the number itself.
    own = {field.text for field in fields if field.identifier == "P"}
    for place, field in enumerate(fields):
        if field.identifier == "1P" and field.text.startswith("MPN") and field.text[3:] in own:
            fields[place] = replace(field, text=field.text[3:])
    return interpret(fields, syntax=Syntax.IDENTIFIERS) if fields else None


def _alone(chars: str) -> ReelLabel | None:
    """Return the label of one field that holds blanks."""
    field = None if GS in chars else read_field(chars.strip())
    return None if field is None else interpret([field], syntax=Syntax.IDENTIFIERS)


def _unspelled(text: str, start: int) -> _Text:
    """Return the text from ``start`` with every spelled-out control character put back."""
    chars: list[str] = []
    places: list[int] = []
    at = start
    for mark in _SPELLED.finditer(text, start):
        chars.append(text[at : mark.start()])
        places.extend(range(at + 1, mark.start() + 1))
        name = next(group for group in mark.groups() if group is not None)
        chars.append(_NAMES[name.upper()])
        places.append(mark.start() + 1)
        at = mark.end()
    chars.append(text[at:])
    places.extend(range(at + 1, len(text) + 1))
    return _Text("".join(chars), tuple(places))


def _place(text: _Text, at: int) -> int:
    return text.places[at] if at < len(text.places) else (text.places[-1] if text.places else 0) + 1


def _mended(position: int, what: str) -> Finding:
    return info(Code.LABEL_MENDED, f"The label was read although {what}.", column=position)
