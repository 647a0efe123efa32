"""What a visitor of the demo is told: how far the plant is filled, who may log in, what to look for.

The seeding writes it into the demo's folder, in a process of its own; the pages read it there.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

from aas_registry.domain.identifiers import Site
from aas_registry.services.registry import Registry
from aas_registry.storage import access as access_table
from aas_registry.trust.secrets import password_matches

_FILE = Path("demo") / "visit.json"
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A user of the demo, with the password that everybody may know; None where it is another now."""

    name: str
    password: str | None
    role: str


@dataclass(frozen=True, slots=True)
class DemoStory:
    """Something that happened in the seeded plant.

    Attributes:
        kind: A stable word, which the pages say in the reader's language.
        sentence: The same in English.
        identifier: What to type into the search box.
    """

    kind: str
    sentence: str
    identifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVisit:
    """What there is to see.

    Attributes:
        percent: How much of the plant is seeded; 100 only where all of it is.
    """

    percent: int
    logins: tuple[DemoLogin, ...] = ()
    stories: tuple[DemoStory, ...] = ()

    @property
    def is_filling(self) -> bool:
        """Return whether something is still missing."""
        return self.percent < _WHOLE


def read_visit(registry: Registry) -> DemoVisit | None:
    """Return what a visitor is told; None where this is no demo, or nothing was begun."""
    if not registry.settings.demo:
        return None
    try:
        told = json.loads((registry.settings.data_dir / _FILE).read_bytes())
        return DemoVisit(
            percent=int(told["percent"]),
            logins=tuple(DemoLogin(**each) for each in told["logins"]),
            stories=tuple(DemoStory(**each) for each in told["stories"]),
        )
    except (OSError, ValueError, KeyError, TypeError):  # a file of another version, or none yet
        return None


def true_logins(registry: Registry, logins: Iterable[DemoLogin]) -> tuple[DemoLogin, ...]:
    """Return logins, without the passwords of those with which nobody can log in any more.

    A user who is not there yet will be made with the password that is told.
    """
    site = Site(registry.settings.site)
    with registry.read() as connection:
        now = registry.clock_reading(connection, site).relied_on
        users = [(each, access_table.find_user(connection, site, each.name)) for each in logins]
    return tuple(
        each
        if user is None or (user.is_valid(now) and _matches(each.password, user.password_hash))
        else replace(each, password=None)
        for each, user in users
    )


@lru_cache(maxsize=64)  # to check one takes as long as a login
def _matches(password: str | None, stored: str) -> bool:
    return password is not None and password_matches(password, stored)


def write_visit(data_dir: Path, visit: DemoVisit) -> None:
    """Write what a visitor is told, whole or not at all, readable by its owner only."""
    place = data_dir / _FILE
    place.parent.mkdir(parents=True, exist_ok=True)
    made = place.with_name(f".{place.name}")
    made.touch(mode=0o600)
    made.write_text(json.dumps(asdict(visit)), encoding="utf-8")
    made.replace(place)
