"""The API, put together: the commands from their table, what is read, how refusals are answered."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from equipoise.vocabulary import Refusal
from equipoise.web.api import problems
from equipoise.web.api.attaching import WITH_FILE
from equipoise.web.api.carrying_out import operation_of
from equipoise.web.api.nouns import Written
from equipoise.web.api.offered import OFFERED
from equipoise.web.api.parsing import CarefulParser
from equipoise.web.api.reading import router

_ABOUT = """Everything that the pages of a trial do, for programs. The rules, the roles and the refusals are the same.

A request shows a personal token (`Authorization: Bearer …`), made on the page of one's account; it opens one trial in
one role, until a day. What is not yours is answered with 404, as if it did not exist. A refusal is
`application/problem+json` with the rule, a sentence and a remedy. `Idempotency-Key` makes sending a command twice
harmless: the same key with the same content writes once.
"""


class SiteApi(NinjaAPI):
    """NinjaAPI whose description names the token and the one shape of every error."""

    def get_openapi_schema(self, **known: Any) -> Any:
        """Drawn up when it is first asked for: it says the same as long as the program runs."""
        if self._schema is None:
            self._schema = self._described(super().get_openapi_schema(**known))
        return self._schema

    _schema: Any = None

    @staticmethod
    def _described(schema: Any) -> Any:
        parts = schema["components"]
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        parts["schemas"]["Problem"] = problems.SCHEMA
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        parts["responses"] = {"Problem": {"description": "Why it is not done.", "content": content}}
        schema["security"] = [{"token": []}]
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
        return schema


def make_api() -> NinjaAPI:
    """The API with all its addresses."""
    api = SiteApi(
        title="Equipoise",
        version="1",
        description=_ABOUT,
        urls_namespace="api",
        docs_url=None,
        parser=CarefulParser(),
    )
    for offer in OFFERED.values():
        api.post(
            offer.path,
            response=Written,
            url_name=offer.name,
            operation_id=offer.name,
            summary=offer.summary,
            description=offer.description,
            tags=[offer.topic],
        )(WITH_FILE.get(offer.name) or operation_of(offer))
    api.add_router("", router)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(Http404, lambda request, error: problems.no_such())
    api.add_exception_handler(ValidationError, _unfit)
    api.add_exception_handler(HttpError, _unread)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    return api


def _refused(request: HttpRequest, refusal: Refusal | type[Refusal]) -> HttpResponse:
    assert isinstance(refusal, Refusal), "a refusal is raised with its words"
    return problems.refused(request, refusal)


def _unfit(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    """A request whose fields do not fit: the places and the faults, never the values."""
    errors = error.errors if isinstance(error, ValidationError) else []
    places = [f"{_place(each['loc'])}: {each['type']}" for each in errors]
    return problems.malformed(422, "Some fields are missing or do not fit.", "Compare with the description.", places)


def _place(location: tuple[int | str, ...]) -> str:
    """Where a fault is; a name that the sender made up is not repeated."""
    named = [str(part) for part in location if isinstance(part, int) or (part.isidentifier() and len(part) <= 40)]
    return ".".join(named).removeprefix("body.body.")


def _unread(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    status = error.status_code if isinstance(error, HttpError) else 400
    return problems.malformed(status, "The request cannot be read.", "Send one JSON object in UTF-8.")


def _too_large(request: HttpRequest, error: RequestDataTooBig | type[RequestDataTooBig]) -> HttpResponse:
    return problems.malformed(413, "The request is too large.", "Send less at once.")
