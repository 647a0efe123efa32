"""What every form of an answer is made of: its members, pages of rows, and files.

A route names the form of its answer once (``gives``); `web.openapi` writes schema and example
from it, and the tests hold every answer that they get against it. Nothing is rendered by these
models, so an answer costs nothing more.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

Row = TypeVar("Row")

TIME = "2026-03-16T08:00:00.000001+00:00"
"""A time, in examples."""

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""A digest, in examples."""

YES = True
"""What is so, in examples."""

FindingJson = Annotated[dict[str, Any], WithJsonSchema({"$ref": "#/components/schemas/Finding"})]
"""Something that was noticed, in the form that errors tell it too."""


class AnswerModel(BaseModel):
    """Base of the form of an answer: it has these members and no others.

    A member with the default None is absent where there is nothing to say; any other is
    always there, and null where it may be and nothing is known.
    """

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema, in which what may be absent is never null."""
        schema = handler(core_schema)
        made = handler.resolve_ref_schema(schema)
        for name, member in made.get("properties", {}).items():
            made["properties"][name] = absent_not_null(member) if "default" in member else member
            made["properties"][name].pop("title", None)
        return schema


def shown(description: str, *examples: Any) -> Any:
    """Return a member that is always there: what it says, with its unit, and an example of it."""
    return Field(description=description, examples=list(examples) or None)


def absent(description: str, *examples: Any) -> Any:
    """Return a member that is there only where there is something to say; examples show it there."""
    return Field(None, description=description, examples=list(examples) or None)


def absent_not_null(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of what is absent, not null, where there is none."""
    kept = {key: value for key, value in schema.items() if key != "title"}
    if kept.get("default", ...) is None:
        del kept["default"]
    if "anyOf" in kept:
        others = [each for each in kept.pop("anyOf") if each != {"type": "null"}]
        kept |= others[0] if len(others) == 1 else {"anyOf": others}
    return kept


class PagingJson(AnswerModel):
    """The place of a page in its list."""

    cursor: str | None = Field(None, description="To be given for the next page; absent on the last.")


class Page(AnswerModel, Generic[Row]):
    """One page of a list."""

    paging_metadata: PagingJson = Field(alias="paging_metadata", description="Where the next page begins.")
    result: list[Row] = shown("The rows of this page, in the order of the list.")


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """An answer that is no JSON value.

    Attributes:
        media_type: Its media type; ``*/*`` where the file decides.
        description: What it is.
        example: A short one where it is text; None where it is bytes, which no example can hold.
    """

    media_type: str
    description: str
    example: str | None = None


Gives = type[BaseModel] | FileAnswer
"""What an operation may give."""

ANY_FILE = FileAnswer("*/*", "The very bytes that were sent, of the media type that was said of them.")
HTML_PAGE = FileAnswer("text/html", "A page for people.", '<!doctype html>\n<html lang="en">…</html>\n')
