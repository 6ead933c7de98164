"""Stock comes in: received, tested, released twice, moved; and what cannot be used is set aside."""

from equipoise.vocabulary import Refusal
from equipoise_vault.pharmacy.bench import Bench
from equipoise_vault.pharmacy.certificate import meets
from equipoise_vault.pharmacy.entries import (
    CertificateTestRecorded,
    ConsignmentMoved,
    ConsignmentReceived,
    ConsignmentReleased,
    ReceiptCorrected,
    StockSetAside,
)
from equipoise_vault.pharmacy.stock import Consignment
from equipoise_vault.pharmacy.words import Unfit
from equipoise_vault.request import Request


def receive_consignment(bench: Bench, request: Request) -> tuple[ConsignmentReceived]:
    """Book a delivery of one lot: `product, maker, lot, expires_on, quantity, place, received_at`."""
    product = bench.manual.product(request.text("product"))
    return (
        ConsignmentReceived(
            consignment=len(bench.state.consignments) + 1,
            product=product.id,
            maker=request.words("maker"),
            lot=request.words("lot"),
            expires_on=request.day("expires_on"),
            quantity=_some(request, "quantity"),
            place=request.words("place"),
            received_at=bench.happened(request.moment("received_at")),
        ),
    )


def correct_receipt(bench: Bench, request: Request) -> tuple[ReceiptCorrected]:
    """Put another `quantity` in the place of the one that was entered at receipt, with a `reason`."""
    old, quantity = bench.consignment(request.whole("consignment")), _some(request, "quantity")
    if old.shelf + quantity - old.received < 0:
        raise Refusal("PHARMACY-QUANTITY", "More units than that have left the shelf.", "Count, and check the receipt.")
    return (ReceiptCorrected(old.number, quantity, request.words("reason")),)


def record_test(bench: Bench, request: Request) -> tuple[CertificateTestRecorded]:
    """Enter one test of the certificate: `test, limit, result, tested_on, is_met`.

    Where limit and result are numbers (`< 0.5 EU/mL`, `0.12 EU/mL`), `is_met` must not contradict them.
    """
    consignment = bench.consignment(request.whole("consignment"))
    made = CertificateTestRecorded(
        consignment=consignment.number,
        test=request.words("test"),
        limit=request.words("limit"),
        result=request.words("result"),
        tested_on=request.day("tested_on"),
        is_met=request.flag("is_met"),
    )
    if made.tested_on > bench.today:
        raise Refusal("PHARMACY-TIME", "This date lies in the future.", "Enter the date on the certificate.")
    if meets(made.result, made.limit) not in (None, made.is_met):
        raise Refusal("PHARMACY-TEST", "The result contradicts the limit.", "Compare all three with the certificate.")
    return (made,)


def release_consignment(bench: Bench, request: Request) -> tuple[ConsignmentReleased]:
    """Release a consignment: first on its certificate, then, by somebody else, for this trial.

    Both ask that every test that the definition names was met, and that the lot has not expired.
    """
    consignment = bench.consignment(request.whole("consignment"))
    if len(consignment.released_by) == 2:
        raise Refusal("PHARMACY-RELEASE", "This consignment is released already.", "Nothing more is needed.")
    if bench.who in consignment.released_by:
        raise Refusal("PHARMACY-SECOND", "The second release is another person's.", "Ask a colleague.")
    missing = [test for test in bench.manual.product(consignment.product).tests if not _is_met(consignment, test)]
    if missing:
        raise Refusal("PHARMACY-TEST", f"The certificate does not show that “{missing[0]}” was met.", "Enter the test.")
    if not all(test.is_met for test in consignment.tests.values()):
        raise Refusal("PHARMACY-TEST", "A test of the certificate was not met.", "Set the units aside.")
    if consignment.expires_on < bench.today:
        raise Refusal("PHARMACY-EXPIRED", "The lot has expired.", "Set the units aside.")
    return (ConsignmentReleased(consignment.number, is_second=bool(consignment.released_by)),)


def move_consignment(bench: Bench, request: Request) -> tuple[ConsignmentMoved]:
    """Put a consignment in another `place` of storage, at `moved_at`."""
    consignment = bench.consignment(request.whole("consignment"))
    moved_at = bench.happened(request.moment("moved_at"), after=consignment.stays[-1][1])
    return (ConsignmentMoved(consignment.number, request.words("place"), moved_at),)


def set_aside(bench: Bench, request: Request) -> tuple[StockSetAside]:
    """Take `quantity` units off the shelf that were `damaged`, have `expired` or are `rejected`, with a `reason`."""
    consignment, quantity = bench.consignment(request.whole("consignment")), _some(request, "quantity")
    why = request.choice("unfit", Unfit)
    if quantity > consignment.shelf:
        raise Refusal("PHARMACY-QUANTITY", "There are fewer units on the shelf.", "Count them.")
    if why is Unfit.EXPIRED and consignment.expires_on >= bench.today:
        raise Refusal("PHARMACY-EXPIRED", "The lot has not expired.", "Choose another reason.")
    return (StockSetAside(consignment.number, quantity, why, request.words("reason")),)


def _is_met(consignment: Consignment, test: str) -> bool:
    return any(name.casefold() == test.casefold() and made.is_met for name, made in consignment.tests.items())


def _some(request: Request, name: str) -> int:
    number = request.whole(name)
    if number < 1:
        raise Refusal("PHARMACY-QUANTITY", "A number of units is at least 1.", "Check the number.")
    return number
