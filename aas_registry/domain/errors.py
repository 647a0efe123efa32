"""Errors as facts: a stable code, the place, and nothing of HTTP.

The classes say what *kind* of thing went wrong; ``web/errors.py`` alone maps
kinds to status codes, ``cli/main.py`` alone maps them to exit codes.
"""

from collections.abc import Sequence

from aas_registry.domain.codes import Code
from aas_registry.domain.findings import Finding
from aas_registry.domain.places import Claimant, Places


class RegistryError(Exception):
    """Anything the registry refuses to do, with the reason.

    Attributes:
        code: The stable code.
        findings: The places, where there are any to name.
    """

    code: Code = Code.INTERNAL

    def __init__(self, message: str, *, code: Code | None = None, findings: Sequence[Finding] = ()) -> None:
        """Keep the facts, so that callers never parse the message."""
        if code is not None:
            self.code = code
        self.findings = tuple(findings)
        super().__init__(message)


class InvalidRequestError(RegistryError):
    """The request is not of the documented form."""

    code = Code.REQUEST_INVALID


class RefusedError(InvalidRequestError):
    """Uploaded content cannot be taken; nothing of it was stored."""

    def __init__(self, finding: Finding, *others: Finding) -> None:
        """Refuse because of ``finding``, whose code becomes the error's."""
        super().__init__(finding.message, code=finding.code, findings=(finding, *others))


class UnauthenticatedError(RegistryError):
    """Nobody known is asking."""

    code = Code.TOKEN_MISSING


class ForbiddenError(RegistryError):
    """The role may not do this."""

    code = Code.ROLE_FORBIDDEN


class NotFoundError(RegistryError):
    """Nothing is there, or nothing that the principal may see: the two are not told apart."""

    code = Code.NOT_FOUND


class ConflictError(RegistryError):
    """What is on record contradicts the request."""

    code = Code.EVENT_CONFLICT


class LockedError(RegistryError):
    """Somebody else is writing to it at this moment; trying again will do."""

    code = Code.PARTIAL_UPLOAD_LOCKED


class ProtocolVersionError(RegistryError):
    """The asker speaks another version of a protocol, or does not say which."""

    code = Code.PARTIAL_UPLOAD_VERSION


class TooLargeError(RegistryError):
    """A body or an answer is over its limit."""

    code = Code.BODY_TOO_LARGE


class TooSlowError(RegistryError):
    """The body came so slowly that nobody waits for the rest."""

    code = Code.BODY_TOO_SLOW


class UnsupportedTypeError(RegistryError):
    """A media type is not taken."""

    code = Code.MEDIA_TYPE_UNSUPPORTED


class UnsupportedCodingError(UnsupportedTypeError):
    """A body is packed in a way that is not taken."""

    code = Code.BODY_ENCODING_UNSUPPORTED


class RateLimitedError(RegistryError):
    """Too many attempts.

    Attributes:
        retry_after_s: Seconds after which the next one may pass.
    """

    code = Code.RATE_LIMITED

    def __init__(self, message: str, *, code: Code | None = None, retry_after_s: int = 1) -> None:
        """Keep when to try again."""
        self.retry_after_s = retry_after_s
        super().__init__(message, code=code)


class UnavailableError(RegistryError):
    """Something the registry stands on cannot be reached now."""

    code = Code.UNAVAILABLE


class BusyError(UnavailableError):
    """As much of this work runs as may at once, and nothing of it was begun.

    Attributes:
        places: Where to wait for a place.
        claimant: For whom.
    """

    code = Code.LOGIN_BUSY

    def __init__(self, places: Places, claimant: Claimant) -> None:
        """Say where to wait, and for whom."""
        self.places = places
        self.claimant = claimant
        super().__init__(Code.LOGIN_BUSY.meaning)


class TimeLimitError(UnavailableError):
    """The time that a request has was over before its work was done; nothing of it was kept."""

    code = Code.QUESTION_TIMEOUT


class StorageFullError(RegistryError):
    """No room is left where something was to be written; nothing of it was kept."""

    code = Code.STORAGE_FULL

    def __init__(self, message: str = Code.STORAGE_FULL.meaning) -> None:
        """Say what could not be written; the cause stands in the log."""
        super().__init__(message)


class DamagedError(RegistryError):
    """What is stored cannot be read as what was written."""

    code = Code.DATABASE_DAMAGED


class ConfigurationError(RegistryError):
    """The registry is set up wrongly; an administrator must act."""

    code = Code.SETTING_INVALID
