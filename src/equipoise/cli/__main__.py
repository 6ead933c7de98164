"""`python -m equipoise.cli` is the `equipoise` command."""

from equipoise.cli import main

main()
