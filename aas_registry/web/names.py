"""Names in requests: codes, part numbers, delivery notes and serial numbers."""

from typing import Annotated

from pydantic import AfterValidator

from aas_registry.domain.identifiers import matching_key


def _refuse_unseen(value: str) -> str:
    if not matching_key(value):
        raise ValueError("the text holds nothing that can be seen")
    return value


NameText = Annotated[str, AfterValidator(_refuse_unseen)]
"""A text by which something is compared: it holds something that can be seen."""
