"""The front page: what the trial is, what it found, and how to check it, on one page."""

from equipoise.analysis.analysis_results import Result
from equipoise.protocol.objectives import Endpoint
from equipoise.reporting.document import Block, Callout, CodeLines, Content, Facts, Paragraph, Tone, code, strong
from equipoise.reporting.inputs import ReportInputs, TrialInputs, Verification
from equipoise.reporting.numbers import ENGLISH, hex_groups
from equipoise.reporting.reading import (
    arm_names,
    encounter_name,
    main_result,
    measure_name,
    method_name,
    primary_endpoint,
    randomisation_result,
    summary_of,
)
from equipoise.reporting.shown import equals_p, shown, shown_change
from equipoise.vocabulary import utc_text

INVENTED = (
    "The participants of this rehearsal are invented. Its numbers show that every step works, and say nothing about "
    "the interventions."
)


def front_page(inputs: ReportInputs) -> tuple[Block, ...]:
    """Identity, the result in one paragraph, and the box for the verifier."""
    return (identity(inputs.trial), _found(inputs), verify_box(inputs.trial.verification))


def identity(trial: TrialInputs) -> Facts:
    """What a librarian asks: which trial, which version, which days."""
    definition, conduct = trial.definition, trial.conduct
    rows: list[tuple[str, Content]] = [
        ("Sponsor", definition.sponsor),
        (
            "Study definition",
            (f"version {definition.version}, {definition.label}; digest ", code(definition.digest[:16])),
        ),
        ("Participants", f"{conduct.flow.randomised} randomised of {conduct.flow.screened} assessed"),
    ]
    if conduct.recruited:
        rows.append(("Randomised from", f"{conduct.recruited[0].isoformat()} to {conduct.recruited[1].isoformat()}"))
    if trial.verification.locked_at:
        rows.append(("Database lock", f"{utc_text(trial.verification.locked_at)[:16].replace('T', ' ')} UTC"))
    return Facts(tuple(rows))


def _found(inputs: ReportInputs) -> Callout:
    endpoint = primary_endpoint(inputs.trial.definition)
    result = main_result(inputs.results, endpoint.id)
    sentences = _answer(inputs, endpoint, result) if result else ("The primary endpoint could not be analysed.",)
    blocks = [Paragraph(sentence) for sentence in sentences]
    if inputs.trial.synthetic:
        blocks.append(Paragraph((strong(INVENTED),)))
    title = "What the rehearsal gives" if inputs.trial.synthetic else "What the trial found"
    return Callout(Tone.KEY, title, tuple(blocks))


def _answer(inputs: ReportInputs, endpoint: Endpoint, result: Result) -> tuple[str, ...]:
    definition = inputs.trial.definition
    names = arm_names(definition)
    reference = definition.analysis.reference_arm
    others = " or ".join(name for arm, name in names.items() if arm != reference)
    when = encounter_name(definition, endpoint.encounter)
    question = (
        f"The question: what does {others} do to {measure_name(endpoint)} by {when[:1].lower()}{when[1:]}, compared "
        f"with {names[reference]}?"
    )
    counted = ", ".join(f"{result.n.get(arm, 0)} {names[arm]}" for arm in names)
    found = (
        f"{sum(result.n.values())} of {inputs.trial.conduct.flow.randomised} randomised participants are in the main "
        f"analysis ({counted}). {_means(result, names)} The planned main analysis ({_method(result)}) puts the "
        f"difference between the arms at {_with_p(result)}."
    )
    test = randomisation_result(inputs.results, endpoint.id)
    beside = (
        f"Beside it, the randomisation test on the difference in mean change, which is not adjusted for the baseline: "
        f"{_with_p(test)}. Its p is the share of all allocations that chance could have given whose difference is at "
        "least as far out."
        if test and test.id != result.id
        else ""
    )
    return tuple(text for text in (question, found, beside, _meaning(result, endpoint)) if text)


def _method(result: Result) -> str:
    name = method_name(result.method)
    return name[:1].lower() + name[1:]


def _with_p(result: Result) -> str:
    """`−1.5 mg/L (95 % confidence interval −4.8 to 1.8; p = 0.362)`."""
    printed = shown(result)
    level = ENGLISH.fixed(100 * result.confidence, 0)
    limits = f"{level} % confidence interval {printed.interval}; " if result.interval else ""
    return f"{printed.with_unit()} ({limits}p {equals_p(result)})"


def _means(result: Result, names: dict[str, str]) -> str:
    summaries = ((name, summary_of(result, arm)) for arm, name in names.items())
    parts = [f"{shown_change(result, summary)} with {name}" for name, summary in summaries if summary]
    return f"The mean change (standard deviation) was {' and '.join(parts)}." if parts else ""


def _meaning(result: Result, endpoint: Endpoint) -> str:
    if result.interval is None:
        return "Without an interval, the size of the difference cannot be judged."
    low, high = result.interval
    if low <= 0 <= high:
        return (
            "The interval contains no difference as well as differences in both directions: the trial neither shows "
            "an effect nor rules one out."
        )
    good = (high < 0) == (endpoint.better == "lower")
    return (
        "The whole interval lies on one side of no difference, in favour of "
        f"{'the intervention' if good else 'the comparator'}; its ends say how small or large the difference may be."
    )


def verify_box(verification: Verification) -> Callout:
    """The sealed root, and the one command that checks it."""
    blocks: list[Paragraph | CodeLines] = [
        Paragraph(
            f"The allocation list of {verification.slots} places was fixed before the first participant. Its root was "
            "published then; compare it with the copy that you trust (the protocol’s front page, the ethics letter):",
        ),
        CodeLines(root_lines(verification.sealed_root)),
    ]
    if verification.commands:
        shown, command = verification.commands[0]
        blocks += [Paragraph(f"{shown}:"), CodeLines(command)]
    return Callout(Tone.NOTE, "How to verify", tuple(blocks))


def root_lines(root: str) -> str:
    """A root in two lines of eight groups, as it is read aloud."""
    groups = hex_groups(root).split(" ")
    return "\n".join(" ".join(groups[at : at + 8]) for at in range(0, len(groups), 8))
