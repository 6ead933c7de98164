"""The `equipoise` command.  Nothing is imported here: a process that a command starts passes through here too."""


def main() -> None:
    """Run the command line."""
    from equipoise.cli.app import main as run  # as above

    run()
