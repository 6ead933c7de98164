"""The installation: its folder, its accounts, its trials, each on a ledger of its own.  No rules.

Nothing here imports Django at import; `equipoise.store.models` needs a configured Django.
"""

from equipoise.store.installation import Installation, create_installation, open_installation

__all__ = ["Installation", "create_installation", "open_installation"]
