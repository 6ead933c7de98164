"""Which items a form asks, once the instruments that it uses are taken in."""

from dataclasses import dataclass

from equipoise.instruments import instrument, names
from equipoise.instruments.item import Item
from equipoise.protocol.forms import Form
from equipoise.protocol.study_definition import StudyDefinition


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item and the form that asks it."""

    form: Form
    item: Item


def items_of(form: Form) -> tuple[Item, ...]:
    """The form's items in order: those of the instruments it uses, then its own.

    An instrument that the library does not have gives none; `judge_definition` reports it.  What the form hides from
    a role is hidden on every item.
    """
    used = tuple(item for name in form.uses if name in names() for item in instrument(name).items)
    if not form.restricted:
        return used + form.items
    return tuple(_hide(item, form) for item in used + form.items)


def _hide(item: Item, form: Form) -> Item:
    return item.model_copy(update={"restricted": tuple(sorted({*item.restricted, *form.restricted}))})


def resolve_forms(definition: StudyDefinition) -> dict[str, tuple[Item, ...]]:
    """Form id -> its items, for every form of the definition."""
    return {form.id: items_of(form) for form in definition.forms}


def asked_items(definition: StudyDefinition) -> dict[str, AskedItem]:
    """Item id -> the item and the form that asks it; item ids are unique in a definition that loads."""
    return {item.id: AskedItem(form, item) for form in definition.forms for item in items_of(form)}
