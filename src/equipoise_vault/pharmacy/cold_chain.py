"""Cold chain: logs are read, excursions are found and judged; until then the consignment is in quarantine."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from equipoise.vocabulary import Refusal, digest_bytes, utc_text
from equipoise_vault.pharmacy.bench import Answer, Bench, bench, recorded
from equipoise_vault.pharmacy.entries import ExcursionFound, ExcursionJudged, TemperatureLogRead
from equipoise_vault.pharmacy.excursions import Spell, find_spells
from equipoise_vault.pharmacy.stock import Consignment
from equipoise_vault.pharmacy.temperature_log import Reading, TemperatureLog, read_temperature_log
from equipoise_vault.pharmacy.words import ExcursionKind
from equipoise_vault.request import Request
from equipoise_vault.room import Room

LONGEST_SILENCE = timedelta(minutes=60)
"""A place that nobody has watched for longer than this is judged as if it had been outside its range."""
_MOST_EXCURSIONS = 100
MOST_DRAWN = 600


def read_log(room: Room, request: Request) -> Answer:
    """Read a logger's file (`content`, base64) for a `place` of storage; give what was found in it.

    `day_first` settles dates that can be read in two ways.  The file is kept, encrypted, under its digest.
    Every consignment that stood there is judged against the range of its own product.
    """
    at_hand = bench(room, request)
    content = _content(request)
    day_first = request.flag("day_first") if request.body.get("day_first") is not None else None
    log = read_temperature_log(content, ZoneInfo(at_hand.manual.time_zone), day_first)
    name = digest_bytes(content)

    def decide(bench: Bench, request: Request) -> Sequence[object]:
        if name in bench.state.logs:
            raise Refusal("TEMPERATURE-LOG-TWICE", "This file was read before.", "Nothing more is needed.")
        events = log_records(bench, request.words("place"), log, name)
        room.put_secret(f"log {name}", content)
        return events

    answer = recorded(decide)(room, request)
    found = room.pharmacy.state().excursions.values()
    return {
        **answer,
        "readings": len(log.readings),
        "duplicates": log.duplicates,
        "out_of_order": log.out_of_order,
        "unreadable": log.unreadable,
        "open_excursions": sum(excursion.is_open for excursion in found),
    }


def log_records(bench: Bench, place: str, log: TemperatureLog, digest: str) -> tuple[object, ...]:
    """The records that a log leads to: that it was read, and each excursion of each consignment that stood there."""
    if log.readings[-1].at > bench.moment:
        raise Refusal("TEMPERATURE-LOG", "The log ends in the future.", "Check the logger's clock and time zone.")
    consignments = [each for each in bench.state.consignments.values() if place in dict(each.stays)]
    if not consignments:
        raise Refusal("TEMPERATURE-LOG", "No consignment was ever stored in that place.", "Check the place's name.")
    read = TemperatureLogRead(
        place=place,
        digest=digest,
        readings=len(log.readings),
        began_at=log.readings[0].at,
        ended_at=log.readings[-1].at,
        duplicates=log.duplicates,
        out_of_order=log.out_of_order,
        unreadable=log.unreadable,
    )
    before = {number: excursion.found for number, excursion in bench.state.excursions.items()}
    found = dict(before)
    for consignment in consignments:
        for spell in _spells(bench, place, consignment, log.readings):
            event = _event(found, consignment.number, spell)
            found[event.excursion] = event
    changed = [event for number, event in found.items() if event != before.get(number)]
    if len(changed) > _MOST_EXCURSIONS:
        raise Refusal("TEMPERATURE-LOG", "Almost nothing in this log lies in the range.", "Check the place and unit.")
    return (read, *changed)


def show_log(room: Room, request: Request) -> Answer:
    """A log that was read before (`digest`), to be drawn: at most `MOST_DRAWN` of its readings, with both extremes of
    every stretch among them, and the ranges of the products that stood in its place."""
    at_hand = bench(room, request)
    read = at_hand.state.logs.get(request.text("digest"))
    if read is None:
        raise Refusal("TEMPERATURE-LOG", "There is no such log.", "Choose one of the list.")
    zone = ZoneInfo(at_hand.manual.time_zone)
    readings = _reread(room.secret(f"log {read.digest}"), zone, read)
    here = [each for each in at_hand.state.consignments.values() if read.place in dict(each.stays)]
    ranges = {each.product: at_hand.manual.product(each.product).storage_c for each in here}
    return {
        "place": read.place,
        "began_at": utc_text(read.began_at),
        "ended_at": utc_text(read.ended_at),
        "readings": [[utc_text(each.at), str(each.celsius)] for each in thinned(readings, MOST_DRAWN)],
        "ranges": {product: [str(end) for end in ends] for product, ends in ranges.items() if ends},
    }


def thinned(readings: Sequence[Reading], most: int) -> Sequence[Reading]:
    """Readings to draw: of each stretch of equally many the coldest and the warmest, in the order of time."""
    if len(readings) <= most:
        return readings
    width = -(-len(readings) // (most // 2))
    stretches = [readings[at : at + width] for at in range(0, len(readings), width)]
    kept = [{min(each, key=_warmth), max(each, key=_warmth)} for each in stretches]
    return [reading for pair in kept for reading in sorted(pair, key=lambda each: each.at)]


def _warmth(reading: Reading) -> Decimal:
    return reading.celsius


def _reread(content: bytes, zone: ZoneInfo, read: TemperatureLogRead) -> tuple[Reading, ...]:
    """The file again, with its dates understood as they were when it was read first."""
    for day_first in (None, True, False):
        try:
            log = read_temperature_log(content, zone, day_first)
        except Refusal:
            continue
        if (log.readings[0].at, log.readings[-1].at) == (read.began_at, read.ended_at):
            return log.readings
    raise Refusal("TEMPERATURE-LOG", "This log cannot be read again.", "Restore a copy of the vault.")


def judge_excursion(bench: Bench, request: Request) -> tuple[ExcursionJudged]:
    """Say whether a consignment may be used after an excursion: `excursion, is_usable, decided_by, grounds`.

    What may not be used leaves the shelf.
    """
    excursion = bench.state.excursions.get(request.whole("excursion"))
    if excursion is None:
        raise Refusal("PHARMACY-EXCURSION", "There is no such excursion.", "Check its number.")
    if not excursion.is_open:
        raise Refusal("PHARMACY-EXCURSION", "This excursion is judged already.", "Nothing more is needed.")
    if excursion.found.ended_at is None:
        raise Refusal("PHARMACY-EXCURSION", "It is not known yet when it ended.", "Read the log up to its end.")
    made = ExcursionJudged(
        excursion.found.excursion, request.flag("is_usable"), request.words("decided_by"), request.words("grounds")
    )
    return (made,)


def _spells(bench: Bench, place: str, consignment: Consignment, readings: Sequence[Reading]) -> Iterator[Spell]:
    """What a log of one place says of one consignment, in the times that it stood there."""
    storage = bench.manual.product(consignment.product).storage_c
    if storage is None:
        return
    for began, until in _stays_at(place, consignment, bench.moment):
        own = [reading for reading in readings if began <= reading.at <= until]
        if own:
            yield from find_spells([*_where_it_broke_off(bench, consignment, own[0]), *own], *storage, LONGEST_SILENCE)
            watched = bench.state.watched_until.get(place)
            yield from _silence_before(max(watched, began) if watched else began, own[0])


def _stays_at(place: str, consignment: Consignment, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    for (where, since), (_, until) in pairwise((*consignment.stays, ("", now))):
        if where == place:
            yield since, until


def _where_it_broke_off(bench: Bench, consignment: Consignment, first: Reading) -> tuple[Reading, ...]:
    """The last reading of the log before, where that one ended outside the range: this log goes on from there."""
    return tuple(
        Reading(found.last_at, found.extreme_c)
        for excursion in bench.state.excursions.values()
        if (found := excursion.found).consignment == consignment.number
        and found.ended_at is None
        and found.extreme_c is not None
        and found.last_at < first.at <= found.last_at + LONGEST_SILENCE
    )


def _silence_before(since: datetime, first: Reading) -> Iterator[Spell]:
    """The silence between the last log of the place, or the arrival of the units, and this one."""
    if first.at - since > LONGEST_SILENCE:
        yield Spell(ExcursionKind.NO_READING, since, first.at, first.at, None)


def _event(known: Mapping[int, ExcursionFound], consignment: int, spell: Spell) -> ExcursionFound:
    """A spell as an excursion: a new one, or one on record that it is a part of or goes on from."""
    for old in known.values():
        touches = spell.began_at <= old.last_at + LONGEST_SILENCE and old.began_at <= spell.last_at
        is_over = old.ended_at is not None and spell.began_at >= old.ended_at
        if (old.consignment, old.kind) == (consignment, spell.kind) and touches and not is_over:
            return replace(
                old,
                began_at=min(spell.began_at, old.began_at),
                last_at=max(spell.last_at, old.last_at),
                ended_at=_later(spell, old),
                extreme_c=_worse(spell.extreme_c, old.extreme_c, spell.kind),
            )
    return ExcursionFound(
        len(known) + 1, consignment, spell.kind, spell.began_at, spell.last_at, spell.ended_at, spell.extreme_c
    )


def _later(spell: Spell, old: ExcursionFound) -> datetime | None:
    """When it ended, as told by whichever saw more of it."""
    return spell.ended_at or old.ended_at if spell.last_at >= old.last_at else old.ended_at


def _worse(one: Decimal | None, other: Decimal | None, kind: ExcursionKind) -> Decimal | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other) if kind is ExcursionKind.TOO_WARM else min(one, other)


def _content(request: Request) -> bytes:
    try:
        return base64.b64decode(request.text("content"), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("VAULT-REQUEST", "The request needs a proper “content”.", "Nothing was done.") from None
