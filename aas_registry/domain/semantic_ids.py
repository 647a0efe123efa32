"""Semantic ids: which spellings of one identifier mean the same.

One concept is named in several ways in real files: an IRDI with a newer version, an IRDI
as an ECLASS address, ``http`` for ``https``, a slash at the end. `comparable` makes them
one key; `versioned` does the same but keeps the version, for submodels, where it tells
one edition of a template from the next.

Total over any JSON: what is not of the metamodel's form names nothing.

Source:
    ISO/IEC 29002-5 (IRDI); IDTA-01001 (Part 1), clause "Referencing".
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

MAX_CHARS = 512
MAX_REFERENCES = 32
MAX_KEYS = 16
_ADDRESS = re.compile(r"(?:https?://(?:api\.)?eclass[a-z-]*\.[a-z]{2,3}/|urn:irdi:)\s*")
_ECLASS = re.compile(r"(\d{4}-\d)(?:#|-{1,3})(\d{2})-([a-z]{3}\d{3})(?:(?:#|-{1,3})(\d{3}))?(?:~\d{1,3})?")
_VERSION = re.compile(r"#\d{3}(?![0-9a-z])")


@lru_cache(maxsize=4096)
def versioned(text: str) -> str:
    """Return the key under which the spellings of one version of a semantic id agree."""
    key = text.strip().casefold().replace("http://", "https://", 1).rstrip("/")
    return _ECLASS.sub(_irdi, _ADDRESS.sub("", key, count=1))


@lru_cache(maxsize=4096)
def comparable(text: str) -> str:
    """Return the key under which the spellings and IRDI versions of a semantic id agree."""
    return _VERSION.sub("", versioned(text))


def semantic_ids_of(element: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values of the semanticId, then those of the supplemental ones.

    Values that are empty or longer than 512 characters are passed over; of references and
    of keys in each the first 32 and 16 count.
    """
    yield from _values(element.get("semanticId"))
    supplemental = element.get("supplementalSemanticIds")
    if isinstance(supplemental, list):
        for reference in supplemental[:MAX_REFERENCES]:
            yield from _values(reference)


def main_semantic_id_of(element: Mapping[str, Any]) -> str | None:
    """Return the first value of the semanticId itself; None where there is none."""
    return next(_values(element.get("semanticId")), None)


def _values(reference: Any) -> Iterator[str]:
    keys = reference.get("keys") if isinstance(reference, Mapping) else None
    if not isinstance(keys, list):
        return
    for key in keys[:MAX_KEYS]:
        value = key.get("value") if isinstance(key, Mapping) else None
        if isinstance(value, str) and value and len(value) <= MAX_CHARS:
            yield value


def _irdi(found: re.Match[str]) -> str:
    organisation, kind, code, version = found.groups()
    return f"{organisation}#{kind}-{code}" + (f"#{version}" if version else "")
