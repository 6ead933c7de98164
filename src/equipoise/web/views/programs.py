"""What is said of the API to people: its description as a page, and that an address does not exist."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from equipoise.web.api.problems import no_such


@require_safe
def described(request: HttpRequest, api: NinjaAPI) -> HttpResponse:
    """The OpenAPI description as a page to read: every address with its fields, by topic."""
    schema = api.get_openapi_schema()
    shapes = schema["components"]["schemas"]
    topics: dict[str, list[dict[str, Any]]] = {}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            line = {"method": method.upper(), "path": path, **operation, "fields": _fields(operation, shapes)}
            topics.setdefault(operation["tags"][0], []).append(line)
    return render(request, "api.html", {"about": schema["info"]["description"], "topics": topics.items()})


def unknown(request: HttpRequest) -> HttpResponse:
    """An address below /api/ that there is not."""
    return no_such()


def _fields(operation: dict[str, Any], shapes: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a request: those of the query, the header and the body."""
    found = [
        {"name": each["name"], "type": _type(each["schema"]), "where": each["in"], "is_required": each["required"]}
        for each in operation.get("parameters", [])
        if each["in"] != "path"
    ]
    (body,) = (
        each["schema"] for each in operation.get("requestBody", {}).get("content", {"": {"schema": {}}}).values()
    )
    shape = shapes.get(_reference(body), body)
    required = shape.get("required", [])
    return found + [
        {"name": name, "type": _type(field), "where": "body", "is_required": name in required}
        for name, field in shape.get("properties", {}).items()
    ]


def _reference(schema: dict[str, Any]) -> str:
    named: dict[str, Any] = next((each for each in [schema, *schema.get("anyOf", [])] if "$ref" in each), {})
    return str(named.get("$ref", "")).rsplit("/", 1)[-1]


def _type(schema: dict[str, Any]) -> str:
    if reference := _reference(schema):
        return reference
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    one = next((each for each in schema.get("anyOf", []) if each.get("type") != "null"), schema)
    return str(one.get("format", one.get("type", "value")))
