"""`equipoise --help` answers at once: it imports nothing that a help text does not need."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "numba", "matplotlib", "pydantic", "rich.progress", "typst", "cryptography")
HEAVY += ("django", "psycopg", "ruamel", "yaml")


def modules_after(*arguments: str) -> set[str]:
    code = (
        "import sys\n"
        "from equipoise.cli import main\n"
        f"sys.argv = ['equipoise', {', '.join(map(repr, arguments))}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('MODULES', *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split("MODULES", 1)[1].split())


def test_help_imports_no_room() -> None:
    loaded = modules_after("--help")
    assert not [name for name in HEAVY if name in loaded]
    assert not [name for name in loaded if name.startswith("equipoise.") and not name.startswith("equipoise.cli")]
