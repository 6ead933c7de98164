"""The site under load: 10,000 participants x 20 encounters; form save, participant page, trial home; 50 people at once.

    python bench/bench_web.py [participants] [--postgresql]

Every figure is server time of a whole request - middleware, session, access table, durable write, rendered answer -
measured around the site's own handler, without a network.  Beside it stands the usual way: the same form saved as plain
Django model rows with a history table, behind the same middleware.  The ledger is written in bulk by the plain write
path (append), one transaction for all.
"""

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from ruamel.yaml import YAML

from conduct_world import sealed_list
from equipoise.allocation.entries import SlotAssigned
from equipoise.conduct import ALL_SITES, Actor, Answer, Appoint, OpenTrial, Page
from equipoise.conduct.events import (
    AnswerCaptured,
    ConsentGiven,
    EncounterStarted,
    ParticipantEnrolled,
    ParticipantScreened,
    PersonAppointed,
)
from equipoise.store import create_installation
from equipoise.vocabulary import Role, utc_text

SLUG, ENCOUNTERS, PEOPLE, SAVES_EACH = "bench", 20, 50, 20
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
TODAY = date(2026, 6, 1)
ITEMS = {
    "systolic": ("121", "mm[Hg]"),
    "diastolic": ("78", "mm[Hg]"),
    "weight": ("61.5", "kg"),
    "height": ("1.62", "m"),
}
GOALS_MS = {"form save": 60.0, "participant page": 100.0, "trial home": 300.0}
OPEN_SHARE = 5
"""One participant in so many is at the last encounter today, with its form still empty."""


def study() -> dict[str, Any]:
    """The small study of the tests with twenty encounters, each with one form of four measured items."""
    document = YAML(typ="safe").load((TESTS / "conduct_study.yaml").read_text(encoding="utf-8"))
    named = {each["id"]: each for each in document["encounters"]}
    for each in named.values():
        each["forms"] = ["vitals"]
    for week in range(1, ENCOUNTERS - len(named) + 1):
        name = f"week_{week}"
        named[name] = {"id": name, "name": name, "epoch": "follow_up", "day": 38 + 7 * week, "forms": ["vitals"]}
        named[name] |= {"days_before": 3, "days_after": 3}
    document["encounters"] = list(named.values())
    document["forms"] = [each for each in document["forms"] if each["id"] in {"vitals", "medication"}]
    document["endpoints"][0] |= {"item": "systolic"}
    return document


def fill(trial: Any, participants: int) -> int:
    """Write the whole trial, in one transaction; gives the number of entries."""
    plan, ledger = trial.plan, trial.book.ledger
    last = list(plan.encounters.values())[-1]
    day_one = TODAY - timedelta(days=last.day - 1)
    with ledger.transaction():
        ledger.append(sealed_list(slots=participants + 50), who="equipoise", role=Role.SYSTEM)
        nurses = [
            PersonAppointed(100 + n, f"nurse.{n:02d}", Role.CARE_PROVIDER, ALL_SITES, day_one, None, "GCP", day_one)
            for n in range(PEOPLE)
        ]
        ledger.append(nurses, who="investigator", role=Role.INVESTIGATOR)
        for start in range(0, participants, 100):
            events = [
                event
                for number in range(start, min(start + 100, participants))
                for event in course(plan, number, day_one)
            ]
            ledger.append(events, who="nurse.00", role=Role.CARE_PROVIDER)
    return int(ledger.head()[0])


def name_of(number: int) -> str:
    return f"01-{number + 1:05d}"


def course(plan: Any, number: int, day_one: date) -> Iterator[object]:
    """One participant: screened, randomised, twenty encounters; the last form is empty for some."""
    name = name_of(number)
    yield ParticipantScreened(name, "01", day_one - timedelta(days=7))
    yield ConsentGiven(name, "1.0", "en", "nurse.00", day_one - timedelta(days=7), f"{number:064x}")
    yield ParticipantEnrolled(name, day_one - timedelta(days=1))
    yield SlotAssigned(name, 0, number)
    for place, encounter in enumerate(plan.encounters.values(), start=1):
        on = day_one + timedelta(days=encounter.day - (encounter.day > 0))
        yield EncounterStarted(name, encounter.id, on, on)
        if place < ENCOUNTERS or number % OPEN_SHARE:
            page = Page(encounter.id, "vitals")
            for item, (value, unit) in ITEMS.items():
                yield AnswerCaptured(name, page.point(item), Answer(value, None, unit))
            yield AnswerCaptured(name, page.point("measured_at"), Answer(utc_text(NOW)))


def founded(folder: Path, server: str, participants: int) -> tuple[int, float, float]:
    """Make the site with its trial; gives the entries, and the seconds to write and to open it anew."""
    from equipoise.vocabulary import SteppingClock
    from equipoise.web.site import configure

    if server:
        os.environ["EQUIPOISE_DATABASE"] = server
    installation = create_installation(folder / "site", secret=b"bench" * 10, is_synthetic=True)
    clock = SteppingClock(NOW, timedelta())
    configure(installation, clock, hosts=("testserver",))
    from equipoise.store.founding import add_trial
    from equipoise.store.models import Account
    from equipoise.store.running import open_trials, run_trials, running_trial
    from equipoise.web.agenda import find_open

    file = folder / "study.yaml"
    file.write_text(json.dumps(study()), encoding="utf-8")
    add_trial(SLUG, file, is_synthetic=True)
    trial = running_trial(SLUG)
    sponsor = Actor("sponsor", Role.SPONSOR)
    trial.do(sponsor, OpenTrial(synthetic=True))
    trial.do(Actor("administrator", Role.ADMINISTRATOR), Appoint("sponsor", Role.SPONSOR, (), TODAY, "GCP", TODAY))
    trial.do(sponsor, Appoint("investigator", Role.INVESTIGATOR, (), TODAY, "GCP", TODAY))
    for name in ("investigator", *(f"nurse.{n:02d}" for n in range(PEOPLE))):
        Account.objects.create(username=name, display_name=name, is_demonstration=True)
    began = perf_counter()
    entries = fill(trial, participants)
    written = perf_counter() - began
    run_trials(installation, clock)
    began = perf_counter()
    open_trials(find_open)  # as `equipoise serve` does before it answers anybody
    return entries, written, perf_counter() - began


def person(name: str) -> Any:
    from django.test import Client

    from equipoise.store.models import Account

    client = Client()
    client.force_login(
        Account.objects.get(username=name), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


class Spent(float):
    """Milliseconds of one request; `cpu` are those of this thread's own work, whatever else the machine does."""

    cpu: float


def timed(ask: Callable[[], Any], status: int = 200) -> Spent:
    """What one request took, which must be answered well."""
    began, began_cpu = perf_counter(), thread_time()
    answer = ask()
    spent = Spent((perf_counter() - began) * 1000)
    spent.cpu = (thread_time() - began_cpu) * 1000
    assert answer.status_code == status, (answer.status_code, answer.content[:400])
    return spent


def save_form(client: Any, number: int, item: str, value: str, request: str) -> Any:
    last = f"week_{ENCOUNTERS - 4}"
    address = f"/{SLUG}/participants/{name_of(number)}/{last}/vitals/1/{item}/"
    fields = {item: value, f"{item}.unit": ITEMS[item][1], f"{item}.version": "", f"{item}.request": request}
    return client.post(address, fields)


def shares_of(participants: int) -> tuple[list[int], list[int], list[int]]:
    """Those whose last form is empty: for the site, for the usual way, for the fifty."""
    empty = [n for n in range(participants) if n % OPEN_SHARE == 0]
    quarter = len(empty) // 4
    return empty[:quarter], empty[quarter : 2 * quarter], empty[2 * quarter :]


def single(participants: int, peer: "Peer") -> dict[str, list[Spent]]:
    """One person at a time."""
    client = person("nurse.00")
    mine, theirs, _ = shares_of(participants)
    found: dict[str, list[Spent]] = {}
    found["form save"], found["usual form save"] = [], []
    for turn in range(min(75, len(mine) - 15)):
        for item, (value, _) in ITEMS.items():  # in turns, so that both meet the same load of the machine
            found["form save"].append(timed(lambda: save_form(client, mine[turn], item, value, f"one-{turn}-{item}")))
            found["usual form save"].append(timed(lambda: peer.save(client, theirs[turn], item, value)))
    step = max(1, participants // 100)
    pages = [f"/{SLUG}/participants/{name_of(n)}/" for n in range(0, participants, step)]
    timed(lambda: client.get(pages[0]))
    timed(lambda: peer.page(client, 0))
    found["participant page"], found["usual participant page"] = [], []
    for place, page in enumerate(pages):
        found["participant page"].append(timed(lambda: client.get(page)))
        found["usual participant page"].append(timed(lambda: peer.page(client, place * step)))
    found["first trial home"] = [timed(lambda: client.get(f"/{SLUG}/"))]
    found["trial home"] = []
    for turn in range(15):  # somebody saves between two looks, as on a day of work
        save_form(client, mine[-1 - turn], "height", "1.7", f"home-{turn}")
        found["trial home"].append(timed(lambda: client.get(f"/{SLUG}/")))
    return found


def at_once(participants: int) -> tuple[list[Spent], int, int]:
    """Fifty people save at the same time, each save sent twice; gives the times, and how many were lost or doubled."""
    from django.db import connections

    from equipoise.store.running import running_trial

    wanted = {(n, item) for n in shares_of(participants)[2][: PEOPLE * SAVES_EACH // len(ITEMS)] for item in ITEMS}
    work = sorted(wanted)
    shares = [work[n::PEOPLE] for n in range(PEOPLE)]
    clients = [person(f"nurse.{n:02d}") for n in range(PEOPLE)]
    times: list[Spent] = []
    before = running_trial(SLUG).book.ledger.head()

    def enter(client: Any, share: list[tuple[int, str]]) -> None:
        for number, item in share:
            for _ in range(2):  # a double click
                times.append(timed(lambda: save_form(client, number, item, ITEMS[item][0], f"all-{number}-{item}")))
        connections.close_all()

    threads = [threading.Thread(target=enter, args=pair) for pair in zip(clients, shares, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = Page(f"week_{ENCOUNTERS - 4}", "vitals")
    held = running_trial(SLUG).look(
        lambda state: {
            (n, item): len(state.conduct.participant(name_of(n)).history(last.point(item))) for n, item in wanted
        }
    )
    after = running_trial(SLUG).book.ledger.head()
    doubled = sum(number > 1 for number in held.values()) + (after[0] - before[0] - len(wanted))
    assert len(times) == 2 * len(wanted), "somebody got no answer"
    return times, sum(number == 0 for number in held.values()), doubled


class Peer:
    """The usual way: a row per answer, changed in place, and a history table; behind the same middleware."""

    def __init__(self) -> None:
        from django.db import connection, models, transaction
        from django.http import HttpResponse
        from django.template import engines
        from django.urls import path
        from django.utils import timezone

        from equipoise.web import access, urls

        class PlainAnswer(models.Model):
            participant = models.CharField(max_length=12)
            encounter = models.CharField(max_length=40)
            item = models.CharField(max_length=40)
            value = models.CharField(max_length=200)
            unit = models.CharField(max_length=20)
            who = models.CharField(max_length=64)
            at = models.DateTimeField()

            class Meta:
                app_label = "store"
                constraints = (
                    models.UniqueConstraint(fields=["participant", "encounter", "item"], name="one_plain_answer"),
                )

        class PlainHistory(models.Model):
            answer = models.ForeignKey(PlainAnswer, on_delete=models.CASCADE)
            old = models.CharField(max_length=200, null=True)
            new = models.CharField(max_length=200)
            who = models.CharField(max_length=64)
            at = models.DateTimeField()
            reason = models.CharField(max_length=200, blank=True)

            class Meta:
                app_label = "store"

        saved = engines["django"].from_string(
            '<div class="item" id="{{ row.item }}"><label>{{ row.item }}'
            '<input name="{{ row.item }}" value="{{ row.value }}">'
            "</label><span>{{ row.unit }}</span><small>{{ row.who }} {{ row.at }}</small></div>"
        )
        listed = engines["django"].from_string(
            "{% extends 'base.html' %}{% block content %}<table>{% for row in rows %}<tr><th>{{ row.encounter }}</th>"
            "<td>{{ row.item }}</td><td>{{ row.value }} {{ row.unit }}</td>"
            "<td>{{ row.who }}</td><td>{{ row.at }}</td></tr>{% endfor %}</table>{% endblock %}"
        )

        def save(request: Any, trial: str, number: str, item: str) -> HttpResponse:
            with transaction.atomic():
                where = {"participant": number, "encounter": f"week_{ENCOUNTERS - 4}", "item": item}
                row = PlainAnswer.objects.select_for_update().filter(**where).first()
                old, row = (row.value if row else None), row or PlainAnswer(**where)
                row.value, row.unit = request.POST[item], ITEMS[item][1]
                row.who, row.at = request.account.username, timezone.now()
                row.save()
                PlainHistory.objects.create(answer=row, old=old, new=row.value, who=row.who, at=row.at)
            return HttpResponse(saved.render({"row": row}, request))

        def page(request: Any, trial: str, number: str) -> HttpResponse:
            return HttpResponse(listed.render({"rows": PlainAnswer.objects.filter(participant=number)}, request))

        urls.urlpatterns.insert(0, path("<slug:trial>/plain/<str:number>/", page, name="plain_page"))
        urls.urlpatterns.insert(0, path("<slug:trial>/plain/<str:number>/<slug:item>/", save, name="plain_save"))
        rules: Any = access.ACCESS
        rules["plain_page"] = rules["plain_save"] = access.trial_rule(access.MASKED, access.SITE)
        with connection.schema_editor() as editor:
            editor.create_model(PlainAnswer)
            editor.create_model(PlainHistory)
        self.answers = PlainAnswer

    def fill(self, participants: int) -> None:
        """The same answers as rows."""
        from django.db import transaction

        encounters = [each["id"] for each in study()["encounters"]]
        with transaction.atomic():
            for start in range(0, participants, 250):
                self.answers.objects.bulk_create(
                    [
                        self.answers(
                            participant=name_of(n),
                            encounter=encounter,
                            item=item,
                            value=value,
                            unit=unit,
                            who="nurse.00",
                            at=NOW,
                        )
                        for n in range(start, min(start + 250, participants))
                        for place, encounter in enumerate(encounters, start=1)
                        if place < ENCOUNTERS or n % OPEN_SHARE
                        for item, (value, unit) in {**ITEMS, "measured_at": (utc_text(NOW), "")}.items()
                    ],
                    batch_size=1000,
                )

    def save(self, client: Any, number: int, item: str, value: str) -> Any:
        return client.post(f"/{SLUG}/plain/{name_of(number)}/{item}/", {item: value})

    def page(self, client: Any, number: int) -> Any:
        return client.get(f"/{SLUG}/plain/{name_of(number)}/")


def p95(times: Sequence[float]) -> float:
    return sorted(times)[max(0, -(-len(times) * 95 // 100) - 1)]


def tell(found: dict[str, list[Spent]]) -> bool:
    """Print the table; true if every goal is met."""
    print(
        f"{'':28}{'n':>6}{'median ms':>11}{'p95 ms':>9}{'goal p95':>10}{'cpu median':>12}{'cpu p95':>9}{'x usual':>9}"
    )
    good = True
    for name, times in found.items():
        goal = None if name.startswith("usual") else GOALS_MS.get(name)
        usual = found.get(f"usual {name}")
        cpu = [each.cpu for each in times]
        ratio = f"{statistics.median(cpu) / statistics.median(each.cpu for each in usual):.2f}" if usual else ""
        wall = f"{len(times):6}{statistics.median(times):11.1f}{p95(times):9.1f}{goal or '':>10}"
        print(f"{name:28}{wall}{statistics.median(cpu):12.1f}{p95(cpu):9.1f}{ratio:>9}")
        good &= goal is None or p95(times) < goal
    return good


@contextlib.contextmanager
def server(wanted: bool) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, if one is wanted."""
    if not wanted:
        yield ""
        return
    from server import Server

    with tempfile.TemporaryDirectory(prefix="eq") as folder:
        yield Server(Path(folder)).address


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("participants", nargs="?", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true", help="on a server of our own instead of files")
    options = parser.parse_args()
    with server(options.postgresql) as address, tempfile.TemporaryDirectory() as folder:
        entries, written, opened = founded(Path(folder), address, options.participants)
        kind = "PostgreSQL" if address else "SQLite"
        print(f"{kind}: {options.participants} participants x {ENCOUNTERS} encounters, {entries} entries")
        print(f"written in {written:.1f} s, opened anew in {opened:.1f} s; load {os.getloadavg()[0]:.1f}", flush=True)
        peer = Peer()
        peer.fill(options.participants)
        good = tell(single(options.participants, peer))
        times, lost, doubled = at_once(options.participants)
        print(f"{PEOPLE} people at once, each save sent twice: {len(times)} requests, median", end=" ")
        print(f"{statistics.median(times):.0f} ms, p95 {p95(times):.0f} ms; lost {lost}, doubled {doubled}")
    return 0 if good and not lost and not doubled else 1


if __name__ == "__main__":
    sys.exit(main())
