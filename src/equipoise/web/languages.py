"""The texts of the site: `python -m equipoise.web.languages` brings its catalogue up to date, compiles it, and names
what is not translated yet.

Two kinds of text are found: what pages say (templates and `gettext` calls), and what the rules say to people (every
`Refusal` of the rooms).
"""

from pathlib import Path

from django.utils.translation.template import templatize

from equipoise.vocabulary.source_texts import Source

_WEB = Path(__file__).parent
_HOUSE = _WEB.parent
SITE = Source(
    locale=_WEB / "locale",
    pages=(_WEB, _HOUSE / "store"),
    rules=(  # what can refuse a person on a page
        _HOUSE / "vocabulary" / "quantity.py",
        _HOUSE / "ledger" / "book.py",
        _HOUSE / "allocation" / "randomise.py",
        _HOUSE / "conduct",
        _HOUSE / "safety",
        _HOUSE / "closure",
    ),
    templatize=templatize,
)


if __name__ == "__main__":
    raise SystemExit(SITE.report())
