"""QR codes as SVG that stands in the page itself: no picture is fetched, no style is needed."""

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage


def qr_code(content: str) -> SafeString:
    """The code of a text; the text appears in it as modules only, so nothing of it can be markup."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(content)
    code.make(fit=True)
    drawn: str = code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return mark_safe(drawn)  # noqa: S308  # made here, of squares
