"""Subject rules: whom a signer under a public CA must be.

A public CA signs for everybody, so pinning it alone would trust everybody. The rule is
the signer's distinguished name as RFC 4514 writes it.
"""

import re

from cryptography import x509

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError

# People write "CN=a, O=b"; the library wants no space after the comma.
_SPACED_COMMA = re.compile(r"(?<!\\),\s+")


def read_subject_rule(text: str) -> str:
    """Return a subject rule in its normal spelling.

    Raises:
        InvalidRequestError: It is no distinguished name (code ``ANCHOR-INVALID``).

    Source:
        RFC 4514.
    """
    return _parsed(text).rfc4514_string()


def subject_follows(subject: x509.Name, rule: str) -> bool:
    """Return whether a subject is the one that the rule names; a malformed rule names nobody."""
    try:
        wanted = _parsed(rule)
    except InvalidRequestError:
        return False
    # The encoding of a text (printable or UTF-8) does not tell two names apart.
    return wanted.rfc4514_string() == subject.rfc4514_string()


def _parsed(text: str) -> x509.Name:
    try:
        return x509.Name.from_rfc4514_string(_SPACED_COMMA.sub(",", text.strip()))
    except ValueError as cause:
        message = f"{text[:200]!r} is no distinguished name such as 'CN=…,O=…'."
        raise InvalidRequestError(message, code=Code.ANCHOR_INVALID) from cause
