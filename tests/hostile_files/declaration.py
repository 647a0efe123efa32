"""What a hostile file is: where it is sent, how it is made, and the code that must answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from aas_registry.domain.codes import Code


class Door(StrEnum):
    """Where a file is sent."""

    UPLOAD = "upload"
    CERTIFICATE = "certificate"
    EVENTS = "events"
    EVENT_LINES = "event-lines"
    SUBMODEL = "submodel"
    SPREADSHEET = "spreadsheet"
    LABEL_TEXT = "label-text"
    LABEL_PICTURE = "label-picture"
    UPLOAD_METADATA = "upload-metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One hostile file.

    Attributes:
        family: The attack, shared with its variants.
        name: The variant; unique.
        build: Makes the bytes, always the same.
        file_name: The name under which it is sent.
        code: The code that refuses it.
        door: Where it is sent.
    """

    family: str
    name: str
    build: Callable[[], bytes]
    code: Code
    file_name: str = "hostile.aasx"
    door: Door = Door.UPLOAD


def declare(
    family: str, code: Code, file_name: str = "hostile.aasx", door: Door = Door.UPLOAD
) -> Callable[..., Hostile]:
    """Return a maker of files of one family, whose members differ in name and bytes."""

    def make(name: str, build: Callable[[], bytes], **changes: object) -> Hostile:
        stated: dict[str, object] = {"code": code, "file_name": file_name, "door": door, **changes}
        return Hostile(family=family, name=f"{family}/{name}", build=build, **stated)  # type: ignore[arg-type]

    return make
