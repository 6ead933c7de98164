"""Write what is generated from the code: the reference pages and the published schema.  Tests compare them."""

from pathlib import Path

from equipoise.protocol.reference_page import study_yaml_page
from equipoise.protocol.study_schema import SCHEMA_FILE, study_schema_text

REFERENCE = Path(__file__).parent / "reference"


def main() -> None:
    """Write every generated file."""
    REFERENCE.mkdir(exist_ok=True)
    SCHEMA_FILE.write_text(study_schema_text(), encoding="utf-8")
    (REFERENCE / "study-yaml.md").write_text(study_yaml_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
