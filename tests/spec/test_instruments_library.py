"""The library as a whole: everything loads, every fact has a source, every label both languages."""

from itertools import combinations

import pytest

from equipoise.instruments import (
    Analyte,
    Instrument,
    ItemType,
    Laboratory,
    Standing,
    grouped_index,
    instrument,
    laboratory,
    library,
    names,
    score_names,
)
from equipoise.vocabulary import MASKED_ROLES, Refusal, canonical_json

LIBRARY = library()


def test_the_library_holds_what_a_lupus_trial_asks() -> None:
    assert set(names()) == set(LIBRARY)
    assert {"mex_sledai", "vital_signs", "injection_site", "fever", "arm_guess"} <= set(names())
    asked = {item.id for each in LIBRARY.values() for item in each.items}
    assert {"esr", "hs_crp", "c3", "c4", "il_6", "anti_dsdna", "tnf_alpha", "haemoglobin", "creatinine"} <= asked


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(Refusal, match="vital_signs"):
        instrument("mexsledai")
    with pytest.raises(Refusal, match="mex_sledai"):
        grouped_index("sledai_2k")


@pytest.mark.parametrize("each", LIBRARY.values(), ids=list(LIBRARY))
def test_every_item_has_a_source_and_both_languages(each: Instrument) -> None:
    for item in each.items:
        assert item.source or item.derived, item.id
        assert item.label.en and item.label.id, item.id
        assert all(code.label.en and code.label.id for code in item.codes), item.id
        if item.limits and item.limits.source:
            assert item.limits.source in each.sources, item.id


def test_item_ids_are_unique_so_that_any_instruments_fit_one_form() -> None:
    for first, second in combinations(LIBRARY.values(), 2):
        assert not {item.id for item in first.items} & {item.id for item in second.items}


def test_indonesian_wordings_are_marked_as_drafts() -> None:
    labels = [item.label for each in LIBRARY.values() for item in each.items]
    assert all(label.needs_native_reader() for label in labels)


def test_what_was_not_confirmed_says_so() -> None:
    sources = grouped_index("mex_sledai").sources
    assert {key for key, source in sources.items() if source.standing is Standing.UNCONFIRMED} == {
        "origin",
        "look_back",
        "quoted",
    }
    assert laboratory().sources["plausibility"].standing is Standing.UNCONFIRMED


def test_derived_items_call_scores_that_exist() -> None:
    called = {item.derived.score for each in LIBRARY.values() for item in each.items if item.derived}
    assert called == score_names()


def test_laboratory_results_keep_comparator_and_unit_and_none_is_restricted_here() -> None:
    for analyte in laboratory().analytes:
        item = analyte.item()
        assert item.type is ItemType.REPORTED_QUANTITY
        assert item.comparator_allowed
        assert item.restricted == ()


def test_a_study_may_restrict_an_analyte_that_could_betray_the_arm() -> None:
    il_6 = laboratory().analyte("il_6")
    hidden = Analyte.model_validate(il_6.model_dump(mode="json") | {"restricted": True})
    assert set(hidden.item().restricted) == MASKED_ROLES


def test_a_panel_with_an_unknown_item_or_source_does_not_load() -> None:
    raw = laboratory().model_dump(mode="json")
    raw["panels"][0]["items"].append("il_60")
    with pytest.raises(ValueError, match="no such item: il_60"):
        Laboratory.model_validate(raw)
    raw = laboratory().model_dump(mode="json")
    raw["analytes"][0]["source"] = "hearsay"
    with pytest.raises(ValueError, match="no such source: hearsay"):
        Laboratory.model_validate(raw)


def test_every_instrument_hashes() -> None:
    for each in LIBRARY.values():
        assert canonical_json(each.model_dump(mode="json"))


def test_the_arm_guess_has_the_three_answers_that_the_indices_need() -> None:
    guess = instrument("arm_guess").item("guess")
    assert [code.value for code in guess.codes] == ["active", "placebo", "do_not_know"]


def test_units_are_shown_as_people_write_them() -> None:
    shown = laboratory().unit_name
    assert [shown("mm/h", "id"), shown("[IU]/mL"), shown("10*3/uL", "id"), shown("mg/dL", "id")] == [
        "mm/jam",
        "IU/mL",
        "10³/µL",
        "mg/dL",
    ]
    assert set(laboratory().unit_names) <= {
        unit for each in LIBRARY.values() for item in each.items for unit in item.units
    }
