"""Lines of events that could not be read: what can be said of them all the same.

Source:
    docs/semantics.md, 3 and 9.5.
"""

from dataclasses import dataclass

from aas_registry.domain.items import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUnread:
    """A line could not be read.

    Attributes:
        brings: It says that material went somewhere.
        package: Of which that is, where that could be read.
        units: Those that it names.
        run: The run that it is about.
        station: The station that it says was set up.
        slot: Which slot of it; None where that could not be read.
        passes: It says that units passed, or completed, that run; without one, any.
    """

    brings: bool = True
    package: Name | None = None
    units: tuple[Name, ...] = ()
    run: Name | None = None
    station: Name | None = None
    slot: str | None = None
    passes: bool = False
