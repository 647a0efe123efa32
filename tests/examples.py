"""With how many examples a property is tried: `make check` tries what is written beside it.

`make test` tries a fifth of that, `make night` fifty times as many, `make plants` twenty times.

No example has a deadline: what a test proves does not depend on who else uses the machine.
"""

from hypothesis import HealthCheck, settings

_BY_DAY = 100
_TIMES_AT_NIGHT = 50
_TIMES_FOR_PLANTS = 20


def register_profiles() -> None:
    """Make ``day`` the profile of every run; ``--hypothesis-profile`` chooses ``quick``, ``plants`` or ``night``."""
    # That data is slow to make is a fact about the machine, too.
    untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("quick", untimed, max_examples=_BY_DAY // 5)
    settings.register_profile("day", untimed, max_examples=_BY_DAY)
    settings.register_profile(
        "night", untimed, max_examples=_BY_DAY * _TIMES_AT_NIGHT, derandomize=False, print_blob=True
    )
    settings.register_profile(
        "plants", untimed, max_examples=_BY_DAY * _TIMES_FOR_PLANTS, derandomize=False, print_blob=True
    )
    settings.load_profile("day")


def examples(count: int) -> settings:
    """Return settings of so many examples by day, and of as many times more as the profile has."""
    return settings(max_examples=max(1, count * settings.default.max_examples // _BY_DAY))


def is_by_day() -> bool:
    """Return whether the same examples are tried each time, so that whoever changed nothing sees no change."""
    return settings.default.max_examples <= _BY_DAY
