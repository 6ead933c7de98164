"""Capture, checks, corrections, what is not done, prompts, queries, deviations."""

import pytest

from conduct_world import at, on
from equipoise.conduct import (
    LOG,
    AnswerQuery,
    Capture,
    CloseQuery,
    ConfirmAnswer,
    Correct,
    DeviationKind,
    MarkNotDone,
    Page,
    PromptStatus,
    QueryStatus,
    RaiseQuery,
    RecordDeviation,
    StartEncounter,
    Typed,
    answer_at,
    missing_points,
    trail_of,
    values_of_participant,
)
from equipoise.conduct import Answer as Stored
from equipoise.vocabulary import Comparator, Refusal, Role
from scenario import (
    ASSESSOR,
    CONSENTED,
    DAY_1,
    DOCTOR,
    MANAGER,
    MONITOR,
    NURSE,
    SCREENING,
    P,
    Step,
    play,
    refused,
    replayed,
    scenario,
    table,
    writes,
)

VITALS = Page("day_1", "vitals")
DEMOGRAPHY = Page("screening", "demography")
LABORATORY = Page("day_8", "laboratory")
SYSTOLIC, DIASTOLIC = Typed("systolic", "120"), Typed("diastolic", "80")


def capture(*answers, page=VITALS):
    return Capture(P, page, answers)


def seq(trial, item, page=VITALS):
    return trial.conduct.participants[P].current(page.point(item)).seq


def correct(item, text, reason="misread", page=VITALS, query=None, because=""):
    typed = Typed(item, text, reason=because) if text else None
    return lambda trial: Correct(P, page, item, seq(trial, item, page), reason, typed, query)


ANSWERED = (*DAY_1, Step(NURSE, capture(SYSTOLIC, DIASTOLIC)))
PROMPTED = (*DAY_1, Step(NURSE, capture(Typed("systolic", "170"), DIASTOLIC)))
DAY_8 = (*DAY_1, Step(NURSE, StartEncounter(P, "day_8", on(8)), 8))


@table(
    scenario(
        "A03",
        "each answer of a page is an entry of its own",
        DAY_1,
        Step(NURSE, capture(SYSTOLIC, DIASTOLIC)),
        writes("answer_captured", "answer_captured"),
    ),
    scenario(
        "S13",
        "not before the encounter starts",
        DAY_1,
        Step(NURSE, capture(Typed("crp", "3"), page=LABORATORY)),
        refused("PAGE-ENCOUNTER"),
    ),
    scenario(
        "S13",
        "only the forms of the encounter",
        DAY_1,
        Step(NURSE, capture(Typed("crp", "3"), page=Page("day_1", "laboratory"))),
        refused("PAGE-FORM"),
    ),
    scenario(
        "A07",
        "a first answer is given once",
        ANSWERED,
        Step(NURSE, capture(Typed("systolic", "130"))),
        refused("ANSWER-TWICE"),
    ),
    scenario("A07", "also on one page", DAY_1, Step(NURSE, capture(SYSTOLIC, SYSTOLIC)), refused("ANSWER-TWICE")),
    scenario(
        "A08",
        "a hard limit lets nothing in",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "301"))),
        refused("CHECK-HARD"),
    ),
    scenario(
        "A08",
        "a hard check lets nothing of the page in",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "90"), Typed("diastolic", "95"))),
        refused("CHECK-HARD"),
    ),
    scenario(
        "A08",
        "a hard check sees what was answered before",
        (*DAY_1, Step(NURSE, capture(SYSTOLIC))),
        Step(NURSE, capture(Typed("diastolic", "130"))),
        refused("CHECK-HARD"),
    ),
    scenario(
        "A08",
        "a soft limit asks: the answer and the prompt are recorded",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "170"))),
        writes("answer_captured", "check_prompted"),
    ),
    scenario(
        "A08",
        "with the reason at hand, the confirmation as well",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "170", reason="measured twice"))),
        writes("answer_captured", "check_prompted", "prompt_settled"),
    ),
    scenario(
        "A08",
        "a soft check on a derived item asks about its inputs",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "150"), Typed("diastolic", "50"))),
        writes("answer_captured", "answer_captured", "check_prompted"),
        lambda trial: trial.conduct.prompt(1).items == ("diastolic", "systolic") or pytest.fail(),
    ),
    scenario(
        "A08",
        "it waits until everything that it names is answered",
        DAY_1,
        Step(NURSE, capture(Typed("systolic", "150"))),
        writes("answer_captured"),
    ),
    scenario(
        "A19",
        "a derived item is not typed",
        DAY_1,
        Step(NURSE, capture(Typed("pulse_pressure", "40"))),
        refused("ANSWER-DERIVED"),
    ),
    scenario("A03", "only items of the form", DAY_1, Step(NURSE, capture(Typed("crp", "3"))), refused("FORM-ITEM")),
    scenario("A03", "an empty page is no answer", DAY_1, Step(NURSE, capture()), refused("ANSWER-EMPTY")),
    scenario(
        "A03", "an empty answer neither", DAY_1, Step(NURSE, capture(Typed("systolic", " "))), refused("ANSWER-EMPTY")
    ),
    scenario(
        "A03",
        "what skip logic hides is not answered",
        SCREENING,
        Step(NURSE, capture(Typed("pregnant", "false"), page=DEMOGRAPHY)),
        refused("ANSWER-HIDDEN"),
    ),
    scenario(
        "A03",
        "what it shows is, also on the same page",
        SCREENING,
        Step(NURSE, capture(Typed("pregnant", "false"), Typed("sex", "female"), page=DEMOGRAPHY)),
        writes("answer_captured", "answer_captured"),
    ),
    scenario(
        "M13",
        "who must not see an item does not enter it",
        DAY_8,
        Step(ASSESSOR, capture(Typed("il_6", "3"), page=LABORATORY)),
        refused("ANSWER-MASKED"),
    ),
    scenario(
        "M13",
        "who may see it does",
        DAY_8,
        Step(DOCTOR, capture(Typed("il_6", "3"), page=LABORATORY)),
        writes("answer_captured"),
    ),
    scenario(
        "A19",
        "so may an import, as the system",
        DAY_8,
        Step(Role.SYSTEM, capture(Typed("il_6", "3"), page=LABORATORY)),
        writes("answer_captured"),
    ),
    scenario(
        "A16", "the data manager enters nothing", DAY_1, Step(MANAGER, capture(SYSTOLIC)), refused("ROLE-PERMISSION")
    ),
    scenario(
        "A03",
        "a repeating form repeats page by page",
        DAY_1,
        Step(NURSE, capture(Typed("medicine", "prednisone"), page=Page(LOG, "medication"))),
        writes("answer_captured"),
    ),
    scenario(
        "A03",
        "no page is left out",
        DAY_1,
        Step(NURSE, capture(Typed("medicine", "prednisone"), page=Page(LOG, "medication", 2))),
        refused("PAGE-REPETITION"),
    ),
    scenario(
        "A03",
        "a form of an encounter is no log",
        DAY_1,
        Step(NURSE, capture(SYSTOLIC, page=Page(LOG, "vitals"))),
        refused("PAGE-FORM"),
    ),
    scenario(
        "A03",
        "a form that does not repeat has one page",
        DAY_1,
        Step(NURSE, capture(SYSTOLIC, page=Page("day_1", "vitals", 2))),
        refused("PAGE-REPETITION"),
    ),
)
def test_capture(scenario):
    play(scenario)


@table(
    scenario(
        "A07",
        "a correction names the entry and the reason",
        ANSWERED,
        Step(NURSE, correct("systolic", "130")),
        writes("answer_corrected"),
    ),
    scenario(
        "A07",
        "without a reason there is none",
        ANSWERED,
        Step(NURSE, correct("systolic", "130", "")),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "A07",
        "nothing is corrected that was not answered",
        DAY_1,
        Step(NURSE, Correct(P, VITALS, "systolic", 1, "misread", SYSTOLIC)),
        refused("CORRECTION-NONE"),
    ),
    scenario(
        "A07", "nor into what it was", ANSWERED, Step(NURSE, correct("systolic", "120")), refused("CORRECTION-SAME")
    ),
    scenario(
        "A04",
        "a correction of an old value is refused",
        (*ANSWERED, Step(NURSE, correct("systolic", "130"))),
        Step(
            NURSE,
            lambda trial: Correct(
                P,
                VITALS,
                "systolic",
                trial.conduct.participants[P].history(VITALS.point("systolic"))[0].seq,
                "misread",
                Typed("systolic", "140"),
            ),
        ),
        refused("CORRECTION-STALE"),
    ),
    scenario(
        "A08", "a correction is checked, too", ANSWERED, Step(NURSE, correct("systolic", "70")), refused("CHECK-HARD")
    ),
    scenario(
        "A08",
        "one that is unusual asks again",
        ANSWERED,
        Step(NURSE, correct("systolic", "170")),
        writes("answer_corrected", "check_prompted"),
    ),
    scenario(
        "A08",
        "one that settles the prompt says so",
        PROMPTED,
        Step(NURSE, correct("systolic", "150")),
        writes("answer_corrected", "prompt_settled"),
        lambda trial: trial.conduct.prompt(1).status is PromptStatus.CHANGED or pytest.fail(),
    ),
    scenario(
        "A07",
        "an answer may turn out not done",
        ANSWERED,
        Step(NURSE, correct("systolic", "")),
        writes("answer_corrected"),
    ),
    scenario(
        "A07",
        "and what was not done may be answered",
        (*DAY_1, Step(NURSE, MarkNotDone(P, VITALS, "no cuff", ("systolic",)))),
        Step(NURSE, correct("systolic", "120")),
        writes("answer_corrected"),
    ),
    scenario(
        "A03",
        "not done, with a reason",
        DAY_1,
        Step(NURSE, MarkNotDone(P, VITALS, "no scales", ("weight",))),
        writes("answer_not_done"),
    ),
    scenario(
        "A07",
        "not done without one",
        DAY_1,
        Step(NURSE, MarkNotDone(P, VITALS, "", ("weight",))),
        refused("TEXT-MISSING"),
    ),
    scenario(
        "A03",
        "all that a page still asks",
        ANSWERED,
        Step(NURSE, MarkNotDone(P, VITALS, "in a hurry")),
        writes(*["answer_not_done"] * 4),
    ),
    scenario(
        "A03",
        "what is answered is done",
        ANSWERED,
        Step(NURSE, MarkNotDone(P, VITALS, "in a hurry", ("systolic",))),
        refused("ANSWER-TWICE"),
    ),
    scenario(
        "A08",
        "a confirmation gives the reason",
        PROMPTED,
        Step(NURSE, ConfirmAnswer(P, 1, "measured twice")),
        writes("prompt_settled"),
    ),
    scenario("A08", "not without one", PROMPTED, Step(NURSE, ConfirmAnswer(P, 1, "")), refused("TEXT-MISSING")),
    scenario(
        "A08",
        "nor twice",
        (*PROMPTED, Step(NURSE, ConfirmAnswer(P, 1, "measured twice"))),
        Step(NURSE, ConfirmAnswer(P, 1, "measured twice")),
        refused("PROMPT-STATUS"),
    ),
)
def test_corrections_and_prompts(scenario):
    play(scenario)


ASKED = (*ANSWERED, Step(MONITOR, RaiseQuery(P, "The source says 130.", VITALS.point("systolic"))))
REPLIED = (*ASKED, Step(NURSE, AnswerQuery(1, "It is 130.")))


@table(
    scenario(
        "A09",
        "the monitor asks about a value",
        ANSWERED,
        Step(MONITOR, RaiseQuery(P, "The source says 130.", VITALS.point("systolic"))),
        writes("query_raised"),
    ),
    scenario(
        "A09",
        "or about the record",
        CONSENTED,
        Step(MANAGER, RaiseQuery(P, "Is the consent page complete?")),
        writes("query_raised"),
    ),
    scenario(
        "A09",
        "not about what never was",
        DAY_1,
        Step(MONITOR, RaiseQuery(P, "Why?", LABORATORY.point("crp"))),
        refused("QUERY-POINT"),
    ),
    scenario("A09", "a question has words", ANSWERED, Step(MONITOR, RaiseQuery(P, " ")), refused("TEXT-MISSING")),
    scenario(
        "A16",
        "the site asks itself nothing",
        ANSWERED,
        Step(NURSE, RaiseQuery(P, "Is it 130?")),
        refused("ROLE-PERMISSION"),
    ),
    scenario(
        "A09",
        "a correction names the query",
        ASKED,
        Step(NURSE, correct("systolic", "130", query=1)),
        writes("answer_corrected"),
    ),
    scenario(
        "A09",
        "an unknown query it cannot name",
        ASKED,
        Step(NURSE, correct("systolic", "130", query=2)),
        refused("QUERY"),
    ),
    scenario("A09", "the site answers", ASKED, Step(NURSE, AnswerQuery(1, "It is 130.")), writes("query_answered")),
    scenario("A09", "once", REPLIED, Step(NURSE, AnswerQuery(1, "It is 130.")), refused("QUERY-STATUS")),
    scenario("A09", "who asked closes it", REPLIED, Step(MONITOR, CloseQuery(1)), writes("query_closed")),
    scenario(
        "A09", "an unanswered one only with a reason", ASKED, Step(MONITOR, CloseQuery(1)), refused("TEXT-MISSING")
    ),
    scenario(
        "A09",
        "a closed one stays closed",
        (*REPLIED, Step(MONITOR, CloseQuery(1))),
        Step(MONITOR, CloseQuery(1)),
        refused("QUERY-STATUS"),
    ),
    scenario(
        "A09",
        "and leads to no further correction",
        (*REPLIED, Step(MONITOR, CloseQuery(1))),
        Step(NURSE, correct("systolic", "130", query=1)),
        refused("CORRECTION-QUERY"),
    ),
    scenario(
        "E3-10.2",
        "a deviation is described",
        DAY_1,
        Step(MONITOR, RecordDeviation(P, DeviationKind.PROCEDURE, on(1), "No fasting.")),
        writes("deviation_recorded"),
    ),
    scenario(
        "M14",
        "the pharmacist writes nothing that masked people read",
        DAY_1,
        Step(Role.PHARMACIST, RecordDeviation(P, DeviationKind.PROCEDURE, on(1), "No fasting.")),
        refused("ROLE-PERMISSION"),
    ),
)
def test_queries_and_deviations(scenario):
    play(scenario)


@pytest.mark.parametrize(
    ("page", "typed", "stored"),
    [
        (VITALS, Typed("systolic", " 120 "), Stored("120", unit="mm[Hg]")),
        (VITALS, Typed("weight", "61,5"), Stored("61.5", unit="kg", typed="61,5")),
        (VITALS, Typed("height", "1.604", three_decimals=True), Stored("1.604", unit="m")),
        (
            VITALS,
            Typed("measured_at", "2022-08-08T08:30"),
            Stored("2022-08-08T01:30:00.000000Z", typed="2022-08-08T08:30"),
        ),
        (VITALS, Typed("remark", "  calm "), Stored("calm")),
        (LABORATORY, Typed("crp", "<0,30"), Stored("0.30", Comparator.BELOW, "mg/L", "<0,30")),
        (LABORATORY, Typed("crp", "1.2", "mg/dL"), Stored("1.2", unit="mg/dL")),
        (LABORATORY, Typed("sampled_on", "2022-08-15"), Stored("2022-08-15")),
    ],
)
def test_an_answer_is_stored_as_canonical_text_beside_what_was_typed(page, typed, stored):
    world = replayed(DAY_8)
    world.do(DOCTOR, capture(typed, page=page))
    assert world.state.participants[P].answers(page)[typed.item] == stored


@pytest.mark.parametrize(
    ("page", "typed", "rule"),
    [
        (VITALS, Typed("systolic", "12O"), "ANSWER-TYPE"),
        (VITALS, Typed("systolic", "120", "kPa"), "ANSWER-UNIT"),
        (VITALS, Typed("weight", "1.234"), "QTY-AMBIGUOUS"),
        (VITALS, Typed("weight", "<60"), "ANSWER-TYPE"),
        (VITALS, Typed("measured_at", "half past eight"), "ANSWER-TYPE"),
        (VITALS, Typed("measured_at", "2022-08-15T09:01"), "DATE-FUTURE"),
        (VITALS, Typed("remark", "x" * 21), "ANSWER-TYPE"),
        (VITALS, Typed("remark", "a\x07b"), "ANSWER-TYPE"),
        (LABORATORY, Typed("crp", "nan"), "QTY"),
        (LABORATORY, Typed("crp", "1001"), "CHECK-HARD"),
        (LABORATORY, Typed("crp", "101", "mg/dL"), "CHECK-HARD"),
        (LABORATORY, Typed("sampled_on", "15-08-2022"), "ANSWER-TYPE"),
        (LABORATORY, Typed("sampled_on", "2022-08-16"), "DATE-FUTURE"),
        (DEMOGRAPHY, Typed("sex", "Female"), "ANSWER-TYPE"),
        (DEMOGRAPHY, Typed("birth_year", "1885"), "CHECK-HARD"),
    ],
)
def test_what_is_no_answer_is_refused_without_being_repeated(page, typed, rule):
    world = replayed(DAY_8)
    with pytest.raises(Refusal) as refusal:
        world.do(DOCTOR, capture(typed, page=page))
    assert refusal.value.rule == rule
    assert typed.text not in str(refusal.value)
    assert P not in str(refusal.value)


def test_n_corrections_leave_n_plus_one_values_in_order():
    """A04: earlier values are never obscured; the trail of a point holds prompts and queries, too."""
    world = replayed(ASKED)
    for text in ("130", "170", "131"):
        world.do(NURSE, correct("systolic", text, query=1)(world.trial))
    trail = trail_of(world.state.participants[P], VITALS.point("systolic"))
    assert [datum.answer.value for datum in trail.values] == ["120", "130", "170", "131"]
    assert [datum.corrects for datum in trail.values[1:]] == [datum.seq for datum in trail.values[:-1]]
    assert {datum.query for datum in trail.values[1:]} == {1}
    assert [prompt.status for prompt in trail.prompts] == [PromptStatus.CHANGED]
    assert [query.status for query in trail.queries] == [QueryStatus.OPEN]
    assert all(datum.who and datum.recorded_at == at(1) for datum in trail.values)


def test_derived_items_follow_their_inputs_and_are_never_stored():
    world = replayed(ANSWERED)
    participant = world.state.participants[P]
    assert answer_at(world.plan, participant, "day_1", "pulse_pressure") == Stored("40", unit="mm[Hg]")
    world.do(NURSE, correct("diastolic", "70")(world.trial))
    participant = world.state.participants[P]
    assert answer_at(world.plan, participant, "day_1", "pulse_pressure") == Stored("50", unit="mm[Hg]")
    world.do(NURSE, correct("diastolic", "")(world.trial))
    participant = world.state.participants[P]
    assert answer_at(world.plan, participant, "day_1", "pulse_pressure") is None
    assert "pulse_pressure" not in participant.pages[VITALS]


def test_a_score_has_bounds_while_a_descriptor_is_unknown():
    """Unknown is not absent: no total, but a lowest and a highest possible one."""
    world = replayed(SCREENING)
    page = Page("screening", "scores")
    items = world.plan.forms["scores"].asked
    said = dict.fromkeys(items, "absent") | {items[0]: "unknown"}
    world.do(ASSESSOR, capture(*(Typed(item, text) for item, text in said.items()), page=page))
    values = {value.point.item: value for value in values_of_participant(world.plan, world.state.participants[P])}
    assert "mex_total" not in values
    assert values["mex_lowest"].answer == Stored("0")
    assert values["mex_highest"].answer == Stored("8")
    assert values["mex_highest"].is_derived


def test_a_correction_that_hides_answers_keeps_them_readable():
    world = replayed(SCREENING)
    world.do(NURSE, capture(Typed("sex", "female"), Typed("pregnant", "false"), page=DEMOGRAPHY))
    world.do(NURSE, correct("sex", "male", page=DEMOGRAPHY)(world.trial))
    assert world.state.participants[P].answers(DEMOGRAPHY)["pregnant"].value == "false"
    assert [prompt.check for prompt in world.state.participants[P].prompts.values()] == ["shown_if.pregnant"]


def test_missing_points_are_the_required_ones_that_are_asked():
    world = replayed(SCREENING)
    required = set(world.plan.forms["scores"].asked)

    def missing():
        return {point.item for point in missing_points(world.plan, world.state.participants[P])}

    assert missing() == {"birth_year", "sex"} | required
    world.do(NURSE, capture(Typed("birth_year", "1990"), page=DEMOGRAPHY))
    world.do(NURSE, MarkNotDone(P, DEMOGRAPHY, "not said", ("sex",)))
    assert missing() == required


def test_two_refused_answers_are_told_together():
    world = replayed(DAY_1)
    with pytest.raises(Refusal) as refusal:
        world.do(NURSE, capture(Typed("systolic", "999"), Typed("diastolic", "999")))
    assert "systolic" in refusal.value.sentence
    assert "diastolic" in refusal.value.sentence
