"""Identifiers: those that the world gives, and the integers that the tables use.

``LotId``, ``UnitId`` and the others are integers that mean something within one
site only. They never leave the registry: outside, an opaque text stands for them
(``trust/opaque_ids.py``), so that nobody can count or guess what others own.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import NewType
from uuid import UUID

Site = NewType("Site", str)
PartyId = NewType("PartyId", int)
LotId = NewType("LotId", int)
UnitId = NewType("UnitId", int)
DocumentId = NewType("DocumentId", int)
SubmissionId = NewType("SubmissionId", int)
PartialUploadId = NewType("PartialUploadId", str)
CertificateId = NewType("CertificateId", int)
StatementId = NewType("StatementId", int)
AnchorId = NewType("AnchorId", int)
ReportId = NewType("ReportId", int)
SessionId = NewType("SessionId", int)
Sha256 = NewType("Sha256", str)


def uuid_of(digest: bytes) -> UUID:
    """Return the UUID that is made of the first 16 bytes of a digest: the same for the same digest.

    Source:
        RFC 9562, 5.8 (version 8: 122 bits as the maker likes).
    """
    custom = int.from_bytes(digest[:16], "big")
    versioned = custom & ~(0xF << 76) | 8 << 76
    return UUID(int=versioned & ~(3 << 62) | 2 << 62)


# What nobody sees: default-ignorable and format characters, controls that are no white space,
# fillers, private use, noncharacters, halves of pairs. Ranges rather than categories, which grow
# with Python.
_NONCHARACTERS = "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0xF0000, 0x10000))
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    f"\U000f0000-\U0010ffff{_NONCHARACTERS}]"
)
_EMPTY_BRAILLE = "\u2800"  # looks like a blank
_MOST_KEY_BYTES = 1000  # two of these, a site and two numbers fit one row of an index


def folded(text: str) -> str:
    """Return a text in the one form in which texts of the world are compared, lines kept.

    Compatibility forms (full width, ligatures, composed or not), case, and characters that
    cannot be seen do not tell two texts apart; punctuation and leading zeros do. A text in
    this form stays as it is.

    Source:
        Unicode Standard, D145 to D147 and Annex 15 (NFKC); DerivedCoreProperties,
        Default_Ignorable_Code_Point.
    """
    if text.isascii():
        return _UNSEEN.sub("", text).lower()
    plain, before = text, None
    while plain != before:  # what is left out, or made small, may bring together what composes
        before = plain
        shown = _UNSEEN.sub("", unicodedata.normalize("NFKC", plain.replace(_EMPTY_BRAILLE, " ")))
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", shown.casefold()))
    return plain


@lru_cache(maxsize=100_000)  # an event names the same things many times
def matching_key(value: str) -> str:
    """Return the form in which codes and names are compared; empty where nothing can be seen of it.

    It is `folded`, and white space around it or repeated does not count. What is longer than
    an index holds is there as its digest.
    """
    key = " ".join(folded(value).split())
    if len(key) <= _MOST_KEY_BYTES // 4:  # bytes of a character at most
        return key
    content = key.encode("utf-8", "surrogatepass")
    return key if len(content) <= _MOST_KEY_BYTES else f"sha256 {hashlib.sha256(content).hexdigest()}"


def tells_apart(one: str, other: str) -> bool:
    """Return whether two texts that are compared as equal can be seen to differ, as ``X²`` and ``X2`` do.

    Case, blanks and what nobody sees do not tell them apart, nor whether accents are composed.
    """
    return matching_key(one) == matching_key(other) and seen_key(one) != seen_key(other)


def seen_key(value: str) -> str:
    """Return the form that tells apart what looks different: compatibility forms, as ``X²`` and ``X2``.

    Case, blanks, what nobody sees and whether accents are composed do not count, as in `matching_key`.
    By it a spelling of a lot or part type is kept apart (`storage.index_keys.spelling`).
    """
    shown = _UNSEEN.sub("", unicodedata.normalize("NFC", value.replace(_EMPTY_BRAILLE, " ")))
    return unicodedata.normalize("NFC", " ".join(shown.split()).casefold())


def written_key(value: str) -> str:
    """Return the form that tells apart whatever is written differently, but for case and white space.

    By it the code of a party that fell together with another's is kept apart (`exact_spelling`).
    """
    return " ".join(value.split()).casefold()
