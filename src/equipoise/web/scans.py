"""Scanned pages: kept by the hash of their bytes, and only what is what it says it is.

Type by the first bytes, never by the name or by what the browser says (ASVS 5.2.2); the name of the upload is not kept
(5.4.1); the folder holds nothing that is run (5.3.1).
"""

import hashlib
import os
import re
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from equipoise.vocabulary import Refusal

LARGEST = 10 * 1024 * 1024
_KINDS = {
    b"%PDF-": (".pdf", "application/pdf"),
    b"\xff\xd8\xff": (".jpg", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": (".png", "image/png"),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")


def keep_scan(trial_folder: Path, upload: "UploadedFile[bytes] | None") -> str:
    """Keep an uploaded scan in the trial's folder; gives its SHA-256.

    Raises `Refusal` where there is none, where it is too large, or where it is no PDF, JPEG or PNG.
    """
    if upload is None:
        raise Refusal(
            "SCAN-MISSING", "The scan of the signed page is missing.", "Choose the file or take a photograph."
        )
    if not upload.size or upload.size > LARGEST:
        raise Refusal("SCAN-SIZE", "The scan is empty or larger than 10 MB.", "Scan it again with less detail.")
    content = upload.read()
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise Refusal("SCAN-TYPE", "The scan is no PDF, JPEG or PNG file.", "Scan it again as one of these.")
    digest = hashlib.sha256(content).hexdigest()
    folder = trial_folder / "scans"
    folder.mkdir(mode=0o700, exist_ok=True)
    _write(folder / f"{digest}{kind[0]}", content)
    return digest


def find_scan(trial_folder: Path, digest: str) -> tuple[Path, str] | None:
    """The file of a scan and its content type; None where it is not in the trial's folder."""
    if not _DIGEST.fullmatch(digest):
        return None
    for suffix, kind in _KINDS.values():
        path = trial_folder / "scans" / f"{digest}{suffix}"
        if path.is_file():
            return path, kind
    return None


def _write(path: Path, content: bytes) -> None:
    """Write whole and durable, or not at all: an entry of the ledger will name this file."""
    if path.exists():
        return
    draft = path.with_suffix(f".{os.getpid()}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
