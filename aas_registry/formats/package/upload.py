"""One door for what people upload: AASX, AAS JSON or AAS XML.

Everything that comes out is bounded, and everything that cannot be understood raises a
`RefusedError` whose findings name the file, the part and the place. A violated rule of
the metamodel is a finding of the package, and a refusal in the profile ``strict`` only. A
submodel that deviates from its template is a finding, and never a refusal.
"""

from dataclasses import replace

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.file_names import ends_with
from aas_registry.domain.findings import Finding, error
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import AasPackage
from aas_registry.domain.profile import Profile
from aas_registry.domain.progress import Progress, no_progress
from aas_registry.formats.aas.environment import merge, refuse_errors
from aas_registry.formats.aas.json import read_json
from aas_registry.formats.aas.xml import read_xml
from aas_registry.formats.container.content_kind import ContentKind, RecognisedFile, refuse_polyglot
from aas_registry.formats.package.aasx import read_aasx
from aas_registry.formats.templates.catalogue import check_templates

# Of text documents and slides; what a damaged archive is, its name alone says.
_OFFICE_NAMES = (".docx", ".docm", ".dotx", ".pptx", ".pptm", ".odt", ".odp")
_READERS = {ContentKind.JSON: read_json, ContentKind.XML: read_xml}
# What is no package and no list: another door takes it, or another form of it.
_TAKEN_ELSEWHERE = {
    ContentKind.PDF: Code.UPLOAD_DOCUMENT_ALONE,
    ContentKind.PICTURE: Code.UPLOAD_PICTURE,
    ContentKind.OFFICE_DOCUMENT: Code.UPLOAD_OFFICE_DOCUMENT,
}
# What violates the metamodel: whatever is not refused for it is stored without a change.
_VIOLATIONS = frozenset(
    {
        Code.AAS_CONSTRAINT, Code.AAS_LIST_EMPTY, Code.AAS_MEMBER_MISSING, Code.AAS_MEMBER_UNKNOWN,
        Code.AAS_MODEL_TYPE, Code.AAS_VALUE_LITERAL, Code.AAS_VALUE_NULL, Code.AAS_VALUE_TYPE,
    }
)  # fmt: skip


def read_upload(
    file: RecognisedFile,
    *,
    limits: Limits,
    profile: Profile = Profile.REPORT,
    progress: Progress = no_progress,
) -> AasPackage:
    """Read an uploaded file whole.

    Args:
        file: What was uploaded.
        limits: Every bound.
        profile: Whether a violated rule of the metamodel refuses the file.
        progress: Is called with the data parts read, phase ``checking``.

    Returns:
        At least one identifiable, ids unique per kind, and the findings.

    Raises:
        RefusedError: Empty, of another type, damaged, hostile, over a limit, of metamodel
            1.0 or 2.0, a submodel element alone, or with something that could not be stored; with
            profile strict, every finding where one is an error.
    """
    try:
        package = _read(file, limits, progress)
    except RefusedError as cause:
        raise RefusedError(*(_located(each, file.file_name) for each in cause.findings)) from cause
    found = (*package.findings, *check_templates(package, limits=limits))
    findings = tuple(_located(finding, file.file_name) for finding in found)
    if profile is Profile.STRICT:
        refuse_errors(findings)
    return replace(package, findings=tuple(map(_with_what_was_done, findings)))


def _read(file: RecognisedFile, limits: Limits, progress: Progress) -> AasPackage:
    if file.kind is ContentKind.EMPTY:
        raise RefusedError(error(Code.UPLOAD_EMPTY, "The file is empty."))
    if file.archive is not None:
        try:
            return read_aasx(file.container, limits=limits, progress=progress)
        except RefusedError:
            if _is_office_document(file):
                raise _refused(Code.UPLOAD_OFFICE_DOCUMENT) from None
            raise
    refuse_polyglot(file)
    if file.kind in _TAKEN_ELSEWHERE:
        raise _refused(_TAKEN_ELSEWHERE[file.kind])
    read = _READERS.get(file.kind)
    if read is None:
        message = "The file begins like no ZIP archive (AASX), no JSON and no XML."
        raise RefusedError(error(Code.UPLOAD_TYPE_UNKNOWN, f"{message} {Code.UPLOAD_TYPE_UNKNOWN.meaning}"))
    environment = merge([read(file.stream.read(limits.aas_data_bytes + 1), limits=limits)], limits=limits)
    return AasPackage(
        metamodel=environment.metamodel,
        identifiables=environment.identifiables,
        findings=environment.findings,
    )


def _is_office_document(file: RecognisedFile) -> bool:
    if isinstance(file.archive, RefusedError):  # what cannot be opened is what it is called
        is_damaged = file.archive.code is Code.ZIP_INVALID
        return is_damaged and ends_with(file.file_name, _OFFICE_NAMES)
    assert file.archive is not None
    folders = {part.split("/")[1].casefold() for part in file.archive.parts}
    return not folders.isdisjoint({"word", "ppt"}) or {"mimetype", "content.xml"} <= folders


def _refused(code: Code) -> RefusedError:
    return RefusedError(error(code, code.meaning))


def _located(finding: Finding, file_name: str) -> Finding:
    # Names and keys of a file may hold half surrogate pairs, which no answer can carry.
    return replace(
        finding,
        file=_plain(file_name)[:255],
        message=_plain(finding.message),
        part=finding.part and _plain(finding.part),
        path=finding.path and _plain(finding.path),
    )


def _with_what_was_done(finding: Finding) -> Finding:
    if finding.code not in _VIOLATIONS:
        return finding
    return replace(finding, message=f"{finding.message.removesuffix('.')}; it is stored as it stands.")


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
