"""Cell formats of a marked workbook: those of its wrong cells once more, with a colour behind.

Source:
    ECMA-376-1:2016, 18.8.10 (cellXfs), 18.8.21 (fills), 18.8.45 (xf).
"""

from aas_registry.domain.findings import Severity
from aas_registry.domain.limits import Limits
from aas_registry.formats.container.bounded_xml import xml_events
from aas_registry.formats.container.zip import ZipContainer
from aas_registry.formats.lists.copy import (
    CHILD_DEPTH,
    SECTION_DEPTH,
    XmlCopy,
    first_tag,
    with_attribute,
    without_attributes,
)

COLOURS = {Severity.ERROR: "FFF8B4B4", Severity.WARNING: "FFFFE699"}
_PLACES = {severity: place for place, severity in enumerate(COLOURS)}
_COUNTED = {"fills": "fill", "cellXfs": "xf"}


class MarkedStyles:
    """Hands out formats for wrong cells, and is the editor that writes them into the styles."""

    def __init__(self, fills: int, formats: int) -> None:
        """Take how many fills and cell formats there are; without any of either nothing is coloured."""
        self._fills, self._formats = fills, formats
        self._wanted: dict[tuple[int, Severity], int] = {}
        self._sources: dict[int, bytes] = {}  # of the wanted formats, by their place
        self._section = ""
        self._place = -1

    def coloured(self, style: int, severity: Severity) -> int:
        """Return the format that is as ``style``, with the colour of a severity behind."""
        if not self._fills or not 0 <= style < self._formats:
            return style
        self._sources[style] = b""
        return self._wanted.setdefault((style, severity), self._formats + len(self._wanted))

    def start(self, copy: XmlCopy, name: str, _attributes: dict[str, str]) -> None:
        """Take a start tag."""
        if copy.depth == SECTION_DEPTH:
            self._section = name
            if name in _COUNTED and self._wanted:
                copy.replace_tag(without_attributes(copy.tag, b"count"))
        elif self._is_format(copy, name):
            self._place += 1
            if self._place in self._sources:
                copy.hold()

    def end(self, copy: XmlCopy, name: str) -> None:
        """Take the end of an element."""
        if self._is_format(copy, name) and self._place in self._sources:
            self._sources[self._place] = copy.release(keep=True)
        elif copy.depth == SECTION_DEPTH and name == "fills" and self._wanted:
            for colour in COLOURS.values():
                copy.insert(_fill(colour, copy.prefix))
        elif copy.depth == SECTION_DEPTH and name == "cellXfs":
            for style, severity in self._wanted:
                copy.insert(_filled(self._sources[style], self._fills + _PLACES[severity]))

    def _is_format(self, copy: XmlCopy, name: str) -> bool:
        return copy.depth == CHILD_DEPTH and name == "xf" and self._section == "cellXfs"


def read_styles(container: ZipContainer, part: str | None, *, limits: Limits) -> MarkedStyles:
    """Return the formats of a workbook, counted.

    Raises:
        RefusedError: Hostile or damaged XML, or over a limit.
    """
    counts = dict.fromkeys(_COUNTED, 0)
    if part is not None:
        path: list[str] = []
        content = container.read(part, max_bytes=limits.package_structure_bytes)
        for event, element in xml_events(content, limits=limits, part=part):
            if event == "end":
                path.pop()
                continue
            path.append(element.name)
            if len(path) == CHILD_DEPTH and _COUNTED.get(path[1]) == element.name:
                counts[path[1]] += 1
    return MarkedStyles(counts["fills"], counts["cellXfs"])


def _fill(colour: str, prefix: bytes) -> bytes:
    text = '<%fill><%patternFill patternType="solid"><%fgColor rgb="{}"/></%patternFill></%fill>'
    return text.format(colour).encode("ascii").replace(b"%", prefix)


def _filled(source: bytes, fill: int) -> bytes:
    tag = first_tag(source)
    if not tag:
        return b""  # of styles with two lists of formats; the second was counted as well
    coloured = with_attribute(with_attribute(tag, b"fillId", b"%d" % fill), b"applyFill", b"1")
    return coloured + source[len(tag) :]
