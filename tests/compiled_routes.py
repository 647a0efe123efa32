"""Routes whose addresses are compiled once per session, not once per application.

Nearly every test makes an application of its own, of more than a hundred routes. What is compiled, the
parts of an address and the function that builds it, depends on nothing but the text of the route.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from werkzeug.routing import Rule


class CompiledRoute(Rule):
    """A route that finds what was compiled where another application left it."""

    _read: ClassVar[dict[tuple[object, ...], tuple[Any, ...]]] = {}
    _builders: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def compile(self) -> None:
        """Take the parts of the address as they were read for another application, or read them."""
        key = (self.rule, self.subdomain, self.host, self.merge_slashes)
        if key not in self._read:
            super().compile()
            self._read[key] = (self._parts, self._trace, self._converters)
            return
        self._parts, self._trace, self._converters = self._read[key]
        self.arguments.update(self._converters)
        self._build = self._compile_builder(append_unknown=False).__get__(self, None)
        self._build_unknown = self._compile_builder(append_unknown=True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]
