"""Files that people hand in: kept by the hash of their bytes, and only what is what it says it is.

Type by the first bytes, never by the name or by what the browser says (ASVS 5.2.2); the name of the upload is not kept
(5.4.1); the folder holds nothing that is run (5.3.1), and a file leaves the site as a download alone.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from equipoise.vocabulary import Refusal

Upload: TypeAlias = "UploadedFile[bytes]"
SCANS = "scans"
"""Where the scanned consents of a trial lie, in its folder."""
LARGEST = 10 * 1024 * 1024
_KINDS = {
    b"%PDF-": (".pdf", "application/pdf"),
    b"\xff\xd8\xff": (".jpg", "image/jpeg"),
    b"\x89PNG\r\n\x1a\n": (".png", "image/png"),
}
MEDIA_TYPES = tuple(media_type for _, media_type in _KINDS.values())
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file as it is kept: its SHA-256, what its bytes say it is, how many they are."""

    digest: str
    media_type: str
    size: int


def keep_file(folder: Path, upload: "Upload | None") -> KeptFile:
    """Keep an uploaded file in a folder.

    Raises `Refusal` where there is none, where it is too large, or where it is no PDF, JPEG or PNG.
    """
    if upload is None:
        raise Refusal("FILE-MISSING", "The file is missing.", "Choose it or take a photograph.")
    if not upload.size or upload.size > LARGEST:
        raise Refusal("FILE-SIZE", "The file is empty or larger than 10 MB.", "Scan it again with less detail.")
    return keep_content(folder, upload.read())


def keep_content(folder: Path, content: bytes) -> KeptFile:
    """Keep these bytes in a folder.  Raises `Refusal` where they are no PDF, JPEG or PNG."""
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise Refusal("FILE-TYPE", "The file is no PDF, JPEG or PNG.", "Scan it again as one of these.")
    suffix, media_type = kind
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(mode=0o700, exist_ok=True)
    _write(folder / f"{digest}{suffix}", content)
    return KeptFile(digest, media_type, len(content))


def download(folder: Path, digest: str, name: str) -> FileResponse | None:
    """The answer that hands out a kept file under a name of ours; None where it is not in the folder."""
    if not _DIGEST.fullmatch(digest):
        return None
    for suffix, media_type in _KINDS.values():
        path = folder / f"{digest}{suffix}"
        if path.is_file():
            return FileResponse(
                path.open("rb"), as_attachment=True, filename=f"{name}{suffix}", content_type=media_type
            )
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
