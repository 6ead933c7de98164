"""The commands, their options and their help.  Each command imports what it runs when it runs."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from equipoise import __version__
from equipoise.cli.collector import spare_collector

if TYPE_CHECKING:
    from equipoise.vocabulary import Refusal

app = typer.Typer(
    name="equipoise",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help prints in half the time, and survives every terminal
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""One randomised, masked trial as one object: from the registry record to a report that anyone can check.

\b
  equipoise check NCT05921058      judge a registry record, or a study definition
  equipoise new RECORD --out DIR   draft a study definition from a record
  equipoise diff A B               say in words what an amendment changes
  equipoise design NCT05921058     know what the trial can find, and what its plan would claim
  equipoise power t --effect 0.5   ask for a size, a power, an effect or a level, by formula
  equipoise rehearse NCT05921058   play the whole trial on synthetic participants, and report it
  equipoise report DIR             write the report of a trial from its ledger
  equipoise verify DIR             prove that nothing was changed since it was written
  equipoise trace DIR NUMBER       go from a number of the report back to the entries behind it
  equipoise forensics FILE         check the numbers of a published table against arithmetic

A RECORD is a file: the page text, the JSON or the XML of a registration.  A STUDY is the name of a shipped study, a
folder, or its study.yaml.""",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"equipoise {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = (
        False
    ),
) -> None:
    """Options that belong to no command."""


Format = Annotated[str, typer.Option("--format", help="text for people, json for machines.", metavar="text|json")]


@app.command()
def check(
    document: Annotated[str, typer.Argument(help="A registry record or a study definition.", metavar="RECORD|STUDY")],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to judge on, for rules that depend on it.")
    ] = None,
    output_format: Format = "text",
) -> None:
    """Judge a registry record or a study definition.

    Findings are grouped by how much they weigh, each with the words that clash and a way to mend them.  The exit
    status is 1 if a finding is an error, and 2 if the file cannot be read.
    """
    from equipoise.cli.check import run

    day = as_of.date() if as_of else datetime.now().astimezone().date()
    raise typer.Exit(run(document, as_of=day, output_format=output_format, console=_console()))


@app.command()
def new(
    record: Annotated[Path, typer.Argument(help="The registry record: page text, JSON or XML.")],
    out: Annotated[Path, typer.Option(help="Folder for the draft; it must not hold one already.")],
) -> None:
    """Draft a study definition from a registry record.

    Everything that the record leaves open stands in the draft as `undecided`; `equipoise check DIR` lists it.
    """
    from equipoise.cli.new import run

    raise typer.Exit(run(record, out, console=_console()))


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="The earlier definition.", metavar="A")],
    after: Annotated[str, typer.Argument(help="The later definition.", metavar="B")],
    output_format: Format = "text",
) -> None:
    """Say in words what changed between two study definitions."""
    from equipoise.cli.diff import run

    raise typer.Exit(run(before, after, output_format=output_format, console=_console()))


@app.command()
def design(
    study: Annotated[str, typer.Argument(help="A shipped study, a folder or a study.yaml.")] = "NCT05921058",
    scenario: Annotated[Path | None, typer.Option(help="A scenario file; else the study's own.")] = None,
    participants: Annotated[int | None, typer.Option(min=4, max=5_000, help="Else the study's own number.")] = None,
    trials: Annotated[int, typer.Option(min=100, max=10_000_000, help="Simulated trials of each world.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same numbers, on any machine.")] = 5921058,
    on: Annotated[
        str | None, typer.Option(help="A Dask cluster to work on; the result is the same.", metavar="dask://HOST:PORT")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the design report, as a page and as PDF.")] = None,
) -> None:
    """Know before the first participant whether the trial can answer its question.

    Simulates whole trials under the scenario's assumptions, by the study's own randomisation and analysis plan, and
    prints how often the plan would claim an effect: when there is none, and when there is the one planned for.
    """
    from equipoise.cli.design import run

    raise typer.Exit(
        run(
            study,
            scenario=scenario,
            participants=participants,
            trials=trials,
            seed=seed,
            on=on,
            out=out,
            console=_console(),
        )
    )


@app.command()
def power(
    test: Annotated[
        str,
        typer.Argument(
            help="t, ancova, paired, ranks, risks, odds, log-rank, non-inferiority or equivalence.", metavar="TEST"
        ),
    ],
    effect: Annotated[float | None, typer.Option(help="In SDs; for others see above.")] = None,
    participants: Annotated[float | None, typer.Option(help="Of both arms; pairs, or events, for those tests.")] = None,
    power: Annotated[float | None, typer.Option(help="Of finding the effect, such as 0.8.")] = None,
    alpha: Annotated[float | None, typer.Option(help="Else 0.05; non-inferiority 0.025.")] = None,
    correlation: Annotated[float, typer.Option(help="Of baseline and outcome, for ancova.")] = 0.0,
    margin: Annotated[float, typer.Option(help="In SDs, for non-inferiority and equivalence.")] = 0.0,
    ratio: Annotated[float, typer.Option(help="The second arm has so many for one in the first.")] = 1.0,
    control: Annotated[str, typer.Option(help="Share with the event in the reference arm, or of each category.")] = "",
    leaving: Annotated[float, typer.Option(help="Share without an outcome, for the number to randomise.")] = 0.0,
    looks: Annotated[int, typer.Option(min=1, help="Looks at the data, the last one included.")] = 1,
    bounds: Annotated[str, typer.Option(help="Of several looks: obrien-fleming or pocock.")] = "obrien-fleming",
) -> None:
    """Ask for the one of size, power, effect and level that you leave out, by formula.

    --effect is a difference in standard deviations; for ranks P(X < Y) + P(X = Y)/2, for risks the share in the
    experimental arm, for odds an odds ratio, for log-rank a hazard ratio.  With all three given, alpha is found.

    \b
      equipoise power ancova --effect 0.78 --power 0.8 --correlation 0.7 --leaving 0.1
      equipoise power t --participants 29 --power 0.9
      equipoise power risks --effect 0.6 --control 0.3 --participants 60
      equipoise power equivalence --effect 0 --margin 0.5 --power 0.9 --looks 3
    """
    from equipoise.cli.power import asked, run

    question = asked(test, effect, participants, power, alpha, correlation, margin, ratio, control)
    raise typer.Exit(run(question, leaving=leaving, looks=looks, bounds=bounds, console=_console()))


@app.command()
def rehearse(
    study: Annotated[str, typer.Argument(help="A shipped study, a folder or a study.yaml.")] = "NCT05921058",
    participants: Annotated[
        int | None, typer.Option(min=2, max=20_000, help="How many to randomise; else the study's own number.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 5921058,
    scenario: Annotated[Path | None, typer.Option(help="A scenario file: effects, drop-out, errors.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the trial and its report.")] = Path("out"),
) -> None:
    """Play the whole trial on synthetic participants: screening to release, analysis and report.

    Every step goes through the commands that the real trial uses; the vault runs as its own process.  Everything that
    is written says that it is synthetic.
    """
    from equipoise.cli.rehearse import run

    raise typer.Exit(run(study, participants=participants, seed=seed, scenario=scenario, out=out, console=_console()))


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument(help="The installation's folder; an empty one becomes one.", metavar="DIR")],
    synthetic: Annotated[
        str | None, typer.Option(help="Fill an empty folder with a synthetic trial of this study.", metavar="STUDY")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Else 8000, or any that is free.")] = None,
    origin: Annotated[
        str | None,
        typer.Option(help="How people reach it through a web server with TLS.", metavar="https://HOST"),
    ] = None,
    vault_origin: Annotated[
        str | None,
        typer.Option(
            help="How they reach its sealed room; with {trial} in it, each trial's.", metavar="https://{trial}.HOST"
        ),
    ] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return when it serves; end it with --stop.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="End what serves from this folder in the background.")] = False,
) -> None:
    """Open the trial in the browser: the masked site, and beside it the sealed room with pages of its own.

    The first start of a new installation shows the address and the code with which its administrator begins.
    """
    if stop:
        from equipoise.cli.serving import stop as stop_serving

        ended = stop_serving(folder)
        _console().print("The site has been stopped." if ended else "Nothing serves from this folder.")
    elif background:
        from equipoise.cli.serve import SYNTHETIC, tell
        from equipoise.cli.serving import start

        options = [
            "--host",
            host,
            *(["--synthetic", synthetic] if synthetic else []),
            *(["--port", str(port)] if port else []),
            *(["--origin", origin] if origin else []),
            *(["--vault-origin", vault_origin] if vault_origin else []),
        ]
        found = start(folder, options, _console())
        if synthetic:
            _console().print(SYNTHETIC)
        tell(_console(), "Site", found.site, found.setup_code)
    else:
        from equipoise.cli.serve import run

        raise typer.Exit(
            run(
                folder,
                synthetic=synthetic,
                host=host,
                port=port,
                origin=origin,
                vault_origin=vault_origin,
                console=_console(),
            )
        )


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A trial's folder: its ledger and its study.yaml.", metavar="DIR")],
    out: Annotated[Path | None, typer.Option(help="Folder for the report; else `report` in the trial's own.")] = None,
) -> None:
    """Write the report of a trial from its folder: the same ledger gives the same bytes.

    Until the allocation is released this is the masked status report, which counts all participants together.  After
    the release it is the trial report, with everything that a reader needs to check it.
    """
    from equipoise.cli.report import run

    raise typer.Exit(run(folder, out=out, console=_console()))


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="A trial's folder, or its ledger file.", metavar="DIR")],
    anchors: Annotated[
        Path | None, typer.Option(help="Your own copies of the ledger's end; else anchors.txt beside the ledger.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="A public key that you trust to sign; may be given again.", metavar="HEX")
    ] = None,
) -> None:
    """Check the chain, the signed checkpoints, the outside anchors and the projections of a trial.

    The exit status is 1 if something was changed or damaged, and 2 if there is no ledger to check.
    """
    from equipoise.cli.verify import run

    raise typer.Exit(run(folder, console=_console(), anchors=anchors, trusted_keys=key or ()))


@app.command()
def trace(
    folder: Annotated[Path, typer.Argument(help="The folder of a report, or of its trial.", metavar="DIR")],
    number: Annotated[
        str | None, typer.Argument(help="The number's id, or words of it; left out: list them all.", metavar="NUMBER")
    ] = None,
    participant: Annotated[str | None, typer.Option(help="Every entry of this participant, in full.")] = None,
    output_format: Format = "text",
) -> None:
    """Go from a number of the report back to the entries of the ledger that made it.

    The ledger beside the report is chained again while it is read; a line that is not as it was written is refused.
    """
    from equipoise.cli.trace import run

    raise typer.Exit(run(folder, number, participant=participant, output_format=output_format, console=_console()))


@app.command()
def forensics(
    file: Annotated[Path, typer.Argument(help="A published table as a small YAML file.")],
    output_format: Format = "text",
) -> None:
    """Check the numbers of a published table: can these means, deviations and p-values be?

    The exit status is 1 if a number is impossible or does not fit, and 2 if the file cannot be read.
    """
    from equipoise.cli.forensics import run

    raise typer.Exit(run(file, output_format=output_format, console=_console()))


def _console() -> Any:
    from rich.console import Console

    return Console(emoji=False, highlight=False)


def main() -> None:
    """Run the command line.  A refusal is a sentence and exit status 2, never a traceback."""
    spare_collector()
    try:
        app()
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        from equipoise.vocabulary import Refusal

        if not isinstance(error, Refusal):
            raise
        _refuse(error)


def _refuse(refusal: "Refusal") -> NoReturn:
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, emoji=False, highlight=False)
    console.print(f"[bold red]{refusal.rule}[/]  {escape(refusal.sentence)}", soft_wrap=True)
    if refusal.remedy:
        console.print(f"  {escape(refusal.remedy)}", soft_wrap=True)
    sys.exit(2)
