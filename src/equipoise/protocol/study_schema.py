"""The JSON Schema of `study.yaml`, published with the package so that editors complete and check the file."""

import ast
import inspect
import json
import textwrap
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from equipoise.protocol.study_definition import StudyDefinition

SCHEMA_FILE = Path(__file__).with_name("study.schema.json")
"""The published copy; a test compares it with `study_schema_text`."""


def study_schema() -> dict[str, Any]:
    """Give the schema of a study definition (JSON Schema, draft 2020-12) from the models and their docstrings."""
    schema = StudyDefinition.model_json_schema(mode="validation")
    for model in models():
        part = schema if model is StudyDefinition else schema["$defs"].get(model.__name__, {})
        as_map = next(each for each in (part, *part.get("anyOf", ())) if "properties" in each)
        for name, text in field_docs(model).items():
            as_map["properties"][name]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Study definition"}


def models() -> tuple[type[BaseModel], ...]:
    """Give every model of a study definition, in the order in which the definition names them."""
    found: list[type[BaseModel]] = []
    waiting: list[Any] = [StudyDefinition]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in found:
                found.append(kind)
                waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += [*get_args(kind), *([kind.__origin__] if hasattr(kind, "__metadata__") else [])]
    return tuple(found)


def field_docs(model: type[BaseModel]) -> dict[str, str]:
    """Give the docstrings that stand under the fields of a model; they are in the source only."""
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef), "a model is a class"
    docs = {}
    for field, below in pairwise(body.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(below):
            docs[field.target.id] = inspect.cleandoc(ast.literal_eval(ast.unparse(below)))
    return docs


def _is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def study_schema_text() -> str:
    """Give the published text, sorted so that it changes only where the models do."""
    return json.dumps(study_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
