"""What a certificate's text covers: the lots and parts that it names as whole words.

A document attests only what its content names. One that labels another lot ("Lot
code: …", "Batch no. …", "Charge …") is of that lot, whatever it was submitted for.
Where the text does not say, a person must look; nothing is guessed.

Case, Unicode width and line layout do not tell codes apart; leading zeros and
punctuation do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aas_registry.domain.certificates import CheckName
from aas_registry.domain.identifiers import folded
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
# A code inside a longer one ("77" in "C-2291-77") is another code.
_BEGINNING = re.compile(r"(?<![^\W_])(?<![^\W_][-_/.])")
_END = re.compile(r"(?![^\W_])(?![-_/.][^\W_])")
_MOST_TRIES = 100_000


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


class DocumentText:
    """A document's text, made ready once and searched for many codes.

    Attributes:
        is_blank: There is nothing to read.
        chars: Characters in their normal form.
    """

    def __init__(self, text: str | None) -> None:
        """Take the readable text; None or white space where there is none."""
        lines = folded(text or "")
        self.is_blank = not lines.strip()
        self.chars = len(lines)
        self.labelled = dict.fromkeys(labelled_lots(lines))
        self._unbroken = lines.replace("\n", "")
        self._words = " ".join(lines.split())
        self._named: dict[str, bool] = {}
        self._tries = _MOST_TRIES

    @property
    def is_given_up(self) -> bool:
        """Return whether codes stood inside longer ones so often that the search was ended.

        Where it found nothing, nothing is known.
        """
        return self._tries <= 0

    def names(self, code: str) -> bool:
        """Return whether the code stands in the text as a whole word, or as whole words."""
        words = " ".join(folded(code).split())
        if words not in self._named:
            self._named[words] = bool(words) and self._find(words)
        return self._named[words]

    def names_wrapped(self, code: str) -> bool:
        """Return whether the code's normal form stands in the text when its lines are joined."""
        return code.replace("\n", "") in self._unbroken

    def _find(self, words: str) -> bool:
        at = self._words.find(words)
        while at >= 0 and not self.is_given_up:
            if _BEGINNING.match(self._words, at) and _END.match(self._words, at + len(words)):
                return True
            self._tries -= 1
            at = self._words.find(words, at + 1)
        return False


def match_content(text: DocumentText, subjects: Sequence[ClaimedSubject], *, at: datetime) -> Check:
    """Say whether a document's text covers everything it was submitted for.

    Args:
        text: The readable text.
        subjects: What the document was submitted for.
        at: When this is checked.

    Returns:
        Passed where the text names every lot code and part number as whole words; failed
        where it labels another lot instead; unknown where it does not say.
    """
    status, reason = _match(text, subjects)
    return Check(name=CheckName.CONTENT.value, status=status, reason=reason, at=at)


def _match(text: DocumentText, subjects: Sequence[ClaimedSubject]) -> tuple[Status, str]:
    if text.is_blank:
        return Status.UNKNOWN, "The document has no text that can be read; a person must look."
    if not subjects:
        return Status.UNKNOWN, "The document was submitted without saying what it speaks of."
    results = [_match_subject(text, subject) for subject in subjects]
    status = worst(found for found, _ in results)
    if text.is_given_up and status is not Status.PASSED:
        return Status.UNKNOWN, "The text repeats itself too often to be searched; a person must look."
    reasons = [reason for found, reason in results if found is status]
    more = "" if len(reasons) == 1 or status is Status.PASSED else f" ({len(reasons) - 1} more)"
    if status is Status.PASSED and len(subjects) > 1:
        return status, f"The text names all {len(subjects)} lots or parts it was submitted for."
    return status, reasons[0] + more


def _match_subject(text: DocumentText, subject: ClaimedSubject) -> tuple[Status, str]:
    reason = "The document speaks of a part, not of lots."
    if subject.lot_code is not None:
        code = folded(subject.lot_code)
        other = next(iter(other_lots(text, [subject])), None)
        if not text.names(code):
            if other is not None:
                return Status.FAILED, f"The text speaks of lot {other!r}, not of {subject.lot_code!r}."
            return Status.UNKNOWN, f"The text does not name lot {subject.lot_code!r}; a person must look."
        if other is not None and code not in text.labelled:
            reason = f"The text names {subject.lot_code!r}, but calls {other!r} the lot; a person must look."
            return Status.UNKNOWN, reason
        reason = f"The text names lot {subject.lot_code!r}."
    if not text.names(subject.mpn):
        return Status.UNKNOWN, f"The text does not name part {subject.mpn!r}; a person must look."
    return Status.PASSED, f"{reason} It names part {subject.mpn!r}."


def other_lots(text: DocumentText, subjects: Iterable[ClaimedSubject]) -> tuple[str, ...]:
    """Return the codes that a text calls a lot and that are none of some lots', in their normal form."""
    own: set[str] = set()
    for subject in subjects:
        code = folded(subject.lot_code or "")
        own |= {code, folded(subject.mpn)}
        if text.names_wrapped(code):  # its first line, taken alone, is no other lot
            own.update(code[:length] for length in range(1, len(code)))
    return tuple(found for found in text.labelled if found not in own)


def labelled_lots(text: str) -> tuple[str, ...]:
    """Return the codes that a text calls a lot, in their normal form, in reading order."""
    content = folded(text)
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
