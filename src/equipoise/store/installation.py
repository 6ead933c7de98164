"""An installation is one folder: the site's own database, the trials with their ledgers, the sealed room's folder."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from equipoise.vocabulary import Refusal

_FILE = "installation.json"
SECRET_BYTES = 48
SERVER_SETTING = "EQUIPOISE_DATABASE"
"""The one setting of the environment: a PostgreSQL server instead of files."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where things lie.  `is_synthetic` holds for ever: such a site has demonstration accounts and no real trial.

    `server` is the address of a PostgreSQL server, or empty: then everything lies in the folder.
    """

    folder: Path
    secret_key: str = field(repr=False)
    is_synthetic: bool
    server: str = field(default="", repr=False)

    @property
    def database(self) -> Path:
        return self.folder / "site.sqlite3"

    @property
    def trials(self) -> Path:
        return self.folder / "trials"

    def trial_folder(self, slug: str) -> Path:
        """The folder of one trial: its study definition, its ledger, its scans and attachments."""
        return self.trials / slug

    def vault_folder(self, slug: str) -> Path:
        """The folder of one trial's sealed room, which is that room's own."""
        return self.folder / "vaults" / slug


def create_installation(folder: Path, *, secret: bytes, is_synthetic: bool = False) -> Installation:
    """Make the folder of a new installation.  Raises `Refusal` where there is one already."""
    if (folder / _FILE).exists():
        raise Refusal("SITE-EXISTS", f"{folder} holds an installation already.", "Serve it, or name another folder.")
    assert len(secret) >= SECRET_BYTES, "the key that signs sessions is long"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trials").mkdir(exist_ok=True)
    document = {"secret_key": secret.hex(), "synthetic": is_synthetic}
    _write_private(folder / _FILE, json.dumps(document, indent=1) + "\n")
    return open_installation(folder)


def open_installation(folder: Path) -> Installation:
    """Read where an installation lies.  Raises `Refusal` where there is none, or where it cannot be read."""
    try:
        document = json.loads((folder / _FILE).read_text("utf-8"))
        server = os.environ.get(SERVER_SETTING, "")
        return Installation(folder.resolve(), str(document["secret_key"]), bool(document["synthetic"]), server)
    except FileNotFoundError:
        raise Refusal("SITE-FOLDER", f"{folder} holds no installation.", "Name the folder of one.") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise Refusal("SITE-FOLDER", f"{folder / _FILE} cannot be read.", "Restore it from a copy.") from None


def is_installation(folder: Path) -> bool:
    return (folder / _FILE).is_file()


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")
