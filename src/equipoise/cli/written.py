"""What a report's writer has to say: where the report lies, and the trial in a few lines."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Written:
    """The report's files, what to say on the screen, and the command that checks the list (none while masked)."""

    pdf: Path
    html: Path
    lines: tuple[tuple[str, str], ...]
    command: str
    synthetic: bool


def tell(written: Written, console: "Console") -> None:
    """Print the lines, and where the report lies."""
    if written.synthetic:
        console.print("[bold yellow]SYNTHETIC[/]  No number below was observed in a person.\n")
    for label, text in written.lines:
        console.print(f"  [dim]{label:<13}[/] {text}", soft_wrap=True)
    console.print()
    console.print(f"  [dim]{'Report':<13}[/] [bold]{written.pdf}[/]", soft_wrap=True)
    console.print(f"  [dim]{'':<13}[/] {written.html}", soft_wrap=True)
    if written.command:
        console.print(f"  [dim]{'Check it':<13}[/] {written.command}", soft_wrap=True)
