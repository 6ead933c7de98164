"""`python -m equipoise.cli` is the `equipoise` command."""

from equipoise.cli.app import main

main()
