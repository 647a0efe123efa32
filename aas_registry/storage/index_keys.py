"""Keys for texts that the world gives: an index of PostgreSQL takes at most 2,704 bytes.

An identifier may have 2,048 characters of up to four bytes, and an imperfect file is
taken with values of any length. A text that is too long stands in indexed columns as
its digest; the body keeps the text itself.
"""

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.identifiers import seen_key, written_key

# Two such texts, a site and two numbers fit one row of an index.
_MOST_BYTES = 1000
_MARK = "sha256\x1f"


def index_key(text: str) -> str:
    """Return the form in which an indexed column holds a text, and is asked for it."""
    if len(text) <= _MOST_BYTES // 4:  # bytes of a character at most
        return text
    content = text.encode()
    return text if len(content) <= _MOST_BYTES else _MARK + digest_of(content)


def spelling(*texts: str) -> str:
    """Return what the column ``kept_apart`` says of the spelling of a lot or part type, as it is seen."""
    return index_key("\x1f".join(map(seen_key, texts)))


def exact_spelling(text: str) -> str:
    """Return what the column ``kept_apart`` says of the code of a party, invisible characters too."""
    return index_key(written_key(text))


def is_digest(key: str) -> bool:
    """Return whether a column holds the digest of a text that was too long."""
    return key.startswith(_MARK)
