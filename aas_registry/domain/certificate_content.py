"""What a certificate's text covers: the lots and parts that it names as whole words.

A document attests only what its content names. One that labels another lot ("Lot
code: …", "Batch no. …", "Charge …") is of that lot, whatever it was submitted for.
Where the text does not say, a person must look; nothing is guessed.

Case, Unicode width and line layout do not tell codes apart; leading zeros and
punctuation do.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.certificates import CheckName
from aas_registry.domain.verdicts import Check, Status, worst

# English, German and French labels. A value has a digit and three characters or more, so
# that "lot size" and "lot 1 of 3" name no lot; it may stand alone in the next line (a table cell).
_LABEL = re.compile(
    r"(?<![^\W_])(?:lots?|batch|chargen?|los)[ \t-]{0,3}"
    r"(?:(?:no|nr|num|number|nummer|code|id)s?\b\.?|\#|n°)?[ \t]{0,9}[:#=]?[ \t]{0,40}"
    r"(?:(?P<values>[^\s][^\n]{2,199})|\n[ \t]{0,40}(?P<cell>[^\s]{3,100})[ \t]{0,40}(?:\n|\Z))"
)
_VALUE = re.compile(r"[^\W_](?:[\w./+-]{0,98}[^\W_])?")
_NEXT_VALUE = re.compile(r"[ \t]{0,9}(?:[,;&]|and\b|und\b|et\b)[ \t]{0,9}(?=[^\W_])")
_LEAST_CHARS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedSubject:
    """What a document was submitted for; its content must name it.

    Attributes:
        manufacturer: Who made the lot.
        mpn: The manufacturer's part number.
        lot_code: The lot; None where the document speaks of the part only.
    """

    manufacturer: str
    mpn: str
    lot_code: str | None = None


def match_content(text: str | None, subjects: Sequence[ClaimedSubject], *, at: datetime) -> Check:
    """Say whether a document's text covers everything it was submitted for.

    Args:
        text: The readable text; None or white space where there is none.
        subjects: What the document was submitted for.
        at: When this is checked.

    Returns:
        Passed where the text names every lot code and part number as whole words; failed
        where it labels another lot instead; unknown where it does not say.
    """
    status, reason = _match(text, subjects)
    return Check(name=CheckName.CONTENT.value, status=status, reason=reason, at=at)


def _match(text: str | None, subjects: Sequence[ClaimedSubject]) -> tuple[Status, str]:
    if text is None or not text.strip():
        return Status.UNKNOWN, "The document has no text that can be read; a person must look."
    if not subjects:
        return Status.UNKNOWN, "The document was submitted without saying what it speaks of."
    content = _normal(text)
    labelled = labelled_lots(content)
    results = [_match_one(content, labelled, subject) for subject in subjects]
    status = worst(found for found, _ in results)
    reasons = [reason for found, reason in results if found is status]
    more = "" if len(reasons) == 1 or status is Status.PASSED else f" ({len(reasons) - 1} more)"
    if status is Status.PASSED and len(subjects) > 1:
        return status, f"The text names all {len(subjects)} lots or parts it was submitted for."
    return status, reasons[0] + more


def _match_one(content: str, labelled: Sequence[str], subject: ClaimedSubject) -> tuple[Status, str]:
    status, reason = _match_lot(content, labelled, subject)
    if status is not Status.PASSED:
        return status, reason
    if not _names(content, subject.mpn):
        return Status.UNKNOWN, f"The text does not name part {subject.mpn!r}; a person must look."
    return Status.PASSED, f"{reason} It names part {subject.mpn!r}."


def _match_lot(content: str, labelled: Sequence[str], subject: ClaimedSubject) -> tuple[Status, str]:
    if subject.lot_code is None:
        return Status.PASSED, "The document speaks of a part, not of lots."
    code = _normal(subject.lot_code)
    own = (code, _normal(subject.mpn))
    others = [found for found in labelled if found not in own and not _is_wrapped(found, code, content)]
    if not _names(content, code):
        if others:
            return Status.FAILED, f"The text speaks of lot {others[0]!r}, not of {subject.lot_code!r}."
        return Status.UNKNOWN, f"The text does not name lot {subject.lot_code!r}; a person must look."
    if others and code not in labelled:
        reason = f"The text names {subject.lot_code!r}, but calls {others[0]!r} the lot; a person must look."
        return Status.UNKNOWN, reason
    return Status.PASSED, f"The text names lot {subject.lot_code!r}."


def labelled_lots(text: str) -> tuple[str, ...]:
    """Return the codes that a text calls a lot, in their normal form, in reading order."""
    content = _normal(text)
    found = [code for label in _LABEL.finditer(content) for code in _values(label["values"] or label["cell"])]
    return tuple(dict.fromkeys(found))


def _values(line: str) -> list[str]:
    codes: list[str] = []
    position = 0
    while value := _VALUE.match(line, position):
        code = value.group()
        if len(code) < _LEAST_CHARS or not any(char.isdigit() for char in code):
            break
        codes.append(code)
        separator = _NEXT_VALUE.match(line, value.end())
        if separator is None:
            break
        position = separator.end()
    return codes


def _names(content: str, code: str) -> bool:
    words = r"\s+".join(re.escape(word) for word in _normal(code).split())
    # A code inside a longer one ("77" in "C-2291-77") is another code.
    pattern = rf"(?<![^\W_])(?<![^\W_][-_/.]){words}(?![^\W_])(?![-_/.][^\W_])"
    return bool(words) and re.search(pattern, content) is not None


def _is_wrapped(found: str, code: str, content: str) -> bool:
    """Say whether ``found`` is only the first line of ``code``."""
    if not code.startswith(found):
        return False
    return re.search("\n?".join(re.escape(char) for char in code), content) is not None


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
