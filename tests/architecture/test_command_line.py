"""The commands answer at once: they import nothing that what is asked does not need."""

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


def test_a_design_is_examined_without_the_rooms_of_a_running_trial() -> None:
    """Nor with what its report needs: a second process loads that in the meantime."""
    code = "import sys, equipoise.cli.design, equipoise.cli.designing\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = [f"equipoise.{room}" for room in ("conduct", "closure", "safety", "registration", "reporting")]
    assert not [name for name in (*rooms, "matplotlib", "typst") if name in loaded]


def test_a_design_is_written_without_the_rooms_that_simulate_or_run_a_trial() -> None:
    """The process that writes gets ready while the other one simulates, on the same two cores."""
    code = "import sys, equipoise.cli.design_writing\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    rooms = [f"equipoise.{room}" for room in ("analysis", "conduct", "closure", "safety", "registration")]
    assert not [name for name in (*rooms, "scipy", "numba") if name in loaded]


def test_a_command_that_ends_looks_through_nothing() -> None:
    """A cycle that is left at the end stays uncollected; Python as it is would walk over all that was loaded."""
    code = (
        "import gc, sys\n"
        "from equipoise.cli.collector import spare_collector\n"
        "class Left:\n    def __del__(self):\n        print('collected')\n"
        "left = Left()\nleft.itself = left\n"
        "if sys.argv[1] == 'spared':\n    spare_collector()\n"
        "del left"
    )

    def end(how: str) -> str:
        return subprocess.run([sys.executable, "-c", code, how], capture_output=True, text=True, check=True).stdout

    assert end("spared") == ""
    assert end("as it is") == "collected\n"


def test_a_vault_starts_without_what_few_of_its_verbs_need() -> None:
    """Printing, statistics, pages and the study's file bring their own; every rehearsal starts a vault."""
    code = "import sys, equipoise_vault.command; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"jinja2", "numpy", "django", "waitress", "pydantic", "ruamel"} & set(run.stdout.split())
