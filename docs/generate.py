"""Write what is generated from the code: the reference pages and the published schema.

With `--check`, write nothing, name what is out of date, and end with status 1 if anything is.
"""

import sys
from pathlib import Path

from equipoise.protocol.reference_page import study_yaml_page
from equipoise.protocol.study_schema import SCHEMA_FILE, study_schema_text

REFERENCE = Path(__file__).parent / "reference"


def generated() -> dict[Path, str]:
    """Give every generated file with the text that it should hold."""
    return {SCHEMA_FILE: study_schema_text(), REFERENCE / "study-yaml.md": study_yaml_page()}


def main(arguments: list[str]) -> int:
    """Write every generated file, or check that each is current."""
    stale = [
        path for path, text in generated().items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        for path in stale:
            print(f"{path} is out of date: run `make docs`.", file=sys.stderr)  # noqa: T201  # a script for a terminal
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(generated()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
