"""What is put into an installation: accounts and trials."""

import shutil
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import make_password

from equipoise.protocol import load_definition
from equipoise.store.models import Account, Trial
from equipoise.store.running import STUDY, installation
from equipoise.vocabulary import Refusal

RESERVED = frozenset({"account", "administration", "api", "health", "language", "setup", "static"})
"""What a trial cannot be called: the site's own addresses begin so."""

DEMONSTRATION_PASSWORD = "synthetic people only"  # noqa: S105  # on the log-in page of synthetic sites: it opens nothing else


def add_trial(slug: str, study: Path, *, is_synthetic: bool = False) -> Trial:
    """Give a trial its folder, with a copy of its study definition alone, and its place on the site.

    The details of its randomisation do not come along: they belong to the sealed room.  Raises `Refusal`.
    """
    definition = load_definition(study)
    if slug in RESERVED or Trial.objects.filter(slug=slug).exists():
        raise Refusal("TRIAL-NAME", "This name is taken.", "Choose another one.")
    folder = installation().trial_folder(slug)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(study, folder / STUDY)
    return Trial.objects.create(slug=slug, title=definition.title.text("en"), synthetic=is_synthetic)


def add_demonstration_account(username: str, *, is_administrator: bool = False) -> Account:
    """An account of a synthetic site, with the password that everybody may know."""
    assert installation().is_synthetic, "a real site has no account whose password is known"
    account = Account(
        username=username,
        password=_known_hash(),
        display_name=username.removeprefix("synthetic.").replace(".", " "),
        is_administrator=is_administrator,
        is_demonstration=True,
    )
    account.save(force_insert=True)
    return account


@cache
def _known_hash() -> str:
    """One for all: a hash is made slow against guessing, and here there is nothing to guess."""
    return make_password(DEMONSTRATION_PASSWORD)


def demonstration_accounts() -> list[Account]:
    """The accounts that a synthetic site names on its log-in page."""
    return list(Account.objects.filter(is_demonstration=True).order_by("pk"))
