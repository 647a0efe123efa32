"""Examples of answers, put together from those of their members."""

from typing import Any

Json = dict[str, Any]

_PREFIX = "#/components/schemas/"


def example_of(schema: Json, components: Json) -> Any:
    """Return the example of a schema: its own where it has one, else of its members.

    Args:
        schema: A schema as `describe` writes them.
        components: The schemas that it refers to, by name.

    Raises:
        LookupError: A text or a number in it has no example.
    """
    match schema:
        case {"examples": [first, *_]} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"$ref": reference}:
            return example_of(components[reference.removeprefix(_PREFIX)], components)
        case {"anyOf": [first, *_]}:
            return example_of(first, components)
        case {"type": "object", "properties": members}:
            shown = {*schema.get("required", ()), *(each for each in members if "examples" in members[each])}
            return {name: example_of(each, components) for name, each in members.items() if name in shown}
        case {"type": "array", "items": row}:
            return [example_of(row, components)]
        case {"type": "boolean"}:
            return False
    raise LookupError(f"There is no example: {schema}")
