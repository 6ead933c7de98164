"""The signed page of a participant who does not exist: a PDF that says so, for sites to click through."""

from itertools import accumulate

_TOP, _LEADING = 760, 26


def consent_page(number: str, version: str, language: str) -> bytes:
    """One page of plain letters (ISO 32000-1, 7.5); the same words give the same bytes."""
    lines = (
        "SYNTHETIC - not a consent",
        f"Participant {number}",
        f"Consent text {version}, language {language}",
        "In a real trial the scan of the signed page lies here.",
    )
    return _pdf(f"BT /F1 16 Tf 60 {_TOP} Td {_LEADING} TL {' '.join(f'({_escaped(line)}) Tj T*' for line in lines)} ET")


def _escaped(line: str) -> str:
    plain = line.encode("ascii", "replace").decode()
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf(drawing: str) -> bytes:
    """A file of one page that draws this."""
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    header = "%PDF-1.4\n"
    bodies = [f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, 1)]
    *starts, end = accumulate(map(len, bodies), initial=len(header))
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF\n"
    return f"{header}{''.join(bodies)}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
