"""Numbers of many rows as one text: much faster to take over than a row for each."""

from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def gathered(numbers: ColumnElement[int]) -> FunctionElement[str]:
    """Return the numbers of a group of rows as one text; `numbers_of` it are they."""
    return _Gathered(numbers)


def numbers_of(text: str) -> list[int]:
    """Return the numbers that were `gathered`, in no order."""
    numbers: list[int] = orjson.loads(text)
    return numbers


class _Gathered(FunctionElement[str]):
    inherit_cache = True
    type = Text()


@compiles(_Gathered, "sqlite")
def _json_group_array(numbers: _Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array({compiler.process(numbers.clauses, **options)})"


@compiles(_Gathered, "postgresql")
def _json_agg(numbers: _Gathered, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(numbers.clauses, **options)}) AS TEXT)"
