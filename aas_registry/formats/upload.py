"""One door for what people upload: AASX, AAS JSON or AAS XML, told apart by content.

Everything that comes out is bounded, and everything that cannot be understood raises a
`RefusedError` whose findings name the file, the part and the place. A violated
constraint of the metamodel is a finding of the package, not a refusal: policy decides.
"""

from dataclasses import replace
from typing import BinaryIO, NoReturn

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.formats.aas_json import read_json
from aas_registry.formats.aas_xml import read_xml
from aas_registry.formats.aasx import read_aasx
from aas_registry.formats.content_kind import ContentKind, content_kind
from aas_registry.formats.environment import merge

_SNIFFED_BYTES = 512


def read_upload(stream: BinaryIO, *, file_name: str, limits: Limits) -> AasPackage:
    """Read an uploaded file whole.

    Args:
        stream: Seekable; read from its beginning.
        file_name: As the uploader calls it; stands in the findings and decides nothing.
        limits: Every bound.

    Returns:
        At least one identifiable, ids unique per kind, and the findings.

    Raises:
        RefusedError: Empty, of another type, damaged, hostile, over a limit, of metamodel
            1.0 or 2.0, or with an element that cannot be understood.
    """
    try:
        package = _read(stream, limits)
    except RefusedError as cause:
        raise _named(cause, file_name) from cause
    findings = tuple(_located(finding, file_name) for finding in package.findings)
    return replace(package, findings=findings)


def _read(stream: BinaryIO, limits: Limits) -> AasPackage:
    stream.seek(0)
    kind = content_kind(_start(stream))
    stream.seek(0)
    if kind is ContentKind.ZIP:
        return read_aasx(stream, limits=limits)
    if kind is ContentKind.UNKNOWN:
        _refuse_unknown()
    read = read_json if kind is ContentKind.JSON else read_xml
    environment = merge([read(stream.read(limits.aas_data_bytes + 1), limits=limits)])
    return AasPackage(
        metamodel=environment.metamodel,
        identifiables=environment.identifiables,
        findings=environment.findings,
    )


def _start(stream: BinaryIO) -> bytes:
    start = stream.read(_SNIFFED_BYTES)
    if not start:
        raise RefusedError(error(Code.UPLOAD_EMPTY, "The file is empty."))
    return start


def _refuse_unknown() -> NoReturn:
    message = "The file begins like no ZIP archive (AASX), no JSON and no XML."
    raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, message))


def _named(cause: RefusedError, file_name: str) -> RefusedError:
    first, *others = (_located(finding, file_name) for finding in cause.findings)
    return RefusedError(first, *others)


def _located(finding: Finding, file_name: str) -> Finding:
    # Names and keys of a file may hold half surrogate pairs, which no answer can carry.
    return replace(
        finding,
        file=_plain(file_name)[:255],
        message=_plain(finding.message),
        part=finding.part and _plain(finding.part),
        path=finding.path and _plain(finding.path),
    )


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
