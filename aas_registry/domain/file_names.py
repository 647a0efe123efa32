"""Names of files as senders call them: shown to people, and never used to find anything."""

import re

MAX_CHARS = 255
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def display_name(name: str) -> str:
    """Return a name that a table can keep, a header can carry and a page can show.

    Control characters are left out, and those that turn the direction of writing, with
    which ``fdp.exe`` is shown as ``exe.pdf``; what is longer than 255 characters is cut.
    """
    return _UNSHOWABLE.sub("", name)[:MAX_CHARS]
