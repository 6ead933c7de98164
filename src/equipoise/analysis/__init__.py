"""Numbers that hold: exact inference under the procedure that was used, models, multiplicity, forensics.

Names are imported when they are first used, so that `import equipoise.analysis` costs nothing.
"""

import importlib
from typing import Any

_PUBLIC = {
    "results": ("Estimate", "Interval", "ModelResult", "PValue", "Sides", "Tails", "TestResult", "as_record"),
    "exact.integers": ("Recorded",),
    "exact.reference": (
        "Procedure",
        "Reference",
        "Rerun",
        "biased_coin",
        "big_stick",
        "block_urn",
        "complete",
        "fixed_sizes",
        "maximal",
        "minimisation",
        "minimisation_again",
        "permuted_blocks",
        "random_blocks",
        "stratified",
        "urn",
    ),
    "exact.cost": ("Budget", "Cost"),
    "exact.monte_carlo": ("Resampling",),
    "exact.two_sample": ("exact_costs", "from_arms", "normal_scores_test", "randomisation_test", "rank_sum_test"),
    "exact.paired": ("Zeros", "sign_flip_test", "signed_rank_test"),
    "exact.interval": ("randomisation_interval", "sign_flip_interval"),
    "exact.location": ("hodges_lehmann", "pseudomedian"),
    "exact.ancova_test": ("ancova_randomisation_test", "residual_randomisation_test"),
    "exact.binomial": ("clopper_pearson",),
    "exact.two_by_two": ("TwoByTwo", "boschloo_test", "fisher_test"),
    "exact.ratios": ("odds_ratio", "risk_ratio"),
    "exact.risk_difference": ("RiskInterval", "risk_difference"),
    "exact.stratified_tables": ("cochran_mantel_haenszel", "exact_stratified_test", "mantel_haenszel"),
    "survival.kaplan_meier": ("SurvivalCurve", "kaplan_meier"),
    "survival.log_rank": ("exact_log_rank_test", "log_rank_test"),
    "survival.cox": ("Ties", "cox_model"),
    "mixed.model": ("LongData", "mmrm"),
    "mixed.structure": ("Structure",),
    "mixed.inference": ("SmallSample",),
    "models.proportional_odds": ("odds_randomisation_test", "odds_scores", "proportional_odds"),
    "models.counts": ("negative_binomial_model", "poisson_model"),
    "models.rates": ("poisson_rate", "rate_ratio_test"),
    "missing.incomplete": ("IncompleteData",),
    "missing.strategy": ("Strategy",),
    "missing.re_randomised": ("imputation_randomisation_test",),
    "missing.imputing": ("Delta", "Imputations", "conditional_mean_imputation", "multiple_imputation"),
    "missing.tipping": ("TippingPoint", "tipping_point"),
    "forensics.printed": ("printed", "printed_p"),
    "forensics.grim": ("debit", "grim", "grim_power", "grimmer"),
    "forensics.feasible": ("feasible",),
    "forensics.recomputed": ("Summary", "stated_range", "stated_tests", "student_range", "welch_range"),
    "forensics.balance": ("baseline_balance",),
    "forensics.table": ("read_table",),
    "forensics.judging": ("judge_table",),
    "multiplicity.adjust": ("bonferroni", "fixed_sequence", "graphical", "hochberg", "holm"),
    "multiplicity.max_t": ("MaxT", "max_t"),
    "execution.executing": ("analysis_sets", "execute"),
    "execution.gathering": ("trial_data_of",),
    "execution.reporting_event": ("results_as_json",),
    "execution.task": ("Means",),
    "models.ancova": ("ancova",),
    "models.anova": ("one_way_anova",),
    "models.linear": ("Variance", "linear_model"),
    "models.t_tests": ("paired_t_test", "pooled_t_test", "welch_t_test"),
    "models.chi_square": ("chi_square_test",),
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted(_HOME)  # noqa: PLE0605  built from the table above, so that no name is written twice


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
