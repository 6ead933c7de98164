"""Every named route of the site, found by walking the URL table: what is new is tested without being named."""

from typing import Any


def routes() -> dict[str, Any]:
    """Name of a route -> the converters of its address; a route without a name cannot have a row and fails."""
    from django.urls import URLPattern, get_resolver

    found: dict[str, Any] = {}

    def walk(patterns: Any, namespace: str, converters: dict[str, Any]) -> None:
        for each in patterns:
            inside = {**converters, **each.pattern.converters}
            if isinstance(each, URLPattern):
                assert each.name, f"the route {each.pattern} has no name"
                found[f"{namespace}:{each.name}" if namespace else each.name] = inside
            else:
                walk(each.url_patterns, ":".join(filter(None, (namespace, each.namespace))), inside)

    walk(get_resolver().url_patterns, "", {})
    return found
