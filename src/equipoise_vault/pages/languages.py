"""The texts of the vault's pages: `python -m equipoise_vault.pages.languages` brings the catalogue up to date, compiles
it, and names what is not translated yet.  What the vault refuses and finds is translated where a page shows it: the
keeper speaks English and knows no languages.
"""

from pathlib import Path

from django.utils.translation.template import templatize

from equipoise import allocation
from equipoise.vocabulary.source_texts import Source

_PAGES = Path(__file__).parent
_VAULT = _PAGES.parent
_ANSWERING = (
    *("ceremony", "counter", "envelope", "gate", "notices", "opening", "paper", "reauthentication", "release"),
    *("request", "room", "sealed_record", "shares"),
)
"""The modules whose refusals reach a page; the others speak to whoever starts the vault, or to the masked server."""
VAULT = Source(
    locale=_PAGES / "locale",
    pages=(_PAGES,),
    rules=(
        *(_VAULT / f"{module}.py" for module in _ANSWERING),
        _VAULT / "committee",
        _VAULT / "pharmacy",
        Path(allocation.__file__).with_name("predictability.py"),
    ),
    templatize=templatize,
)


if __name__ == "__main__":
    raise SystemExit(VAULT.report())
