"""Statements that are put together once for each shape of a question, and asked with its values.

To put a large statement together costs several times what a database needs to answer it for one unit.
What a question is about (whose, which unit, as of when) are parameters of it; only whether it has a
customer, or an earlier time of recording, makes it another statement.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, Generic, ParamSpec, TypeVar

from sqlalchemy import BigInteger, Connection, CursorResult, Executable, Text, bindparam
from sqlalchemy.types import TypeEngine

from aas_registry.domain.genealogy import Moment
from aas_registry.domain.principals import Scope
from aas_registry.storage.column_types import Instant

_MOST_SHAPES = 128
_TYPES: dict[type, type[TypeEngine[Any]]] = {int: BigInteger, str: Text, datetime: Instant}

Arguments = ParamSpec("Arguments")
Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Built]):
    """What was built, and the values that it is asked with.

    Attributes:
        built: A statement, or what holds several.
        values: The parameters by name.
    """

    built: Built
    values: Mapping[str, Any]

    def ask(
        self, connection: Connection, statement: Executable | None = None, **more: Any
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute what was built, or a statement of it, with further values by name."""
        chosen = self.built if statement is None else statement
        assert isinstance(chosen, Executable)
        return connection.execute(chosen, {**self.values, **more})


def prepared(build: Callable[Arguments, Built]) -> Callable[Arguments, Prepared[Built]]:
    """Let a function build once for each shape of its arguments.

    Its positional arguments are values: it is called with parameters in their place (a scope, a moment
    of parameters), and must not look at them, save whether they are None. By keyword it is told what the
    statement looks like: each of these values has a statement of its own.

    Args:
        build: Puts a statement together. Nothing but its arguments may decide how it looks.
    """
    names = tuple(
        each.name
        for each in inspect.signature(build).parameters.values()
        if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    )

    @lru_cache(maxsize=_MOST_SHAPES)
    def built(shapes: tuple[_Shape, ...], **structure: Any) -> Built:
        places = (shape.place(name) for name, shape in zip(names, shapes, strict=True))
        return build(*places, **structure)

    @wraps(build)
    def prepare(*arguments: Arguments.args, **structure: Arguments.kwargs) -> Prepared[Built]:
        shapes, values = [], {}
        for name, argument in zip(names, arguments, strict=True):
            shapes.append(_Shape.of(argument))
            values.update(_values(name, argument))
        form: dict[str, Any] = structure  # hashable, every one of it
        return Prepared(built(tuple(shapes), **form), values)

    return prepare


@dataclass(frozen=True, slots=True)
class _Shape:
    """What kind of a value stands there, and which of its members are said."""

    kind: type
    said: tuple[bool, ...] = ()
    is_several: bool = False

    @classmethod
    def of(cls, value: object) -> "_Shape":
        if isinstance(value, Scope):
            return cls(Scope, (value.party is not None, value.customer is not None))
        if isinstance(value, Moment):
            return cls(Moment, (value.recorded_as_of is not None,))
        if isinstance(value, list):
            return cls(type(value[0]) if value else int, is_several=True)
        return cls(type(value))

    def place(self, name: str) -> Any:
        """Return what stands in the statement for the value of an argument."""
        if self.kind is Scope:
            party, customer = (
                _bound(f"{name}_{member}", int) if is_said else None
                for member, is_said in zip(("party", "customer"), self.said, strict=True)
            )
            return Scope(_bound(f"{name}_site", str), party, customer)
        if self.kind is Moment:
            at = _bound(f"{name}_recorded_as_of", datetime) if self.said[0] else None
            return Moment(as_of=_bound(f"{name}_as_of", datetime), recorded_as_of=at)
        return None if self.kind is type(None) else _bound(name, self.kind, is_several=self.is_several)


def _bound(name: str, kind: type, *, is_several: bool = False) -> Any:
    return bindparam(name, type_=_TYPES[kind], expanding=is_several)


def _values(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Scope):
        return {f"{name}_{member}": getattr(value, member) for member in ("site", "party", "customer")}
    if isinstance(value, Moment):
        return {f"{name}_{member}": getattr(value, member) for member in ("as_of", "recorded_as_of")}
    return {name: value}
