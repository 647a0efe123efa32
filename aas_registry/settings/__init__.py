"""Every setting, once: its name, unit, default and meaning.

A setting is read from the environment variable ``AAS_REGISTRY_`` + its name in
upper case. ``docs/settings.md`` lists them, and a test compares the two.
"""

import os
from collections.abc import Mapping

from pydantic import Field, ValidationError, field_validator

from aas_registry.domain.client_address import parse_networks
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConfigurationError
from aas_registry.domain.limits import Limits
from aas_registry.settings.input_bounds import InputBounds
from aas_registry.settings.place import ServerPlace

PREFIX = "AAS_REGISTRY_"
_MIB = 1024 * 1024


class Settings(InputBounds, ServerPlace):
    """The settings of one running registry."""

    # answers
    question_things: int = Field(
        100, ge=1, description="Lots, packages and other things that one where-used question may be about."
    )
    page_rows: int = Field(1000, ge=1, description="Rows: largest page; the default page has 100.")
    explained_rows: int = Field(100, ge=1, description="Rows: largest page of an answer with `explain=true`.")
    report_rows: int = Field(
        100_000, ge=1, description="Rows: most in one report; more is refused, never cut."
    )
    export_identifiables: int = Field(
        20_000, ge=1, description="Shells, submodels and concept descriptions: most in one export."
    )
    export_bytes: int = Field(
        4096 * _MIB, ge=1, description="Bytes: most that the files of one export have together."
    )

    question_timeout_s: float = Field(
        30.0, gt=0, le=86_400, description="Seconds that a page or a request to an API may take."
    )
    report_timeout_s: float = Field(
        300.0, gt=0, le=86_400, description="Seconds that the making of a report may take."
    )
    export_timeout_s: float = Field(
        600.0, gt=0, le=86_400, description="Seconds that an export may take until its first byte is sent."
    )
    upload_timeout_s: float = Field(
        3600.0,
        gt=0,
        le=86_400,
        description="Seconds that an upload, a list, AAS documents or a request with events may take.",
    )

    clock_tolerance_s: float = Field(
        60.0,
        ge=1,
        le=86_400,
        description="Seconds by which the clock may be set, or be behind the last recording, unconfirmed.",
    )
    token_cache_s: float = Field(
        2.0, ge=0, le=5, description="Seconds a worker may go on trusting a token it checked."
    )
    token_days: int = Field(365, ge=1, description="Days: default life of a token.")
    session_hours: int = Field(12, ge=1, description="Hours after which a login in the browser ends.")
    user_sessions: int = Field(
        100, ge=1, description="Sessions: most that are kept of one user, ended ones too; the oldest go."
    )
    login_attempts_per_minute: int = Field(
        10,
        ge=1,
        description="Failed logins per minute of one account, whoever tries; devices and addresses that"
        " logged in to it before count apart, each for itself.",
    )
    login_attempts_per_address: int = Field(
        60,
        ge=1,
        description="Failed logins per minute from one address (IPv6: from one network of 64 bits), whatever"
        " the name.",
    )
    login_memory_days: int = Field(
        90, ge=1, description="Days for which a device or address is known to have logged in to an account."
    )
    login_checks: int = Field(
        2,
        ge=1,
        description="Passwords: most that a worker checks at once for devices and addresses that the account"
        " does not know; as many again for those it knows.",
    )
    login_wait_s: float = Field(
        20.0,
        ge=0,
        le=600,
        description="Seconds that a login waits for its turn where more log in than passwords are checked"
        " at once.",
    )
    proxies: str = Field(
        "",
        max_length=4096,
        description="Addresses and networks of trusted proxies, with commas; only what comes from these may"
        " say in X-Forwarded-For, -Proto and -Host who asks and how.",
    )
    orphan_file_hours: float = Field(
        24.0,
        ge=0,
        description="Hours after which a stored file that no row names is swept at start.",
    )
    database_pool: int = Field(5, ge=1, description="Connections: kept per worker on PostgreSQL.")
    busy_timeout_s: float = Field(
        30.0,
        gt=0,
        description="Seconds to wait for a site's write lock, or for a connection to the database.",
    )

    @field_validator("proxies")
    @classmethod
    def refuse_what_is_no_network(cls, value: str) -> str:
        """Refuse a list that holds something else than addresses and networks."""
        parse_networks(value)
        return value

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Raises:
            ConfigurationError: A variable has a value that its setting cannot take, or an
                ``AAS_REGISTRY_`` variable names no setting.
        """
        variables = os.environ if environment is None else environment
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in variables.items()
            if name.startswith(PREFIX)
        }
        try:
            return cls.model_validate(given)
        except ValidationError as cause:
            wrong = "; ".join(
                f"{PREFIX}{'.'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
                for problem in cause.errors()
            )
            raise ConfigurationError(wrong, code=Code.SETTING_INVALID) from cause

    @property
    def limits(self) -> Limits:
        """Return the bounds on input, as the rooms below take them."""
        return Limits(**{name: getattr(self, name) for name in Limits.__slots__})
