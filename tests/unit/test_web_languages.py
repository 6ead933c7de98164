"""The Indonesian catalogue is complete, compiled, and fits the sentences that it translates."""

import gettext
import io
import re

import pytest

from equipoise.web import languages

PO, MO, RULES = languages.paths()
TRANSLATIONS = languages.read_po(PO)


def test_every_text_is_translated() -> None:
    missing = sorted(text.one for text in languages.wanted() if not TRANSLATIONS.get(text))
    assert not missing, "run `python -m equipoise.web.languages` and translate"


def test_no_translation_is_left_over() -> None:
    assert not sorted(text.one for text in TRANSLATIONS.keys() - languages.wanted())


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert MO.read_bytes() == languages.mo_bytes(TRANSLATIONS)
    assert RULES.read_text("utf-8").splitlines() == sorted(languages.texts_of_rules())


def test_gettext_reads_what_was_compiled() -> None:
    catalogue = gettext.GNUTranslations(io.BytesIO(MO.read_bytes()))
    assert catalogue.gettext("Participants") == "Peserta"
    assert catalogue.ngettext("One entry", "%(n)s entries", 3) == "%(n)s entri"


@pytest.mark.parametrize("text", sorted(TRANSLATIONS), ids=lambda text: text.one[:40])
def test_what_is_filled_in_stays(text: languages.Text) -> None:
    names = re.compile(r"%\((\w+)\)[sd]")
    translation = TRANSLATIONS[text]
    assert set(names.findall(translation)) <= set(names.findall(text.one) + names.findall(text.many))
    if "{0}" in translation:
        assert "{}" in text.one and "{}" not in translation
    else:
        assert translation.count("{}") <= text.one.count("{}")


def test_a_refusal_is_told_in_indonesian() -> None:
    from equipoise.web.refusals import TEXTS

    assert "The answer to {} lies in the future." in TEXTS.read_text("utf-8").splitlines()
