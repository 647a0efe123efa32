"""`Arrival`: a file that somebody sends, and how it is to be taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from aas_registry.domain.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOptions:
    """How a file is to be taken.

    Attributes:
        on_behalf_of: Code or name of the party it counts for; for other roles than suppliers.
        dry_run: Whether everything is done but nothing kept.
        profile: Whether a violated rule of the metamodel refuses a package.
    """

    on_behalf_of: str | None = None
    dry_run: bool = False
    profile: Profile = Profile.REPORT


AS_USUAL = UploadOptions()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that was sent and is not taken yet.

    Attributes:
        stream: Its content, seekable, at any position.
        file_name: The name its sender gave it; it tells a CSV list apart from other text.
        media_type: The media type its sender declared; it decides nothing.
        attachments: Names and contents of the certificates (PDF) of a list, seekable.
        options: How it is to be taken.
    """

    stream: BinaryIO
    file_name: str
    media_type: str = field(default="", kw_only=True)
    attachments: Sequence[tuple[str, BinaryIO]] = field(default=(), kw_only=True)
    options: UploadOptions = field(default=AS_USUAL, kw_only=True)
