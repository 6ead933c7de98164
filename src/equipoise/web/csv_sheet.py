"""The one writer of CSV files: what a person typed never becomes a formula in a spreadsheet.

Source: OWASP, CSV injection; ASVS 5.0 1.2.10.  Texts alone are neutralised: a typed number such as -1 stays a number.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_FORMULA = re.compile(r"[\s\u0000-\u001f\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def csv_sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV file with a header line; a text that a spreadsheet would run gets an apostrophe in front."""
    written = io.StringIO()
    sheet = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    sheet.writerow(header)
    for row in rows:
        sheet.writerow([cell(value) for value in row])
    return written.getvalue()


def cell(value: object) -> str:
    """One cell: nothing for None, a number as it is, a text that runs nothing."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
