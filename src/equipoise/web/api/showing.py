"""From the state of a trial to what the API answers: pure, and never more than the role sees."""

from collections import Counter
from collections.abc import Iterator

from equipoise.closure import Trial
from equipoise.conduct import Page, Participant, QueryStatus, Stage, derived_answers, is_asked, may
from equipoise.conduct.events import (
    ConsentGiven,
    DoseAdministered,
    DoseOmitted,
    EncounterMissed,
    EncounterStarted,
    ParticipantWithdrawn,
)
from equipoise.conduct.naming import prompt_name, query_name, sees_prompt, version_of
from equipoise.conduct.progress import encounter_window, next_encounter
from equipoise.conduct.sight import sees, visible_queries, visible_trails
from equipoise.instruments.item import Item
from equipoise.web.agenda import Task, agenda_of
from equipoise.web.api import nouns
from equipoise.web.attached import attachments_of
from equipoise.web.here import Here
from equipoise.web.matrix import matrix_of
from equipoise.web.second_entry import compared
from equipoise.web.stock import stock_of


def status(here: Here, trial: Trial) -> nouns.Status:
    """Where the trial stands."""
    plan, today, people = here.trial.plan, here.trial.today(), here.participants(trial.conduct)
    agenda = agenda_of(here.trial.book, plan, trial, people, today)
    stages = Counter(each.stage for each in people)
    planned = plan.definition.planned_participants
    return nouns.Status(
        trial=here.trial.slug,
        title=plan.definition.title.text("en"),
        is_synthetic=trial.conduct.is_synthetic,
        is_closed=trial.conduct.is_closed,
        is_locked=trial.conduct.is_locked,
        today=today,
        stages={stage.value: stages[stage] for stage in Stage if stages[stage]},
        screened=len(people),
        randomised=sum(each.randomised_on is not None for each in people),
        planned=planned if isinstance(planned, int) else None,
        open_queries=sum(query.status is not QueryStatus.CLOSED for query in queries(here, trial)),
        ongoing_serious_events=sum(event.is_serious and event.is_ongoing for event in adverse_events(here, trial)),
        slots_left=stock_of(plan, trial.conduct).left,
        due=tuple(_task(each) for each in agenda.due),
        late=tuple(_task(each) for each in agenda.late),
        late_forms=tuple(_task(each) for each in agenda.forms),
    )


def line(here: Here, person: Participant) -> nouns.ParticipantLine:
    """One participant in the list."""
    following = next_encounter(here.trial.plan, person)
    return nouns.ParticipantLine(
        number=person.number,
        site=person.site,
        stage=person.stage,
        screened_on=person.screened_on,
        randomised_on=person.randomised_on,
        next_encounter=following.id if following else None,
        next_window=encounter_window(person, following) if following else None,
    )


def participant(trial: Trial, number: str) -> nouns.ParticipantShown:
    """One participant."""
    person = trial.conduct.participant(number)
    slot = trial.conduct.allocation.slot_of.get(number)
    signed = person.eligibility
    return nouns.ParticipantShown(
        number=number,
        site=person.site,
        stage=person.stage,
        screened_on=person.screened_on,
        consents=tuple(_consent(each) for each in person.consents),
        criteria={name: decision.fulfilled for name, decision in person.criteria.items()},
        eligibility_signed_by=signed.who if signed else None,
        eligibility_signed_at=signed.signed_at if signed else None,
        enrolled_on=person.enrolled_on,
        slot=f"{slot[0]:04d} / {slot[1]:06d}" if slot else None,
        randomised_on=person.randomised_on,
        encounters=tuple(_encounter(name, each) for name, each in person.encounters.items()),
        doses=tuple(_dose(number, each) for number, each in sorted(person.doses.items())),
        deviations=tuple(deviation(trial, number) for number in person.deviations),
        withdrawals=tuple(_withdrawal(each) for each in person.withdrawals),
        completed_on=person.completed_on,
    )


def deviation(trial: Trial, number: int) -> nouns.DeviationShown:
    """One deviation, with what the blind review said of it."""
    found = trial.conduct.participants[trial.conduct.deviations[number]].deviations[number]
    important = trial.closure.important.get(number)
    return nouns.DeviationShown(number, found.participant, found.kind, found.on, found.text, found.encounter, important)


def matrix(here: Here, trial: Trial, number: str) -> tuple[nouns.RowShown, ...]:
    """The schedule of activities of a participant."""
    person = trial.conduct.participant(number)
    drawn = matrix_of(here.trial.plan, person, here.trial.today(), here.role)
    return tuple(
        nouns.RowShown(
            encounter=row.encounter.id,
            progress=row.progress,
            planned=row.planned,
            window=row.window,
            held_on=row.held_on,
            is_next=row.is_next,
            dose=row.dose,
            dose_progress=row.dose_progress,
            forms=tuple(
                nouns.CellShown(cell.page.form, cell.progress, cell.queries, cell.is_hidden) for cell in row.asked
            ),
        )
        for row in drawn.rows
    )


def page(here: Here, trial: Trial, number: str, page: Page) -> nouns.PageShown:
    """One page of a form.  Raises `Refusal` for a form or an encounter that the study does not have."""
    plan, person = here.trial.plan, trial.conduct.participant(number)
    form, answers = plan.form(page.form), person.answers(page)
    sees_all = all(sees(here.role, item) for item in form.items.values())
    derived = derived_answers(form, answers) if sees_all and answers else {}
    return nouns.PageShown(
        participant=number,
        encounter=page.encounter,
        form=page.form,
        repetition=page.repetition,
        items=tuple(
            _item(person, page, form.items[each], is_asked=is_asked(form, each, answers))
            for each in form.asked
            if sees(here.role, form.items[each])
        ),
        derived={name: answer.text() for name, answer in derived.items()},
        prompts=tuple(
            nouns.PromptShown(prompt_name(person, each), each.check, each.items, each.status, each.reason)
            for each in person.prompts.values()
            if each.page == page and sees_prompt(plan, here.role, each)
        ),
        is_writable=may(here.role, "capture") and not trial.conduct.is_closed,
    )


def trails(here: Here, trial: Trial, number: str) -> tuple[nouns.TrailShown, ...]:
    """Every value of every data point that the role sees, in the order of first entry."""
    found = visible_trails(here.trial.plan, trial.conduct.participant(number), here.role)
    return tuple(
        nouns.TrailShown(
            each.point.encounter,
            each.point.form,
            each.point.item,
            each.point.repetition,
            tuple(
                nouns.ValueShown(value.recorded_at, value.who, value.role, value.answer, value.reason)
                for value in each.values
            ),
        )
        for each in found
    )


def reconciliation(here: Here, trial: Trial, number: str) -> tuple[nouns.ComparedShown, ...]:
    """The doubled points of a participant that the role sees."""
    return tuple(
        nouns.ComparedShown(
            each.point.encounter,
            each.point.form,
            each.point.item,
            each.point.repetition,
            each.agreement,
            each.version,
            each.first,
            each.second,
            each.reason,
        )
        for each in compared(here, trial.conduct.participant(number))
    )


def attachments(here: Here, trial: Trial, number: str) -> tuple[nouns.AttachmentShown, ...]:
    """The files of a participant that the role may see, in the order in which they were attached."""
    return tuple(
        nouns.AttachmentShown(
            digest,
            each.file.title,
            each.file.media_type,
            each.file.size,
            each.page,
            each.adverse_event,
            each.who,
            each.attached_at,
            each.retracted,
        )
        for digest, each in attachments_of(here, trial.conduct.participant(number))
    )


def queries(here: Here, trial: Trial) -> tuple[nouns.QueryShown, ...]:
    """The queries of the own sites that the role sees, by participant."""
    return tuple(each for person in here.participants(trial.conduct) for each in queries_about(here, person))


def queries_about(here: Here, person: Participant) -> Iterator[nouns.QueryShown]:
    """The queries about one participant that the role sees."""
    for query in visible_queries(here.trial.plan, person, here.role):
        yield nouns.QueryShown(
            name=query_name(person, query),
            participant=person.number,
            point=query.point.text() if query.point else None,
            text=query.text,
            raised_by=query.raised_by,
            raised_at=query.raised_at,
            status=query.status,
            answer=query.answer,
            closing_reason=query.closing_reason,
        )


def adverse_events(here: Here, trial: Trial) -> tuple[nouns.AdverseEventShown, ...]:
    """The adverse events of the own sites, by participant."""
    return tuple(each for person in here.participants(trial.conduct) for each in events_of(trial, person.number))


def events_of(trial: Trial, number: str) -> Iterator[nouns.AdverseEventShown]:
    """The adverse events of one participant."""
    for event in trial.safety.events_of(number):
        assessments = tuple(version.assessment for version in event.versions)
        yield nouns.AdverseEventShown(event.number, event.participant, event.is_serious, event.is_ongoing, assessments)


def delegation(trial: Trial) -> tuple[nouns.AppointmentShown, ...]:
    """The delegation log."""
    return tuple(
        nouns.AppointmentShown(
            number=each.number,
            person=each.person,
            role=each.role,
            sites=each.sites,
            starts_on=each.starts_on,
            until=each.until,
            training=each.training,
            trained_on=each.trained_on,
            appointed_by=each.appointed_by,
            appointed_at=each.appointed_at,
            ended_at=each.ended_at,
            end_reason=each.end_reason,
        )
        for each in trial.conduct.delegation.values()
    )


def _item(person: Participant, page: Page, item: Item, *, is_asked: bool) -> nouns.ItemShown:
    datum = person.current(page.point(item.id))
    return nouns.ItemShown(
        item=item.id,
        label=item.label.text("en"),
        type=item.type.value,
        units=tuple(item.units),
        codes=tuple(code.value for code in item.codes),
        is_asked=is_asked,
        version=version_of(person, page.point(item.id)),
        answer=datum.answer if datum else None,
        not_done_because=datum.reason if datum and datum.answer is None else None,
    )


def _task(task: Task) -> nouns.TaskDue:
    return nouns.TaskDue(task.participant, task.encounter, task.form, task.progress, task.until)


def _consent(each: ConsentGiven) -> nouns.ConsentShown:
    return nouns.ConsentShown(each.version, each.language, each.explained_by, each.signed_on, each.scan, each.witness)


def _encounter(name: str, each: EncounterStarted | EncounterMissed) -> nouns.EncounterShown:
    if isinstance(each, EncounterStarted):
        return nouns.EncounterShown(name, each.on, None)
    return nouns.EncounterShown(name, None, each.reason)


def _dose(number: int, each: DoseAdministered | DoseOmitted) -> nouns.DoseShown:
    if isinstance(each, DoseOmitted):
        return nouns.DoseShown(number, None, None, None, None, each.reason)
    return nouns.DoseShown(number, each.pack, each.given_at, f"{each.volume_ml:f}", each.body_site, None)


def _withdrawal(each: ParticipantWithdrawn) -> nouns.WithdrawalShown:
    return nouns.WithdrawalShown(each.stops, each.reason, each.on, each.detail)
