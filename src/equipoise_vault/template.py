"""The vault's printed pages: every text that goes into one is escaped, and a text that is missing is an error."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def template(name: str) -> "Template":
    """The template of this package at `name`, a path from its root."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  # for who prints, not for every start

    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(files("equipoise_vault").joinpath(name).read_text("utf-8"))
