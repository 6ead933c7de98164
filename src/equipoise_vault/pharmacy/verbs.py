"""The verbs of the pharmacist's desk, as the counter lists them."""

from collections.abc import Callable, Mapping

from equipoise_vault.pharmacy import cold_chain, day, labels, preparing, receiving, removing, showing
from equipoise_vault.pharmacy.bench import Answer, recorded
from equipoise_vault.request import Request
from equipoise_vault.room import Room

PHARMACY_VERBS: Mapping[str, Callable[[Room, Request], Answer]] = {
    "receive_consignment": recorded(receiving.receive_consignment),
    "correct_receipt": recorded(receiving.correct_receipt),
    "record_test": recorded(receiving.record_test),
    "release_consignment": recorded(receiving.release_consignment),
    "move_consignment": recorded(receiving.move_consignment),
    "set_aside": recorded(receiving.set_aside),
    "read_log": cold_chain.read_log,
    "judge_excursion": recorded(cold_chain.judge_excursion),
    "start_thaw": recorded(preparing.start_thaw),
    "end_thaw": recorded(preparing.end_thaw),
    "prepare_dose": recorded(preparing.prepare_dose),
    "check_preparation": recorded(preparing.check_preparation),
    "hand_over": recorded(preparing.hand_over),
    "take_back": recorded(preparing.take_back),
    "discard": recorded(preparing.discard),
    "count_stock": recorded(removing.count_stock),
    "propose_removal": recorded(removing.propose_removal),
    "witness_removal": recorded(removing.witness_removal),
    "todays_doses": day.todays_doses,
    "labels": labels.labels,
    "show_stock": showing.show_stock,
    "show_manual": showing.show_manual,
    "show_log": cold_chain.show_log,
}
