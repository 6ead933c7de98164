"""The `equipoise` command.  Nothing is imported here that a `--help` does not need."""

from equipoise.cli.app import main

__all__ = ["main"]
