"""A synthetic site to click through: a rehearsal that stops in the middle of the trial, at the present moment."""

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from equipoise.cli.rehearsal import cast
from equipoise.cli.rehearsal.consent_page import consent_page
from equipoise.cli.rehearsal.part import Part, read_part
from equipoise.cli.rehearsal.trial import Rehearsal, recruit, start
from equipoise.protocol import study_file
from equipoise.store import Installation, create_installation
from equipoise.store.installation import SECRET_BYTES

SEED = 5921058
PEOPLE = (
    cast.SPONSOR,
    cast.INVESTIGATOR,
    cast.CARE_PROVIDER,
    cast.ASSESSOR,
    cast.DATA_MANAGER,
    cast.MONITOR,
    cast.STATISTICIAN,
    cast.AUDITOR,
)
_RECRUITED, _ONE_COURSE = 0.35, timedelta(weeks=5)
"""A synthetic trial has this share of its recruitment and one course of treatment behind it: some participants have
finished, some are due today, some are still to come."""


def play_site(folder: Path, study: str, now: datetime) -> None:
    """Make a synthetic installation in `folder` with a trial that runs, played up to now."""
    from equipoise.web.site import configure

    installation = make_installation(folder)
    configure(installation, lambda: now)
    file = study_file(study)
    part = read_part(file, None, SEED, None)
    found_site(installation, slug_of(part.definition.id), file, part, now)


def slug_of(study: str) -> str:
    """What the trial is called in addresses: `nct05921058`."""
    return re.sub("[^a-z0-9]+", "-", study.lower()).strip("-") or "trial"


def make_installation(folder: Path) -> Installation:
    """An empty synthetic installation."""
    return create_installation(folder, secret=os.urandom(SECRET_BYTES), is_synthetic=True)


def play_until(part: Part, folder: Path, vault: Path, now: datetime) -> None:
    """Play the trial in its `folder` from its opening up to now, with its vault and the pages that were signed."""
    recruiting = timedelta(weeks=_RECRUITED * part.participants / part.scenario.screened_per_week)
    starts_on = (now - recruiting - _ONE_COURSE).date()
    rehearsal = start(part, folder, pharmacy=True, vault_folder=vault, starts_on=starts_on)
    with rehearsal.vault:
        for _ in recruit(rehearsal, until=now):
            pass
    keep_consents(rehearsal, folder)
    rehearsal.desk.book.ledger.close()


def keep_consents(rehearsal: Rehearsal, folder: Path) -> None:
    """Put the pages that were signed into the `folder` of the trial, for its site to hand out."""
    from equipoise.web.kept_files import SCANS, keep_content

    for person in rehearsal.desk.state.participants.values():
        for each in person.consents:
            keep_content(folder / SCANS, consent_page(person.number, each.version, each.language))


def found_site(installation: Installation, slug: str, study: Path, part: Part, now: datetime) -> None:
    """Fill an installation with a synthetic trial that runs, and one account per role; Django is configured."""
    from equipoise.store.founding import add_demonstration_account, add_trial

    add_trial(slug, study, is_synthetic=True)
    for person in PEOPLE:
        add_demonstration_account(person.who)
    add_demonstration_account(cast.ADMINISTRATOR.who, is_administrator=True)
    play_until(part, installation.trial_folder(slug), installation.vault_folder(slug), now)
