"""The demo's own folder beside the registry's data: what must survive a restart."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Places below ``demo/`` of the data folder."""

    place: Path

    @classmethod
    def of(cls, data_dir: Path) -> "DemoFolder":
        """Return the demo's folder of a data folder."""
        return cls(data_dir / "demo")

    @property
    def authorities(self) -> Path:
        """Return the folder of the suppliers' CAs."""
        return self.place / "authorities"

    @property
    def packages(self) -> Path:
        """Return the folder of AAS packages, one folder for each uploader."""
        return self.place / "packages"

    @property
    def to_upload(self) -> Path:
        """Return the folder with the package that the visitor uploads."""
        return self.place / "to-upload"

    @property
    def report(self) -> Path:
        """Return the bundle of the report about the cracked-capacitor lot."""
        return self.place / "trace-report.zip"

    @property
    def server_log(self) -> Path:
        """Return what the server wrote since it was started."""
        return self.place / "server.log"

    def read(self, name: str) -> dict[str, Any]:
        """Return a small JSON file of the folder; empty where there is none."""
        try:
            found: dict[str, Any] = json.loads((self.place / name).read_bytes())
        except FileNotFoundError:
            return {}
        return found

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Write a small JSON file, whole or not at all, readable by its owner only."""
        self.place.mkdir(parents=True, exist_ok=True)
        made = self.place / f".{name}"
        made.touch(mode=0o600)
        made.write_text(json.dumps(content, indent=2), encoding="utf-8")
        made.replace(self.place / name)
