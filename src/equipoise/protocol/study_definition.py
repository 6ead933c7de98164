"""The study definition: one file that says what the trial is, so that it can be checked, run, analysed and reported."""

from typing import Annotated, Any, Literal

from pydantic import Field

from equipoise.instruments.item import Declared, Label
from equipoise.protocol.analysis_plan import AnalysisPlan
from equipoise.protocol.arms import Arm, Intervention, Masking, Randomisation
from equipoise.protocol.decision import Decision, OrUndecided
from equipoise.protocol.forms import Form
from equipoise.protocol.objectives import Endpoint, Estimand, Objective
from equipoise.protocol.schedule import Encounter, Epoch
from equipoise.vocabulary import Json, digest


class Site(Declared):
    """A place where participants are enrolled; its id is the first part of their numbers."""

    id: Annotated[str, Field(pattern=r"^[0-9]{2,3}$")]
    name: str
    city: str = ""
    country: str = ""


class ConsentDocument(Declared):
    """A version of the information and consent text, and the languages that it exists in."""

    version: str
    languages: tuple[str, ...]
    witness_required: bool = False
    """Whether a witness signs as well."""
    approved_by: OrUndecided[str] = "undecided"
    """Ethics committee, number and date of its approval."""


class Criterion(Declared):
    """An eligibility criterion: decided by a person, item by item, and signed."""

    id: Annotated[str, Field(pattern=r"^[IE][0-9]+$")]
    text: Label
    """The criterion in words, one condition only."""


class Monitoring(Declared):
    """What is watched while the trial runs."""

    dmc: str = ""
    """The data monitoring committee, or why there is none (SPIRIT 2025 item 28a)."""
    stop_when: tuple[str, ...] = ()
    """What stops the trial or an arm, in words."""
    serious_report_days: int = 15
    """Days within which a serious unexpected reaction is reported (ICH E2A: 15)."""
    fatal_report_days: int = 7
    """Days within which a fatal or life-threatening one is reported (ICH E2A: 7)."""


class StudyDefinition(Declared):
    """One version of one trial's definition.  An amendment is a new version that names its parent's digest."""

    equipoise: Literal[1]
    """The version of this format."""
    id: str
    version: int = 1
    """Counts the versions of the definition; an amendment is the next one."""
    parent: str | None = None
    """Digest of the version that this one amends; absent for the first."""
    label: str
    """A short name of this version, such as `as registered`."""
    title: Label
    """The official title."""
    sponsor: str
    """Who answers for the trial."""
    record: str | None = None
    """Digest of the registry record that this definition was drafted from."""
    languages: tuple[str, ...] = ("en",)
    """The languages that participants and staff see: en, id."""
    time_zone: str = "UTC"
    """Where days begin and end, as an IANA name such as Asia/Jakarta."""
    sites: tuple[Site, ...]
    arms: tuple[Arm, ...]
    interventions: tuple[Intervention, ...]
    masking: Masking
    randomisation: Randomisation
    planned_participants: OrUndecided[int]
    """How many are to be randomised."""
    design_report: str | None = None
    """Digest of the design report that this number rests on."""
    age_years: tuple[int | None, int | None] = (None, None)
    """Least and greatest age in years, both included; null is no limit."""
    sexes: Literal["all", "female", "male"] = "all"
    """Who may take part, by sex."""
    consent: tuple[ConsentDocument, ...]
    inclusion: tuple[Criterion, ...]
    exclusion: tuple[Criterion, ...]
    epochs: tuple[Epoch, ...]
    encounters: tuple[Encounter, ...]
    forms: tuple[Form, ...]
    objectives: tuple[Objective, ...]
    endpoints: tuple[Endpoint, ...]
    estimands: tuple[Estimand, ...]
    analysis: AnalysisPlan
    monitoring: Monitoring = Field(default_factory=Monitoring)
    decisions: tuple[Decision, ...] = ()

    def canonical(self) -> Json:
        """The definition as JSON that hashes the same everywhere."""
        document: Any = self.model_dump(mode="json", exclude_defaults=False)
        if self.design_report is None:
            del document["design_report"]  # versions from before the field keep their digest
        for form in document["forms"]:
            if not form["double_entry"]:
                del form["double_entry"]  # as above
        return document  # type: ignore[no-any-return]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form: the identity of this version."""
        return digest(self.canonical())

    def encounter(self, encounter_id: str) -> Encounter:
        return next(encounter for encounter in self.encounters if encounter.id == encounter_id)

    def form(self, form_id: str) -> Form:
        return next(form for form in self.forms if form.id == form_id)

    def dose_encounters(self) -> tuple[Encounter, ...]:
        """The encounters at which a dose is given, in order; dose number k is the k-th of them."""
        return tuple(encounter for encounter in self.encounters if "dose" in encounter.activities)
