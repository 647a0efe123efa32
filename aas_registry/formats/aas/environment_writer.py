"""AAS environments, written object by object: JSON (RFC 8785) and XML.

Only the object at hand is in memory. JSON takes the stored bytes as they are, so it can
say whatever was stored. XML can say what the metamodel knows and nothing else: an object
that would lose anything is found out before it is written, never cut.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import orjson

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error, info
from aas_registry.domain.package import Identifiable, IdentifiableKind, Metamodel
from aas_registry.formats.aas.conformance import TypedBody, check
from aas_registry.formats.aas.metamodel import (
    MAX_FINDINGS,
    RULES_3_0,
    RULES_3_1,
    RULES_BY_VERSION,
    RuleSet,
    UnparsableError,
    parse,
    violations,
)
from aas_registry.formats.container.bounded_xml import NOT_XML

_LISTED = 100
_IN_JSON = (IdentifiableKind.SHELL, IdentifiableKind.CONCEPT_DESCRIPTION, IdentifiableKind.SUBMODEL)
_IN_XML = (IdentifiableKind.SHELL, IdentifiableKind.SUBMODEL, IdentifiableKind.CONCEPT_DESCRIPTION)
# What XML 1.0 (2.2, Char) has no way to write.


@dataclass(frozen=True, slots=True)
class CanonicalObject:
    """One object to write.

    Attributes:
        kind: Shell, submodel or concept description.
        body: The AAS JSON object as canonical JSON (RFC 8785).
    """

    kind: IdentifiableKind
    body: bytes


DataFormat = Literal["xml", "json"]

Source = Callable[[IdentifiableKind], Iterable[CanonicalObject]]
"""Gives the objects of one kind, in the order in which they are written, as often as it is asked."""


def source_of(identifiables: Iterable[Identifiable]) -> Source:
    """Return identifiables that are at hand as a source, in their order."""
    entries = list(identifiables)

    def of_kind(kind: IdentifiableKind) -> Iterator[CanonicalObject]:
        return (CanonicalObject(kind, each.canonical()) for each in entries if each.kind is kind)

    return of_kind


def write_json(source: Source, stream: BinaryIO) -> None:
    """Write an AAS environment as canonical JSON (RFC 8785)."""
    opening = b"{"
    for kind in _IN_JSON:
        separator = opening + b'"' + kind.environment_member.encode() + b'":['
        for entry in source(kind):
            stream.write(separator)
            stream.write(entry.body)
            separator, opening = b",", b"],"
    stream.write(b"{}" if opening == b"{" else b"]}")


def write_xml(source: Source, stream: BinaryIO, *, metamodel: Metamodel) -> None:
    """Write an AAS environment as XML, UTF-8.

    Args:
        source: The objects.
        stream: A file to write to; after a refusal its content is incomplete.
        metamodel: The version whose namespace the XML has.

    Raises:
        RefusedError: EXPORT-NOT-XML, with a finding for each object that would not be the
            same when it is read again, at most 100.
    """
    _XmlWriter(RULES_BY_VERSION[metamodel]).write(source, stream)


def write_environment(
    source: Source, stream: BinaryIO, data_format: DataFormat, *, metamodel: Metamodel
) -> None:
    """Write an AAS environment in one format.

    Raises:
        RefusedError: An object cannot be said in XML.
    """
    if data_format == "json":
        write_json(source, stream)
    else:
        write_xml(source, stream, metamodel=metamodel)


@dataclass(frozen=True, slots=True)
class Written:
    """How an AAS environment was written.

    Attributes:
        data_format: XML or JSON.
        metamodel: By whose rules the XML is; None for JSON, which has no version.
        reason: Why it is JSON, where XML would have been taken, too.
    """

    data_format: DataFormat
    metamodel: Metamodel | None
    reason: Finding | None = None


def write_fitting_environment(
    source: Source, stream: BinaryIO, *, metamodel: Metamodel | None = None
) -> Written:
    """Write an AAS environment in the form that most tools read and that loses nothing.

    That is XML of metamodel 3.1; but JSON for what XML cannot say, and for what obeys the
    rules of 3.0 better: the tools of today know one XML namespace, and JSON has none.

    Args:
        source: The objects.
        stream: An empty file, seekable.
        metamodel: The version of the XML; None takes 3.1, and JSON where 3.0 fits better.
    """
    writer = _XmlWriter(RULES_BY_VERSION[metamodel or "3.1"], verifies=metamodel is None)
    reason: Finding | None = None
    try:
        writer.write(source, stream)
    except RefusedError as refusal:
        message = f"The AAS data are JSON: {refusal.findings[0].message}"
        reason = info(Code.EXPORT_NOT_XML, message)
    if reason is None and writer.has_violations and fitting_metamodel(source) == "3.0":
        message = "The AAS data are JSON: they obey the rules of metamodel 3.0 better than those of 3.1."
        reason = info(Code.AAS_NAMESPACE, message)
    if reason is None:
        return Written("xml", writer.rules.version)
    stream.seek(0)
    stream.truncate()
    write_json(source, stream)
    return Written("json", None, reason)


def fitting_metamodel(source: Source) -> Metamodel:
    """Return the version of the metamodel that objects obey best, together.

    It is the version that whoever reads the same objects as JSON would find: 3.0 only
    where it finds less than 3.1.
    """
    newer = _violations(RULES_3_1, source)
    return "3.0" if newer and _violations(RULES_3_0, source) < newer else "3.1"


def _violations(rules: RuleSet, source: Source) -> int:
    found = 0
    for entry in (entry for kind in _IN_XML for entry in source(kind)):
        found += len(check(rules, TypedBody(entry.kind.model_type, orjson.loads(entry.body))))
        if found > MAX_FINDINGS:
            break
    return found


class _XmlWriter:
    """Writes XML of one version; each object is parsed once, whatever is asked of it."""

    def __init__(self, rules: RuleSet, *, verifies: bool = False) -> None:
        self.rules = rules
        self.has_violations = False
        self._verifies = verifies
        self._refused: list[str] = []

    def write(self, source: Source, stream: BinaryIO) -> None:
        prolog = f'<?xml version="1.0" encoding="UTF-8"?>\n<environment xmlns="{self.rules.namespace}">'
        stream.write(prolog.encode())
        for kind in _IN_XML:
            tag = b""
            for entry in source(kind):
                if not tag:
                    tag = kind.environment_member.encode()
                    stream.write(b"<" + tag + b">")
                stream.write(self._element(entry))
            if tag:
                stream.write(b"</" + tag + b">")
        if self._refused:
            loss = "holds what AAS XML cannot say without loss."
            found = [
                error(Code.EXPORT_NOT_XML, f"{identifier[:200]!r} {loss}")
                for identifier in self._refused[:_LISTED]
            ]
            if len(self._refused) > _LISTED:
                message = f"{len(self._refused)} objects cannot be written as XML; {_LISTED} are listed."
                found.append(error(Code.EXPORT_NOT_XML, message))
            raise RefusedError(*found)
        stream.write(b"</environment>")

    def _element(self, entry: CanonicalObject) -> bytes:
        body = orjson.loads(entry.body)
        try:
            instance = parse(self.rules, entry.kind.model_type, body)
        except UnparsableError:
            return self._refuse(body)
        # aas-core takes texts and truth values only, so that equal means the same here.
        if self.rules.jsonization.to_jsonable(instance) != body:
            return self._refuse(body)
        text: str = self.rules.xmlization.to_str(instance)
        if NOT_XML.search(text):
            return self._refuse(body)
        if self._verifies and not self.has_violations:
            self.has_violations = bool(violations(self.rules, instance))
        # A bare carriage return would be read back as a line feed (XML 1.0, 2.11).
        return text.replace("\r", "&#13;").encode()

    def _refuse(self, body: Any) -> bytes:
        self._refused.append(str(body.get("id")))
        return b""
