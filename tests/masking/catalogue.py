"""The leak catalogue: every way we know by which software can tell an arm, and what holds it shut.

A row is held by mutants (`mutants.py`: planted, and caught in every run), by named tests, or, where the software that
could leak does not exist or is not software, by a procedure.  `make test-masking` prints the table.
"""

from dataclasses import dataclass
from pathlib import Path

import mutants

ROOT = Path(__file__).resolve().parents[2]
DETECTORS = {"W": "two worlds", "S": "statistics", "N": "names and canaries", "P": "protocol and state"}
_PACKS, _WALLS = "tests/independent/test_allocation_packs.py", "tests/architecture/test_allocation_walls.py"
_COUNTER, _TIMING = "tests/spec/test_vault_counter.py", "tests/masking/test_requests.py"
_PAGES, _SITE = "tests/spec/test_vault_pages_access.py", "tests/masking/test_site_worlds.py"
_CLOSED, _DAY = "tests/spec/test_vault_closed_report.py", "tests/spec/test_vault_day.py"
_GUESSER, _CEREMONY = "tests/masking/test_guesser.py", "tests/spec/test_allocation_ceremony.py"


@dataclass(frozen=True)
class Leak:
    """One row: `detectors` are letters of `DETECTORS`, `tests` are paths with `::name`."""

    id: str
    leaks: str
    detectors: str
    tests: tuple[str, ...] = ()
    procedure: str = ""

    @property
    def mutants(self) -> tuple[str, ...]:
        return tuple(mutant.name for mutant in mutants.MUTANTS if self.id in mutant.leaks)


CATALOGUE = (
    Leak("L1", "pack numbers from a range of each arm", "S",
         (f"{_PACKS}::test_l1_l2_the_test_catches_the_two_lists_that_leak",
          f"{_PACKS}::test_g7_our_numbers_say_nothing",
          f"{_GUESSER}::test_a_list_that_leaks_is_guessed")),
    Leak("L2", "pack numbers used lowest first, so that one arm's run ahead", "S",
         (f"{_PACKS}::test_l1_l2_the_test_catches_the_two_lists_that_leak",)),
    Leak("L3", "an order for supplies that one participant's pack sets off", "W",
         procedure="Supplies are ordered and received at the pharmacist's desk alone, for both products together."),
    Leak("L4", "lot, expiry or storage temperature on a label or receipt", "W",
         (f"{_DAY}::test_labels_of_two_worlds_are_the_same_but_for_the_number",)),
    Leak("L5", "how long a dose takes to prepare, or a thaw log", "W",
         ("tests/spec/test_vault_pharmacy.py::test_the_time_to_use_is_the_same_for_both_arms_and_is_kept",),
         procedure="Both products pass through the same steps behind closed doors (SECURITY.md, the product itself)."),
    Leak("L6", "that an audit entry is there, how many there are, or when", "W"),
    Leak("L7", "words of unmasked staff in queries and notes", "W"),
    Leak("L8", "names of attachments and narratives", "W"),
    Leak("L9", "laboratory values and local reactions that tell the arm", "W",
         ("tests/masking/test_site_sight.py::test_a_forgotten_sight_rule_is_caught",
          "tests/masking/test_two_worlds.py"
          "::test_hidden_answers_that_move_with_the_arm_move_nothing_for_who_does_not_see_them",
          "tests/spec/test_conduct_sight.py::test_a_check_that_looks_at_a_hidden_answer_too_is_hidden"),
         procedure="Forms with such values are `restricted` in the study definition; the assessor has no access."),
    Leak("L10", "order of lists, row numbers, gaps, identifiers that hold a time", "WS",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",
          f"{_GUESSER}::test_a_masked_insider_guesses_no_better_than_a_coin")),
    Leak("L11", "length of a text, an answer or a ciphertext", "W",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",
          f"{_COUNTER}::test_l11_all_envelopes_have_one_length_and_no_two_are_equal")),
    Leak("L12", "time that an answer takes, statements sent to the database", "WS",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",
          f"{_TIMING}::test_requests_of_both_arms_are_alike_in_size_statements_and_order",
          f"{_TIMING}::test_requests_of_both_arms_take_the_same_time")),
    Leak("L13", "headers of web answers, such as an entity tag", "WN",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",
          f"{_PAGES}::test_what_a_masked_holder_sees_is_the_same_in_two_worlds",
          f"{_PAGES}::test_no_arm_in_an_address_a_title_a_header_or_a_log")),
    Leak("L14", "metadata, hidden sheets and members of PDF, XLSX and ZIP files", "W"),
    Leak("L15", "words of an error or refusal", "W",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",)),
    Leak("L16", "stock by kind of kit", "W",
         (f"{_DAY}::test_the_hatch_takes_the_list_from_the_masked_server_alone_and_says_the_same_whatever_the_arms",)),
    Leak("L17", "charts by arm, also with the arms' names left out", "W",
         (f"{_CLOSED}::test_l17_labels_are_fresh_and_never_stand_in_two_reports",)),
    Leak("L18", "logs, prints and crash reports", "W",
         (f"{_SITE}::test_a_leak_planted_in_the_site_is_caught",)),
    Leak("L19", "tables, backups and statistics of the database", "W"),
    Leak("L20", "transfers to sponsor, laboratory or vendor", "W"),
    Leak("L21", "names of files, tables, roles and addresses", "N",
         (f"{_PAGES}::test_no_arm_in_an_address_a_title_a_header_or_a_log",)),
    Leak("L22", "a search index or completion that has read what is sealed", "W"),
    Leak("L23", "the seed in settings, history or documents", "WN",
         (f"{_WALLS}::test_l30_no_seed_or_key_stands_in_the_source",)),
    Leak("L24", "the real list in a test or validation environment", "WP",
         (f"{_CEREMONY}::test_a_rehearsed_anchor_does_not_open_a_real_trial",)),
    Leak("L25", "a column for the arm in an export before release", "W"),
    Leak("L26", "the restriction, in what recruiters read", "W",
         ("tests/masking/test_two_worlds.py::test_two_designs_are_the_same_bytes",
          f"{_CEREMONY}::test_the_ledger_knows_the_design_by_its_digest_only")),
    Leak("L27", "a replacement that inherits a slot and so an arm", "N"),
    Leak("L28", "what others see after a code break", "WP",
         ("tests/spec/test_vault_code_break.py::test_l28_the_masked_side_learns_that_a_code_was_broken_and_nothing_else",
          f"{_PAGES}::test_what_a_masked_holder_sees_is_the_same_before_and_after_a_break")),
    Leak("L29", "the committee's closed report in the wrong hands", "WP",
         (f"{_CLOSED}::test_l29_a_report_goes_to_no_masked_role_and_to_nobody_unknown",
          f"{_CLOSED}::test_each_recipient_opens_the_report_and_nobody_else_does",
          f"{_CLOSED}::test_a_key_counts_once_another_person_has_compared_it"),
         procedure="Members receive it from the vault alone, by name; nobody sends a printed one on."),
    Leak("L30", "a weak generator or a short seed", "NP",
         (f"{_WALLS}::test_l30_the_vault_draws_from_the_operating_system_in_one_module_only",
          f"{_GUESSER}::test_a_short_seed_is_found_and_ours_is_not")),
)  # fmt: skip


def evidence(leak: Leak) -> tuple[str, ...]:
    """The tests that hold a row, as pytest names them."""
    planted = "tests/masking/test_two_worlds.py::test_a_planted_leak_is_caught"
    return tuple(f"{planted}[{name}]" for name in leak.mutants) + leak.tests


def table(outcomes: dict[str, str]) -> list[str]:
    """The catalogue as lines; `outcomes` gives the outcome of every test that ran."""
    lines = [f"{'':4} {'what leaks':70} by  result"]
    lines += [f"{leak.id:4} {leak.leaks:70} {leak.detectors:2}  {_result(leak, outcomes)}" for leak in CATALOGUE]
    letters = ", ".join(f"{letter}: {meaning}" for letter, meaning in DETECTORS.items())
    return [*lines, f"{letters}. The other tests run in `make test`."]


def _result(leak: Leak, outcomes: dict[str, str]) -> str:
    """`outcomes` by test; a test with parameters counts by its name alone too."""
    ran: dict[str, list[str]] = {test: [] for test in evidence(leak)}
    for name, outcome in outcomes.items():
        for test in {name, name.split("[")[0]} & ran.keys():
            ran[test].append(outcome)
    if any("failed" in found for found in ran.values()):
        return "LEAKS"
    planted = sum(bool(found) for test, found in ran.items() if "[" in test)
    held = sum(bool(found) for test, found in ran.items() if "[" not in test)
    words = {f"{planted} planted, {planted} caught": planted, f"{held} tests passed": held}
    words |= {f"{len(ran) - planted - held} in `make test`": len(ran) - planted - held}
    return "; ".join([text for text, number in words.items() if number] + ["procedure"] * bool(leak.procedure))
