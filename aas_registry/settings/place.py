"""Where a registry lives, how it is reached, and what it takes of a connection."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ServerPlace(BaseModel):
    """Folders, addresses, secrets, and how long a connection may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data"), description="Folder of files, keys and the SQLite database.")
    shared_data_dir: bool = Field(
        default=False,
        description="Serve although others may read or write the data folder, or own it; files in it are"
        " made for this user alone all the same.",
    )
    database_url: str = Field(
        "", repr=False, description="SQLAlchemy or libpq URL of PostgreSQL; empty: SQLite in the data folder."
    )
    site: str = Field(
        "plant-1",
        min_length=1,
        max_length=64,
        description="Site of local commands and new tokens; people log in to this site of the database.",
    )
    base_url: str = Field(
        "http://127.0.0.1:8080",
        description="Address under which people reach the server; stands in reports.",
    )
    auth: Literal["token", "none"] = Field(
        "token",
        description="`none` makes everyone administrator; the server then binds to loopback only.",
    )
    demo: bool = Field(
        default=False,
        description="For invented data: each page says so, the login page shows users and passwords of the"
        " seeded plant, the start page its stories, and `serve` binds to loopback only. `aas-registry demo`"
        " sets it; production must not.",
    )
    secret_key: str = Field(
        "",
        repr=False,
        description="Secret of cookies and cursors, 32 random characters or more; empty: made once, kept in"
        " `session.secret` in the data folder.",
    )
    key_passphrase: str = Field(
        "",
        repr=False,
        description="Passphrase of the signing keys; empty: read from `keys/passphrase` in the data folder.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least level that is logged."
    )

    metrics_dir: str = Field(
        "",
        description="Folder that the workers share for their counters (PROMETHEUS_MULTIPROC_DIR);"
        " empty: one worker.",
    )

    # the connection
    head_timeout_s: float = Field(
        30.0,
        gt=0,
        description="Seconds: longest until the head of a request is there, and an unused connection stays.",
    )
    body_timeout_s: float = Field(
        30.0,
        gt=0,
        description="Seconds in each of which spans a client must send, or take, its part of a body.",
    )
    body_min_bytes_per_s: float = Field(
        1024.0,
        gt=0,
        description="Bytes per second: least that it must send or take, by the mean of such a span.",
    )
