"""Names of files as senders call them: shown to people, and asked for their ending at most."""

import re

from aas_registry.domain.identifiers import folded

MAX_CHARS = 255
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def display_name(name: str) -> str:
    """Return a name that a table can keep, a header can carry and a page can show.

    Control characters are left out, and those that turn the direction of writing, with
    which ``fdp.exe`` is shown as ``exe.pdf``; what is longer than 255 characters is cut.
    """
    return _UNSHOWABLE.sub("", name)[:MAX_CHARS]


def ends_with(name: str, endings: tuple[str, ...]) -> bool:
    """Return whether a name has one of these endings, compared as other names are.

    Args:
        name: As its sender wrote it.
        endings: In small letters, such as ``.csv``.
    """
    return folded(name).strip().endswith(endings)
