"""Which studies Equipoise can run: one randomised trial with parallel arms.  Others are refused, with the reason."""

from equipoise.registration import RegistryRecord, each
from equipoise.registration.judge import scope
from equipoise.vocabulary import Refusal

_CARRIED = "Equipoise runs randomised trials with parallel arms."


def refuse_out_of_scope(record: RegistryRecord) -> None:
    """Raise `Refusal` with the reason, unless the record is of a randomised trial with at least two parallel arms."""
    reasons = scope(record)
    if reasons:
        raise Refusal(reasons[0].rule, f"{record.id}: {reasons[0].message}", _CARRIED)
    if len(each(record.arms)) < 2:
        raise Refusal("SCOPE-04", f"{record.id}: the record lists fewer than two arms.", _CARRIED)
