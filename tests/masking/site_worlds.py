"""Two worlds over the site: every masked role asks for every page and every answer of the API, in both worlds.

Routes are found in the URL table, so that a new one is crawled without being named here; one that no request reached
fails the test.  A surface is one answer: status, headers, cookies, body, and how many statements it took.  Chance
(tokens against forgery, session keys, names of requests) is drawn from the same seed in both worlds, so that nothing
needs to be allowed for it; what is declassified on purpose is the allow-list of `worlds`.
"""

import contextlib
import hashlib
import io
import json
import logging
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import worlds
from rounds import Rounds

import web_world
from equipoise.cli.rehearsal.cast import INVESTIGATOR
from equipoise.cli.rehearsal.ending import lock
from equipoise.cli.rehearsal.part import Part
from equipoise.cli.rehearsal.site import keep_consents
from equipoise.cli.rehearsal.trial import Rehearsal, recruit, start
from equipoise.conduct import AttachFile, EnterAgain, FileDescription, Page, Participant, Typed
from equipoise.vocabulary import Role, SteppingClock
from web_routes import routes

PLAYED = timedelta(days=60)
"""So long is a world played before the crawl: some participants have finished, some are under way."""
ROLES = {Role(name): account for name, account in web_world.PEOPLE.items() if name != "administrator"}
_STAMP = datetime(2026, 3, 20, tzinfo=UTC)
_REAL_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+")
_EXPIRES = re.compile(r"(?i)expires[=:][^;\r\n]*")
_LENGTH = re.compile(r"Content-Length: [0-9]+")
_SESSION_SEEN = re.compile(rb'<span title="[^"]*">[^<]*</span>')
_NAMED = re.compile(
    rb"(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{64}|(?:[0-9a-f]{4} ){15}[0-9a-f]{4}|[0-9]{5})(?![0-9a-f])"
)
TWICE, PRINTED = Page("baseline", "vital_signs"), Page("baseline", "laboratory_endpoints")
"""A form that two people enter in these worlds, and one beside which a file lies."""
_WHOLE = 1
"""Of so many participants every page of a form is asked for; of the others the pages about the person."""


_luck = random.Random()
"""Chance, begun anew with every request: a request that draws more than in the other world moves no other one."""


@dataclass(frozen=True)
class Ready:
    """A played trial, waiting to be served: its folder, what is declassified in it, and who got what."""

    folder: Path
    tokens: Mapping[str, tuple[str, ...]]
    arms: Mapping[str, str]
    moment: datetime


@dataclass(frozen=True)
class Pair:
    """Two worlds that differ in the allocation alone."""

    one: Ready
    other: Ready


@dataclass
class Crawl:
    """Everything that was answered, by role, method and address; `reached` are the routes that let somebody in."""

    surfaces: dict[str, bytes] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    named: dict[str, str] = field(default_factory=dict)
    """What follows from the declassified values in entries that the crawl itself wrote: a command that needs no field
    is carried out.  Their hashes, and a digest of all data, which hold the pack numbers."""


def ready(folder: Path, part: Part, spoil: Callable[[Rehearsal], None] | None = None) -> Ready:
    """Play a trial into a folder, up to its middle."""
    return _played(folder, part, spoil or (lambda rehearsal: None), _stop_in_the_middle)


def locked(folder: Path, part: Part) -> Ready:
    """Play a trial into a folder, to its end and its lock; the list stays sealed."""
    return _played(folder, part, lambda rehearsal: None, _lock)


def _played(
    folder: Path,
    part: Part,
    spoil: Callable[[Rehearsal], None],
    play: Callable[[Rehearsal], tuple[list[str], dict[str, tuple[str, ...]]]],
) -> Ready:
    """What `play` leaves behind, as the site finds it; it gives the digests of attached files, and further tokens."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rehearsal = start(part, folder, vault_folder=folder.parent / f"{folder.name} vault")
    with rehearsal.vault:
        spoil(rehearsal)
        attached, further = play(rehearsal)
        tokens = worlds.declassified(rehearsal, Rounds(rehearsal))
        tokens = {kind: (*values, *further.get(kind, ())) for kind, values in tokens.items()}
        arms = {course.number: course.arm for course in rehearsal.courses if course.arm}
        moment = rehearsal.desk.clock()
    keep_consents(rehearsal, folder)
    rehearsal.desk.book.ledger.close()
    (folder / "attachments").mkdir()
    for digest in attached:
        (folder / "attachments" / f"{digest}.pdf").write_bytes(b"%PDF-1.7 SYNTHETIC")
    (folder / "study.yaml").write_text(json.dumps(part.definition.canonical()), encoding="utf-8")
    return Ready(folder, tokens, arms, moment)


def _stop_in_the_middle(rehearsal: Rehearsal) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    for _ in recruit(rehearsal, until=rehearsal.desk.clock() + PLAYED):
        pass
    return _attach_printouts(rehearsal), {}


def _lock(rehearsal: Rehearsal) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """What is signed names the digest of all data: it follows from the chain and the pack numbers in it."""
    for _ in recruit(rehearsal):
        pass
    certificate = lock(rehearsal)
    signatures = tuple(each.signature for each in certificate.signatures)
    return [], {"chain hash": (certificate.data_digest, certificate.digest), "signature": signatures}


def pair_of_parts(kind: str) -> tuple[Part, Part]:
    """What two worlds are made from: the study of all proofs, with a form that two people enter."""
    part = worlds.script()
    forms = tuple(each.model_copy(update={"double_entry": each.id == TWICE.form}) for each in part.definition.forms)
    definition = part.definition.model_copy(update={"forms": forms})
    doubled = replace(part, definition=definition, design=replace(part.design, study=definition.digest))
    return next(worlds.pairs_of_worlds(kind, of=doubled))


def _attach_printouts(rehearsal: Rehearsal) -> list[str]:
    """Lay a printout beside the laboratory form of everybody who has one; gives the digests."""
    people = [each for each in rehearsal.desk.state.participants.values() if PRINTED in each.pages]
    digests = [hashlib.sha256(each.number.encode()).hexdigest() for each in people]
    for person, digest in zip(people, digests, strict=True):
        file = FileDescription(digest, "application/pdf", 18, "SYNTHETIC printout")
        rehearsal.desk.do(INVESTIGATOR, AttachFile(person.number, PRINTED, file))
        rehearsal.desk.do(INVESTIGATOR, EnterAgain(person.number, TWICE, (Typed("systolic", "121"),)))
    return digests


@contextlib.contextmanager
def served(world: Ready) -> Iterator[None]:
    """The site of the tests with this trial in the place of its own, and chance drawn from a seed."""
    installation = web_world.fresh_site()
    from equipoise.store.running import run_trials

    place = installation.trial_folder(web_world.SLUG)
    for name in ("study.yaml", "ledger.sqlite3"):
        shutil.copyfile(world.folder / name, place / name)
    for name in ("scans", "attachments"):
        shutil.copytree(world.folder / name, place / name, dirs_exist_ok=True)
    run_trials(installation, SteppingClock(world.moment, timedelta()))
    with (
        mock.patch("secrets.choice", _luck.choice),
        mock.patch("equipoise.web.requests.uuid4", lambda: UUID(int=_luck.getrandbits(128))),
        mock.patch("django.utils.timezone.now", lambda: _STAMP),
        mock.patch("django.test.client.store_rendered_templates", lambda *told, **known: None),  # nobody asks for them
        mock.patch("django.core.signing.TimestampSigner.timestamp", lambda signer: "1xVI8u"),
    ):
        yield


def crawl(world: Ready, roles: Sequence[Role], *, only: Sequence[str] = ()) -> Crawl:
    """Ask for everything as each role; `only` names the routes of a short crawl."""
    found, logged = Crawl(), io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        with served(world):
            for role in roles:
                _crawl_as(found, role, only)
            found.surfaces["site database"] = _dump()
            found.named = _written()
    finally:
        logging.getLogger().removeHandler(handler)
    found.surfaces["logged"] = logged.getvalue().encode()
    return found


def differences(one: Ready, other: Ready, first: Crawl, second: Crawl) -> list[str]:
    """Where two crawls differ, after what is declassified has been replaced by its name."""
    found = [f"{name} in one world only" for name in sorted(first.surfaces.keys() ^ second.surfaces.keys())]
    for name in (each for each in first.surfaces if each in second.surfaces):
        if first.surfaces[name] == second.surfaces[name]:
            continue
        a, b = _named(one, first, first.surfaces[name]), _named(other, second, second.surfaces[name])
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            found.append(f"{name}: {a[max(0, at - 60) : at + 40]!r} / {b[max(0, at - 60) : at + 40]!r}")
    return found


def _crawl_as(found: Crawl, role: Role, only: Sequence[str]) -> None:
    from django.test import Client

    from equipoise.store.models import Account, Trial
    from equipoise.store.running import now
    from equipoise.store.tokens import make_token
    from equipoise.web.access import ACCESS, Door

    account = Account.objects.get(username=ROLES[role])
    browser, program = Client(raise_request_exception=False), Client(raise_request_exception=False)
    _luck.seed(role.value)
    browser.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = make_token(
        account,
        Trial.objects.get(slug=web_world.SLUG),
        role,
        name="crawl",
        days=3,
        now=now(),
        secret=role.value.encode().ljust(32, b"."),
    )
    shown = {"Authorization": f"Bearer {token}"}
    for name, converters in routes().items():
        if (only and name not in only) or name in _LEAVES:
            continue
        is_program = ACCESS[name].door is Door.TOKEN
        for number, address in enumerate(_addresses(name, converters)):
            methods = ("get", "head", "options", "malformed", "post")
            if number:
                methods = ("get",) if "form" in converters else ("get", "post")
            for method in methods:
                client, headers = (program, shown) if is_program else (browser, {})
                answer, statements = _ask(client, method, address, headers)
                if answer.status_code not in {404, 401}:
                    found.reached.add(name)
                found.statuses.add(answer.status_code)
                found.surfaces[f"{role} {method} {address}"] = _surface(answer, statements)


_LEAVES = frozenset({"account_logout", "choose_role"})
"""What would end the crawl of a role; `choose_role` shows nothing."""


def _ask(client: Any, method: str, address: str, headers: Mapping[str, str]) -> tuple[Any, int]:
    from django.core.cache import cache
    from django.db import connection

    cache.clear()  # of how often somebody has asked within a minute of the wall clock
    count = 0

    def counting(execute: Any, *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    _luck.seed(f"{client.cookies.get('equipoise', '')} {method} {address}")
    with connection.execute_wrapper(counting):
        if method == "malformed":
            answer = client.post(address, b'{"page": [', content_type="application/json", headers=headers)
        elif method == "post":
            answer = client.post(address, b"{}", content_type="application/json", headers=headers)
        else:
            answer = getattr(client, method)(address, headers=headers)
    return answer, count


def _surface(answer: Any, statements: int) -> bytes:
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(answer.headers.items()))
    head = _EXPIRES.sub("expires", f"{headers}\n{answer.cookies.output()}")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.resolver_match and answer.resolver_match.url_name == "usersessions_list":
        body, head = _SESSION_SEEN.sub(b"<time>", body), _LENGTH.sub("", head)  # it shows the wall clock
    return f"{answer.status_code}\n{head}\n{statements} statements\n\n".encode() + body


def _addresses(name: str, converters: Mapping[str, Any]) -> Iterator[str]:
    """A route with every object that the trial has for it."""
    from django.urls import reverse

    if name == "api_unknown":
        yield "/api/nothing"
        return
    if "participant" not in converters:
        given = {"trial": web_world.SLUG, "pk": 1, "code": "x", "key": "x", "name": "report.pdf"}
        yield reverse(name, kwargs={key: given[key] for key in converters})
        return
    for kwargs in _objects(set(converters)):
        yield reverse(name, kwargs={"trial": web_world.SLUG, **kwargs})


def _objects(asked: set[str]) -> Iterator[dict[str, Any]]:
    from equipoise.store.running import running_trial

    trial = running_trial(web_world.SLUG)
    people = trial.look(lambda state: [(each.number, list(each.pages)) for each in state.conduct.participants.values()])
    files = trial.look(lambda state: {n: _files(each) for n, each in state.conduct.participants.items()})
    whole = list(trial.look(lambda state: tuple(state.conduct.allocation.slot_of)))[:_WHOLE]
    for number, filled in people:
        if "form" in asked:
            empty = [Page(each.id, form) for each in trial.plan.encounters.values() for form in each.forms]
            pages = list(dict.fromkeys([*filled, *empty[:3]])) if number in whole else []
            for page in pages[:2] if "item" in asked else pages:
                for item in trial.plan.forms[page.form].asked if "item" in asked else ("",):
                    given = {"participant": number, "encounter": page.encounter, "form": page.form}
                    given |= {"item": item} if "item" in asked else {}
                    yield given | ({"repetition": page.repetition} if "repetition" in asked else {})
        elif "digest" in asked:
            yield from ({"participant": number, "digest": digest} for digest in files[number])
        else:
            yield {"participant": number}


def _files(person: Participant) -> list[str]:
    """The files of a participant: scan of the consent, attachments; for who has none, one that is not there."""
    return [*(each.scan for each in person.consents[:1]), *person.attachments] or ["ab" * 32]


def _dump() -> bytes:
    """The site's own database, statistics and deleted sessions included; times of the wall clock are blanked."""
    from django.db import connections

    from equipoise.store.running import installation

    connections.close_all()
    with contextlib.closing(sqlite3.connect(installation().database)) as database:
        return _REAL_TIME.sub("<time>", "\n".join(database.iterdump())).encode()


def _written() -> dict[str, str]:
    from equipoise.store.running import running_trial

    found = {}
    for entry in running_trial(web_world.SLUG).book.ledger.entries():
        found[entry.hash] = f"<hash {entry.seq}>"
        if "data_digest" in entry.body:
            found[entry.body["data_digest"]] = f"<data {entry.seq}>"
    return found


def _named(world: Ready, crawled: Crawl, content: bytes) -> bytes:
    names = dict(crawled.named)
    names |= {value: f"<{kind} {place}>" for kind, values in world.tokens.items() for place, value in enumerate(values)}

    def name(found: re.Match[bytes]) -> bytes:
        text = found[0].decode()
        return names.get(text.replace(" ", ""), text).encode()

    return _NAMED.sub(name, content)
