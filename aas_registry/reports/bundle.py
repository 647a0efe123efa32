"""The report bundle as a file: a ZIP that has one spelling only.

Entries are stored, not compressed (no two libraries compress alike), sorted, without
times, attributes or comments. So the same files always make the same bytes, a verifier
can pack what it unpacked and compare, and no byte of the container can change unseen.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.findings import error

MANIFEST = "MANIFEST.sha256"
MANIFEST_SIGNATURE = "MANIFEST.p7s"
REPORT_JSON = "report.json"
REPORT_ENVELOPE = "report.dsse.json"
REPORT_PDF = "report.pdf"
REPORT_CHAIN = "trust/chain.pem"
KEY_CHAINS = "trust/keys/"
CERTIFICATES = "evidence/certificates/"
STATEMENTS = "evidence/statements/"
GUIDE = "VERIFY.md"
SCRIPT = "verify.sh"

# These two say what the others are, so they cannot list themselves.
UNLISTED = frozenset({MANIFEST, MANIFEST_SIGNATURE})

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,4}")
_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
_MOST_ENTRIES = 50_000
_MOST_NAME_CHARS = 200
_MOST_BYTES = 2**32 - 2  # beyond, a ZIP needs the larger form, which this one does not use
_DOS_EPOCH = (0, 0x21)  # 1980-01-01 00:00, the earliest time that a ZIP can state
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the files as a ZIP, always the same bytes for the same files.

    Args:
        files: Contents by name; names are relative and of plain characters.

    Raises:
        RefusedError: A name is not plain, or the whole is larger than 4 GiB
            (code ``BUNDLE-INVALID``).

    Source:
        APPNOTE.TXT 6.3.9, sections 4.3.7, 4.3.12 and 4.3.16; method 0 (stored).
    """
    body = io.BytesIO()
    directory = io.BytesIO()
    for name in sorted(files):
        _refuse_name(name)
        content = files[name]
        raw = name.encode("ascii")
        check = zlib.crc32(content)
        position = body.tell()
        shared = (20, 0, 0, *_DOS_EPOCH, check, len(content), len(content), len(raw), 0)
        _refuse_size(position + len(content))
        body.write(_LOCAL.pack(b"PK\x03\x04", *shared) + raw + content)
        directory.write(_CENTRAL.pack(b"PK\x01\x02", 20, *shared, 0, 0, 0, 0, position) + raw)
    start, size = body.tell(), directory.tell()
    _refuse_size(start + size)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(files), len(files), size, start, 0)
    return body.getvalue() + directory.getvalue() + end


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the files of a bundle, bounded; nothing is written anywhere.

    What the files hold is not judged, nor whether the container is spelled as `pack` does.

    Raises:
        RefusedError: It is no bundle: no ZIP, compressed, a name twice or not plain
            (code ``BUNDLE-INVALID``).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as cause:
        raise _invalid(f"The file is no ZIP archive ({cause}).") from cause
    if len(entries) > _MOST_ENTRIES:
        raise _invalid(f"The archive has {len(entries)} entries.")
    if sum(entry.file_size for entry in entries) > len(content):
        raise _invalid("The entries of the archive overlap.")
    files: dict[str, bytes] = {}
    for entry in entries:
        name, size = entry.filename, entry.file_size
        _refuse_name(name)
        if name in files:
            raise _invalid(f"The name {name} stands twice.")
        if entry.compress_type != zipfile.ZIP_STORED or size != entry.compress_size:
            raise _invalid(f"{name} is compressed; a bundle stores its files as they are.")
        start = entry.header_offset
        # Short where the entry begins outside the archive: refused below, whatever it then reads.
        header = content[start : start + _LOCAL.size].ljust(_LOCAL.size)
        begin = start + _LOCAL.size + sum(_LOCAL.unpack(header)[-2:])
        if start < 0 or begin + size > len(content):
            raise _invalid(f"{name} is cut off.")
        files[name] = content[begin : begin + size]
    return files


def first_difference(content: bytes, files: Mapping[str, bytes]) -> str | None:
    """Return the entry of the container in which it differs from what `pack` makes.

    Returns:
        None where it does not differ; the entry's name; or ``(ZIP directory)``.
    """
    expected = pack(files)
    if content == expected:
        return None
    position = 0
    for name in sorted(files):
        length = _LOCAL.size + len(name) + len(files[name])
        if content[position : position + length] != expected[position : position + length]:
            return name
        position += length
    return "(ZIP directory)"


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """Return the list of every file and its SHA-256, as ``sha256sum`` writes it."""
    lines = [f"{digest_of(files[name])}  {name}\n" for name in sorted(files) if name not in UNLISTED]
    return "".join(lines).encode("ascii")


def read_manifest(content: bytes) -> dict[str, str]:
    """Return the digests by name.

    Raises:
        RefusedError: A line is not as `manifest_of` writes it, or a name stands twice
            (code ``BUNDLE-INVALID``).
    """
    try:
        lines = content.decode("ascii").split("\n")
    except UnicodeDecodeError as cause:
        raise _invalid("The manifest is not plain text.") from cause
    if lines.pop() != "":
        raise _invalid("The manifest is cut off.")
    digests: dict[str, str] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or match[2] in digests or match[2] in UNLISTED:
            raise _invalid(f"The manifest has a line that is none: {line[:100]!r}.")
        digests[match[2]] = match[1]
    return digests


def _refuse_name(name: str) -> None:
    if len(name) > _MOST_NAME_CHARS or _NAME.fullmatch(name) is None:
        raise _invalid(f"{name[:100]!r} is no name that a bundle uses.")


def _refuse_size(size: int) -> None:
    if size > _MOST_BYTES:
        raise _invalid("The bundle is larger than 4 GiB.")


def _invalid(message: str) -> RefusedError:
    return RefusedError(error(Code.BUNDLE_INVALID, message))
