"""The pharmacy manual: what the study definition says of products, preparation and doses, as the vault keeps it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from equipoise.vocabulary import Json, Refusal, digest

if TYPE_CHECKING:
    from equipoise.protocol import StudyDefinition

Words = Mapping[str, str]
"""A wording per language: `en`, `id`."""


@dataclass(frozen=True, slots=True)
class Product:
    """How one product is kept and prepared; a temperature range in degrees Celsius or None where it is undecided."""

    id: str
    name: Words
    maker: str
    dose_ml: Decimal | None
    route: str
    storage_c: tuple[Decimal, Decimal] | None
    tests: tuple[str, ...]
    steps: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """The encounter at which a dose is given."""

    encounter: str
    name: Words
    day: int


@dataclass(frozen=True, slots=True, repr=False)
class Manual:
    """The whole of it.  `product_of` maps an arm to the one product that is prepared for it.

    `use_within_minutes` counts from the end of the thaw and is the shortest that any product has: the placebo follows
    the limit of the active product, since a longer time on its label would tell it apart (leak L5).
    """

    study: str
    time_zone: str
    product_of: Mapping[str, str]
    products: Mapping[str, Product]
    visits: tuple[Visit, ...]
    use_within_minutes: int | None

    def product(self, product: str) -> Product:
        """The product of this name.  Raises `Refusal` if the definition has none."""
        found = self.products.get(product)
        if found is None:
            raise Refusal(
                "PHARMACY-PRODUCT", "The study definition has no such product.", "Choose one of its products."
            )
        return found

    def local_date(self, moment: datetime) -> date:
        """The calendar day where the trial takes place."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


def make_manual(document: Mapping[str, Any], study_digest: str, arms: Iterable[str]) -> dict[str, Json]:
    """Check a study definition (canonical JSON) against the frozen design and give the manual as JSON.

    Raises `Refusal` where it is another definition than the design names, has other arms, or an arm with not exactly
    one product, which this pharmacy cannot prepare as one kit per dose.
    """
    from equipoise.protocol import StudyDefinition  # noqa: PLC0415  # pydantic, once in a trial's life

    if digest(dict(document)) != study_digest:
        raise Refusal(
            "PHARMACY-STUDY", "This is not the study definition that the design names.", "Hand over that one."
        )
    definition = StudyDefinition.model_validate(document)
    if {arm.id for arm in definition.arms} != set(arms):
        raise Refusal("PHARMACY-ARMS", "The design and the definition name different arms.", "Mend one of them.")
    if any(len(arm.interventions) != 1 for arm in definition.arms):
        raise Refusal("PHARMACY-ARMS", "Each arm needs exactly one product to prepare.", "Describe it as one product.")
    return _manual_json(definition)


def _manual_json(definition: "StudyDefinition") -> dict[str, Json]:
    given = {intervention.id: intervention for intervention in definition.interventions}
    thaws = [each.product.thaw_to_use_minutes for each in given.values()]
    limits = [minutes for minutes in thaws if isinstance(minutes, int)]
    return {
        "study": definition.id,
        "time_zone": definition.time_zone,
        "product_of": {arm.id: arm.interventions[0] for arm in definition.arms},
        "products": [
            {
                "id": each.id,
                "name": _words(each.name),
                "maker": _decided(each.product.maker),
                "dose_ml": _decided(each.dose_ml),
                "route": _decided(each.route),
                "storage_c": _range(each.product.storage),
                "tests": list(each.product.release_tests),
                "steps": [_words(step) for step in each.product.preparation],
            }
            for each in given.values()
        ],
        "visits": [
            {"encounter": each.id, "name": _words(each.name), "day": each.day} for each in definition.dose_encounters()
        ],
        "use_within_minutes": min(limits, default=None),
    }


def read_manual(document: Mapping[str, Any]) -> Manual:
    """Read what `make_manual` gave."""
    products = [_read_product(product) for product in document["products"]]
    return Manual(
        study=document["study"],
        time_zone=document["time_zone"],
        product_of=document["product_of"],
        products={product.id: product for product in products},
        visits=tuple(Visit(**visit) for visit in document["visits"]),
        use_within_minutes=document["use_within_minutes"],
    )


def _read_product(document: Mapping[str, Any]) -> Product:
    dose, storage = document["dose_ml"], document["storage_c"]
    return Product(
        id=document["id"],
        name=document["name"],
        maker=document["maker"],
        dose_ml=Decimal(dose) if dose else None,
        route=document["route"],
        storage_c=(Decimal(storage[0]), Decimal(storage[1])) if storage else None,
        tests=tuple(document["tests"]),
        steps=tuple(document["steps"]),
    )


def _words(label: Any) -> dict[str, Json]:
    return {language: label.text(language) for language in ("en", "id")}


def _decided(value: object) -> str:
    return "" if value == "undecided" else str(value)


def _range(storage: Any) -> list[Json] | None:
    return None if storage == "undecided" else [str(storage.low_c), str(storage.high_c)]
