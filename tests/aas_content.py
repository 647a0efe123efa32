"""Builders of AAS content and of packages, the honest and the hostile ones."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
AAS_TYPES = "http://admin-shell.io/aasx/relationships"


def make_submodel(identifier: str = "urn:example:submodel", **members: Any) -> dict[str, Any]:
    return {
        "modelType": "Submodel",
        "id": identifier,
        "idShort": "Example",
        "submodelElements": [
            {"modelType": "Property", "idShort": "LotCode", "valueType": "xs:string", "value": "0042"}
        ],
        **members,
    }


def make_xml(body: str, *, namespace: str = "https://admin-shell.io/aas/3/1", prolog: str = "") -> bytes:
    return f'{prolog}<environment xmlns="{namespace}">{body}</environment>'.encode()


SUBMODEL_XML = "<submodels><submodel><id>urn:example:submodel</id></submodel></submodels>"


def make_rels(targets: Sequence[tuple[str, str]], *, mode: str = "", prolog: str = "") -> bytes:
    entries = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"{mode}/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'{prolog}<Relationships xmlns="{RELATIONSHIPS}">{entries}</Relationships>'.encode()


def make_parts(
    data: bytes,
    *,
    data_name: str = "aasx/data.xml",
    types: str = AAS_TYPES,
    mode: str = "",
    supplements: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Return the parts of a package by ZIP item name."""
    folder, _, name = data_name.rpartition("/")
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="pdf" ContentType="application/pdf"/>'
        b'<Override PartName="/thumbnail.png" ContentType="image/png"/></Types>',
        "_rels/.rels": make_rels([(f"{types}/aasx-origin", "/aasx/aasx-origin")], mode=mode),
        "aasx/aasx-origin": b"",
        "aasx/_rels/aasx-origin.rels": make_rels([(f"{types}/aas-spec", f"/{data_name}")]),
        data_name: data,
    }
    parts.update(supplements or {})
    if supplements:
        parts[f"{folder}/_rels/{name}.rels"] = make_rels(
            [(f"{types}/aas-suppl", f"/{part}") for part in supplements]
        )
    return parts


def make_zip(parts: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> bytes:
    """Return an archive; a sequence may hold a name twice, or a name that no tool would write."""
    stream = io.BytesIO()
    items = parts.items() if isinstance(parts, Mapping) else parts
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in items:
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def with_declared_size(archive: bytes, name: str, size: int) -> bytes:
    """Return an archive whose directory lies about the unpacked size of one part."""
    changed = bytearray(archive)
    position = changed.index(b"PK\x01\x02")
    while changed[position + 46 : position + 46 + len(name)] != name.encode():
        position = changed.index(b"PK\x01\x02", position + 4)
    struct.pack_into("<I", changed, position + 24, size)
    return bytes(changed)
