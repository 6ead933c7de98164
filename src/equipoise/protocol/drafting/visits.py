"""When things happen, by the record: dosing days and time frames become encounters on study days."""

import re

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting.document import Part, label
from equipoise.registration import RegistryRecord
from equipoise.registration.derive import registered_dosing_days
from equipoise.registration.language.times import last_time_point

_BASELINE = re.compile(r"\bbaseline\b", re.IGNORECASE)
_SCREENING_DAY = -7


class Visits:
    """Collects the encounters of a draft: screening, baseline, doses, and one for each day that an outcome names."""

    def __init__(self, record: RegistryRecord, is_given: bool) -> None:
        found = registered_dosing_days(record)
        days = sorted({day for day in found[0] if day > 0}) if found else []
        self.schedule_is_known = len(days) > 1
        self._doses = sorted({1, *days}) if is_given else []
        self._assessed: dict[int, str] = {}

    def of_time_frame(self, frame: str) -> str:
        """Give the encounter for the last time that a time frame names; `undecided` where it names none."""
        point = last_time_point(frame)
        if point is None:
            return "baseline" if _BASELINE.search(frame) else UNDECIDED
        if point.latest == 0:
            return "baseline"
        after = (point.earliest + point.latest + 1) // 2
        day = after if re.search(rf"\bdays?\s*(?:\d+\D+)?{after}\b", frame, re.IGNORECASE) else after + 1
        self._assessed.setdefault(day, f"day_{day}")
        return self._assessed[day]

    def encounters(self, forms: list[str]) -> list[Part]:
        """Give all encounters in the order of their days; an assessment stands before a dose on the same day."""
        first = {"activities": ["randomisation", "dose"] if self._doses else ["randomisation"]}
        timed: list[tuple[int, int, Part]] = [
            (_SCREENING_DAY, 0, _encounter("screening", "Screening", "screening", _SCREENING_DAY) | _SCREENING),
            (-1, 0, _encounter("baseline", "Baseline", "screening", -1) | {"forms": forms}),
            (1, 1, _encounter("start", "Randomisation, day 1", "treatment", 1) | first),
        ]
        for number, day in enumerate(self._doses[1:], start=2):
            dose = _encounter(f"dose_{number}", f"Dose {number}, day {day}", "treatment", day)
            timed.append((day, 1, dose | {"activities": ["dose"]}))
        last = max(self._doses, default=1)
        for day, name in self._assessed.items():
            epoch = "treatment" if day <= last else "follow_up"
            timed.append((day, 2 if day == 1 else 0, _encounter(name, f"Day {day}", epoch, day) | {"forms": forms}))
        return [encounter for _, _, encounter in sorted(timed, key=lambda each: each[:2])]


_SCREENING: Part = {"activities": ["consent", "eligibility"], "forms": ["demography"]}


def _encounter(name: str, title: str, epoch: str, day: int) -> Part:
    return {"id": name, "name": label(title), "epoch": epoch, "day": day}
