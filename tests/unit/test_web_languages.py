"""The Indonesian catalogues of site and vault are complete, compiled, and fit the sentences that they translate."""

import gettext
import io
import re

import pytest

from equipoise.allocation.entries import BreakReason
from equipoise.vocabulary.catalogue import Text, mo_bytes, read_po, templates, translated
from equipoise.vocabulary.source_texts import Source
from equipoise.web.languages import SITE
from equipoise_vault.pages.languages import VAULT
from equipoise_vault.pages.roles import HOLDERS
from equipoise_vault.pharmacy.words import ExcursionKind, KitStage, RemovalKind, Unfit

BOTH = pytest.mark.parametrize("source", [SITE, VAULT], ids=["site", "vault"])
HOW = "run `python -m equipoise.web.languages` (of the vault: `equipoise_vault.pages.languages`) and translate"


@BOTH
def test_every_text_is_translated_and_none_is_left_over(source: Source) -> None:
    catalogue, wanted = read_po(source.po), source.wanted()
    assert not sorted(text.one for text in wanted if not catalogue.get(text)), HOW
    assert not sorted(text.one for text in catalogue.keys() - wanted), HOW


@BOTH
def test_the_compiled_catalogue_is_the_written_one(source: Source) -> None:
    assert source.mo.read_bytes() == mo_bytes(read_po(source.po))
    assert source.refusals.read_text("utf-8").splitlines() == sorted(source.texts_of_rules())


def test_gettext_reads_what_was_compiled() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(SITE.mo.read_bytes()))
    assert catalogue.gettext("Participants") == "Peserta"
    assert catalogue.ngettext("One entry", "%(n)s entries", 3) == "%(n)s entri"


@BOTH
def test_what_is_filled_in_stays(source: Source) -> None:
    for text, translation in read_po(source.po).items():
        names = re.compile(r"%\((\w+)\)[sd]")
        assert set(names.findall(translation)) <= set(names.findall(text.one) + names.findall(text.many)), text.one
        if "{0}" in translation:
            assert "{}" in text.one and "{}" not in translation, text.one
        else:
            assert translation.count("{}") <= text.one.count("{}"), text.one


def test_a_refusal_is_told_in_indonesian() -> None:
    from equipoise.web.refusals import TEXTS

    assert "The answer to {} lies in the future." in TEXTS.read_text("utf-8").splitlines()


def test_a_refusal_of_the_vault_is_told_in_indonesian() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(VAULT.mo.read_bytes()))
    known = templates(VAULT.refusals.read_text("utf-8").splitlines())
    assert translated("This kit is thawing.", known, catalogue.gettext) == "Kit ini sedang dicairkan."


def test_a_sentence_that_nobody_knows_stays_as_it_is() -> None:
    assert translated("Quite another thing. Twice.", templates(["This is {}."]), str) == "Quite another thing. Twice."


def test_two_sentences_are_translated_one_by_one() -> None:
    known = {"This is {}.": "Ini {}.", "Stop.": "Berhenti.", "red": "merah"}
    found = translated("Stop. This is red.", templates(known), lambda text: known.get(text, text))
    assert found == "Berhenti. Ini merah."


def test_every_word_of_a_closed_list_is_translated_on_the_vaults_pages() -> None:
    spoken = {
        Text(word.value.replace("_", " "))
        for kind in (KitStage, Unfit, ExcursionKind, RemovalKind, BreakReason, HOLDERS)
        for word in kind
    }
    assert not spoken - VAULT.wanted()
