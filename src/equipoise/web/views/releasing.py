"""The release: what the holders of the sealed room compare, the opened list as they bring it, and then the report.

The file is brought by hand.  The hatch has no verb that answers with an arm, and does not get one for this.
"""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.allocation import root_in_groups
from equipoise.closure import LockCertificate, ReceiveRelease, Trial, read_opening
from equipoise.conduct import may
from equipoise.store.reports import (
    OPENING,
    PROOF_FILES,
    REPORT_FILES,
    ReportState,
    report_folder,
    report_state,
    start_report,
)
from equipoise.store.vaults import room_of
from equipoise.vocabulary import Refusal, Role, utc_from_text
from equipoise.web.handling import Refused, hand_in, refused, show
from equipoise.web.here import Here, TrialRequest

_LARGEST = 16 << 20
"""The opening of a list of 10,000 slots has 2 MB."""
_CHECKING = frozenset({Role.MONITOR, Role.AUDITOR})
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: TrialRequest, trial: str) -> HttpResponse:
    """Show the lock and how far the release is; the statistician hands in the opening, or has the report written."""
    here, refusal = request.here, None
    if request.method == "POST":
        is_report = request.POST.get("command") == "write_report"
        refusal = _have_report_written(here) if is_report else _receive(request)
        if refusal is None:
            return redirect("release", trial=trial)
    context = {
        **here.trial.look(_shown),
        "state": _state(here),
        "room": room_of(here.trial.slug),
        "may_receive": may(here.role, "receive_release"),
        "sees_proof": sees_proof(here),
    }
    return show(request, "release.html", context, refusal)


def sees_proof(here: Here) -> bool:
    """The proof holds everybody's data line by line: it is for who signs or checks, and stands for all sites."""
    return here.sites is None and (may(here.role, "register_signing_key") or here.role in _CHECKING)


@require_safe
def certificate_file(request: TrialRequest, trial: str) -> HttpResponse:
    """The lock certificate, as the sealed room's release page takes it."""
    certificate = request.here.trial.look(lambda state: state.closure.certificate)
    if certificate is None:
        raise Http404
    answer = JsonResponse(certificate.as_json(), json_dumps_params={"indent": 1, "sort_keys": True})
    answer["Content-Disposition"] = f'attachment; filename="{trial}-lock-certificate.json"'
    return answer


@require_safe
def report_file(request: TrialRequest, trial: str, name: str) -> FileResponse:
    """The report of the released trial, as a download, never shown as a page of this site."""
    folder = _finished(request.here)
    if name not in REPORT_FILES:
        raise Http404
    return FileResponse((folder / name).open("rb"), as_attachment=True, filename=f"{trial}-{name}")


@require_safe
def proof(request: TrialRequest, trial: str) -> FileResponse:
    """Ledger, opening, arms and the program that checks the one by the other, in one archive with the report."""
    folder = _finished(request.here)
    if not sees_proof(request.here):
        raise Http404
    archive = TemporaryFile()  # noqa: SIM115  # the answer closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for each in (*PROOF_FILES, *REPORT_FILES):
            packed.writestr(zipfile.ZipInfo(f"{trial}/{each}", _FIRST_DAY_OF_ZIP), (folder / each).read_bytes())
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=f"{trial}-proof.zip")


def _receive(request: TrialRequest) -> Refused | None:
    """Verify the opening against the whole ledger, enter its receipt, keep it beside the ledger, begin the report."""
    here, upload = request.here, request.FILES.get("opening")
    try:
        if upload is None or not upload.size or upload.size > _LARGEST:
            raise Refusal("OPENING", "This is no opening of an allocation list.", "Ask the vault for it again.")
        text = upload.read().decode("utf-8", errors="replace")
        ledger = here.trial.book.ledger
        allocation = here.trial.look(lambda state: read_opening(text, ledger.entries(), state.conduct))
    except Refusal as refusal:
        return refused("receive_release", refusal, {})
    draft = _kept_draft(here.trial.folder, text)
    found = hand_in(request, {"receive_release": ReceiveRelease}, allocation=allocation)
    if found is not None:
        draft.unlink()
        return found
    draft.replace(here.trial.folder / OPENING)
    return _have_report_written(here)


def _kept_draft(folder: Path, text: str) -> Path:
    """The opening, written down for the owner of the folder alone, before an entry says that it is here."""
    draft = folder / f"{OPENING}.{os.getpid()}.part"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _have_report_written(here: Here) -> Refused | None:
    folder = _folder(here)
    if folder is None:
        refusal = Refusal("RELEASE-NONE", "No list has been released for a lock that holds.", "Receive it first.")
        return refused("write_report", refusal, {})
    start_report(here.trial.folder, folder)
    return None


def _folder(here: Here) -> Path | None:
    """Where the report lies that rests on the lock that holds; nothing until its release has been received."""
    certificate = here.trial.look(_released)
    return report_folder(here.trial.folder, certificate.digest) if certificate else None


def _state(here: Here) -> ReportState | None:
    folder = _folder(here)
    return report_state(folder) if folder else None


def _finished(here: Here) -> Path:
    folder = _folder(here)
    if folder is None or report_state(folder) is not ReportState.DONE:
        raise Http404
    return folder


def _released(trial: Trial) -> LockCertificate | None:
    """The lock that holds, if the list was released for it: only then does this site hand out an arm."""
    certificate, received = trial.closure.certificate, trial.closure.release
    is_for_it = certificate is not None and received is not None and received.certificate_digest == certificate.digest
    return certificate if is_for_it else None


def _shown(trial: Trial) -> Mapping[str, object]:
    certificate = trial.closure.certificate
    return {
        "certificate": certificate,
        "in_groups": root_in_groups(certificate.data_digest) if certificate else "",
        "certificate_in_groups": root_in_groups(certificate.digest) if certificate else "",
        "locked_at": utc_from_text(certificate.locked_at) if certificate else None,
        "is_released": _released(trial) is not None,
        "root": root_in_groups(trial.conduct.allocation.commitment.root) if trial.conduct.allocation.commitment else "",
    }
