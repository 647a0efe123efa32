"""The values that events are made of: texts, quantities, times, and names of things.

Each value checks its own bounds, so that whatever passes here is bounded everywhere below.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from aas_registry.domain.events import LotName, ReceiptStated
from aas_registry.domain.identifiers import matching_key, written_key
from aas_registry.domain.items import EARLIEST, LATEST, Name, Scheme, panel_position
from aas_registry.domain.passes import LARGEST_SEQUENCE
from aas_registry.domain.times import parse_time
from aas_registry.formats.events.lines import null_is_empty, read_lines

NEGATIVE = "quantity_negative"
LARGEST_QUANTITY = Decimal(10) ** 12
_MILLIONTHS = 6
_NAME_BYTES = 500
_MOST_DIGITS = 40
_DIGITS = re.compile(r"^[0-9]{1,12}(\.[0-9]+)?$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DESIGNATOR = re.compile(r"^[^\s\x00-\x20\x7f]+$")


class EventModel(BaseModel):
    """Base of everything in an event: unknown members are refused, JSON spells camelCase."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)


def _plain_text(text: str, info: ValidationInfo) -> str:
    _refuse_unseen(text, info)
    if _CONTROL.search(text) is not None or not text.strip():
        raise PydanticCustomError("text", "A text is blank or holds control characters.")
    # Two of these and more must fit a key of an index, which holds 2,700 bytes.
    if len(written_key(text).encode("utf-8", "surrogatepass")) > _NAME_BYTES:
        raise PydanticCustomError("text", "A text has more than 500 bytes in UTF-8.")
    return text


def _refuse_unseen(text: str, info: ValidationInfo) -> None:
    if text.strip() and info.context != ON_RECORD and not matching_key(text):
        shown = {"text": ascii(text)[1:-1][:100]}
        raise PydanticCustomError("text", "A name holds nothing that can be seen: {text}.", shown)


def _designator(text: str, info: ValidationInfo) -> str:
    _refuse_unseen(text, info)
    if _DESIGNATOR.fullmatch(text) is None:
        raise PydanticCustomError("designator", 'expected a designator without blanks, such as "R17"')
    return text


def _prose(text: str) -> str:
    if any(character < " " and character not in "\t\n\r" for character in text) or not text.strip():
        raise PydanticCustomError("text", "A text is blank or holds control characters.")
    return text


def _quantity(value: Any, info: ValidationInfo) -> Decimal:
    text = "" if isinstance(value, bool) else str(value)
    try:
        quantity = Decimal(text) if len(text) <= _MOST_DIGITS else Decimal("NaN")
    except InvalidOperation:
        quantity = Decimal("NaN")
    if quantity.is_nan():
        raise PydanticCustomError("quantity", "A quantity is a number of at most 40 characters.")
    if quantity < 0:
        raise PydanticCustomError(
            NEGATIVE, "A quantity is negative; to take a use back, send an event of type 'removed'."
        )
    if not quantity.is_finite() or quantity > LARGEST_QUANTITY:
        raise PydanticCustomError("quantity", "A quantity is at most 10^12.")
    if isinstance(value, str) and info.context != ON_RECORD and _DIGITS.fullmatch(value) is None:
        raise PydanticCustomError("quantity", 'A quantity as text is digits and a point: "12.5".')
    exponent = quantity.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _MILLIONTHS:
        raise PydanticCustomError("quantity", "A quantity has at most six decimal places.")
    return quantity


def _something(value: Any, info: ValidationInfo) -> Any:
    if info.context != ON_RECORD and value is not None and _quantity(value, info) == 0:
        raise PydanticCustomError("quantity", "A use is of more than nothing; what was not used is left out.")
    return value


ON_RECORD = "on record"
"""The context in which an event on record is read that would be refused today: what was taken stays taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an event is read.

    Attributes:
        most: Findings that are listed of lines that cannot be read.
        context: `ON_RECORD` where it was taken, and would be refused today.
    """

    most: int
    context: str | None = None


def read_time(text: Any, info: ValidationInfo) -> datetime:
    """Return a time with its offset.

    Raises:
        PydanticCustomError: No ISO 8601 time with an offset, or not from 1970 to 2099.
    """
    try:
        moment = _once_a_time(text) if info.context == ON_RECORD else parse_time(text)
    except (TypeError, ValueError):
        raise PydanticCustomError("time", "A time is written as ISO 8601, with its offset.") from None
    if moment.tzinfo is None:
        raise PydanticCustomError("time", "A time needs its offset from UTC, such as +01:00 or Z.")
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("time", "A time lies between 1970 and 2099.")
    return moment


def _once_a_time(text: Any) -> datetime:
    """Return a time as the door takes it, or as it took it once: in any form of ISO 8601."""
    try:
        return parse_time(text)
    except ValueError:
        return datetime.fromisoformat(text)


def zone_minutes(moment: datetime) -> int:
    """Return the offset from UTC in minutes."""
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


Text = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=256), AfterValidator(_plain_text)
]
LongText = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=2000), AfterValidator(_prose)
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(
        _quantity,
        json_schema_input_type=Annotated[float, Field(ge=0, le=1e12)]
        | Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$")],
    ),
]
UsedQuantity = Annotated[
    Quantity,
    BeforeValidator(
        _something,
        json_schema_input_type=Annotated[float, Field(gt=0, le=1e12)]
        | Annotated[str, Field(pattern=r"^(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,6})?$")],
    ),
]
Time = Annotated[
    datetime,
    BeforeValidator(
        read_time, json_schema_input_type=Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    ),
]
Sequence = Annotated[int, Field(strict=True, ge=1, le=LARGEST_SEQUENCE)]
Position = Annotated[int, Field(strict=True, ge=1, le=100_000)]
Designator = Annotated[
    str,
    StringConstraints(strict=True, max_length=64),
    AfterValidator(_designator),
    WithJsonSchema({"type": "string", "maxLength": 64, "pattern": _DESIGNATOR.pattern}),
]
_Designators = Annotated[list[Designator], Field(max_length=1000)]
Designators = Annotated[
    _Designators, BeforeValidator(null_is_empty, json_schema_input_type=_Designators | None)
]


class UnitName(EventModel):
    """A unit: by serial number, by its position on a panel, or a container by its label."""

    serial: Text | None = None
    issuer: Text | None = Field(None, description="Whose serial numbers these are, where they repeat.")
    panel: Text | None = None
    position: Position | None = None
    container: Text | None = Field(None, description="SSCC or other label of a carton or pallet.")

    def names(self) -> tuple[Name, ...]:
        """Return every name given, the one that leads first: a place before the number of its own panel."""
        return self._names

    @cached_property
    def _names(self) -> tuple[Name, ...]:
        found = []
        if self.serial is not None:
            found.append(Name(Scheme.SERIAL, self.serial, self.issuer or ""))
        if self.panel is not None and self.position is not None:
            place = panel_position(self.panel, self.position)
            found.insert(0 if self.has_number_of_panel else len(found), place)
        if self.container is not None:
            found.append(Name(Scheme.CONTAINER, self.container))
        return tuple(found)

    @property
    def has_number_of_panel(self) -> bool:
        """Whether the serial number is that of the panel on which it has its place."""
        if self.serial is None or self.panel is None:
            return False
        return matching_key(self.serial) == matching_key(self.panel)

    def given_anew(self) -> tuple[Name, ...]:
        """Return the names that are another one's where this unit's are: not the number of its panel."""
        if not self.has_number_of_panel:
            return self.names()
        return tuple(each for each in self.names() if each.scheme is not Scheme.SERIAL)

    @property
    def name(self) -> Name:
        """Return the name that leads."""
        return self.names()[0]

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.names() or (self.panel is None) != (self.position is None):
            raise PydanticCustomError(
                "unit", "A unit is named by 'serial', by 'panel' and 'position', or by 'container'."
            )
        return self


_NAMES_OF_UNITS = (
    ("serial", "issuer", "panel", "position"),
    ("serial", "issuer"),
    ("panel", "position"),
    ("container",),
)


def unit_of_unread(line: Any) -> tuple[Name, ...]:
    """Return the name of the unit of a line that cannot be read as a whole; none where it cannot, either."""
    given = serial_alone(line)
    for members in _NAMES_OF_UNITS if isinstance(given, dict) else ():
        try:
            return (UnitName.model_validate({each: given[each] for each in members if each in given}).name,)
        except ValidationError:
            continue
    return ()


class NewUnit(UnitName):
    """A unit that is created, with all its names and its place in the run."""

    sequence: Sequence | None = None


class _PackageName(EventModel):
    """A package, by its label."""

    id: Text
    issuer: Text | None = Field(None, description="Whose package labels these are, where they repeat.")

    @property
    def name(self) -> Name:
        """Return the package's name."""
        return Name(Scheme.PACKAGE, self.id, self.issuer or "")


def serial_alone(value: Any) -> Any:
    """Return the object that stands for a bare serial number."""
    return {"serial": value} if isinstance(value, str) else value


def id_alone(value: Any) -> Any:
    """Return the object that stands for a bare id."""
    return {"id": value} if isinstance(value, str) else value


UnitRef = Annotated[UnitName, BeforeValidator(serial_alone, json_schema_input_type=Text | UnitName)]
NewUnitRef = Annotated[NewUnit, BeforeValidator(serial_alone, json_schema_input_type=Text | NewUnit)]
PackageRef = Annotated[_PackageName, BeforeValidator(id_alone, json_schema_input_type=Text | _PackageName)]


class ReceiptRef(EventModel):
    """A line of a delivery note of one sender."""

    delivery_note: Text
    line: Text | None = None
    sender: Text | None = Field(None, alias="from", description="Code or name of the party that delivered.")

    @property
    def name(self) -> Name:
        """Return the receipt's name."""
        return receipt_name(self.delivery_note, self.line, self.sender)

    def stated(self) -> ReceiptStated:
        """Return what is said of a receipt by naming it."""
        return ReceiptStated(
            receipt=self.name,
            delivery_note=self.delivery_note,
            line=self.line,
            source=party_name(self.sender),
        )


class LotRef(EventModel):
    """A manufacturer's lot."""

    manufacturer: Text
    mpn: Text
    lot_code: Text

    @property
    def lot(self) -> LotName:
        """Return the lot as event facts name it."""
        return LotName(manufacturer=self.manufacturer, mpn=self.mpn, lot_code=self.lot_code)


_Lots = Annotated[list[LotRef], Field(max_length=100)]
Lots = Annotated[_Lots, WrapValidator(read_lines, json_schema_input_type=_Lots | None)]


def receipt_name(delivery_note: str, line: str | None, sender: str | None) -> Name:
    """Return the name of a line of a delivery note; its sender is the issuer."""
    value = delivery_note if line is None else f"{delivery_note} line {line}"
    return Name(Scheme.RECEIPT, value, sender or "")


def party_name(text: str | None) -> Name | None:
    """Return the name of a party that an event names by code or name."""
    return None if text is None else Name(Scheme.PARTY, text)


def station_name(text: str | None) -> Name | None:
    """Return the name of a station."""
    return None if text is None else Name(Scheme.STATION, text)
