"""Routes whose addresses are compiled once per session, not once per application.

Nearly every test makes an application of its own, of more than a hundred routes. What compiles is
the function that builds an address, and it depends on nothing but the text of the route.
"""

from collections.abc import Callable
from typing import ClassVar

from werkzeug.routing import Rule


class CompiledRoute(Rule):
    """A route that finds its compiled functions where another application left them."""

    _compiled: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._compiled:
            self._compiled[key] = super()._compile_builder(append_unknown)
        return self._compiled[key]
