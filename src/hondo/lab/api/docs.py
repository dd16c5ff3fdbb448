"""The interface's documentation as one page without scripts: FastAPI's own loads them from other hosts."""

import json
from html import escape
from typing import Any

from hondo.core.language import language, tr

_STYLE = """
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent)}
body{font:1rem/1.55 system-ui,sans-serif;max-width:62rem;margin:3rem auto;padding:0 1.25rem}
h1{font-size:1.7rem}h2{font-size:1.15rem;margin-top:2.5rem}h3{font-size:1rem;margin:1.75rem 0 .25rem}
code{font:.9em ui-monospace,monospace}table{border-collapse:collapse;width:100%;margin:.5rem 0}
td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
.method{display:inline-block;min-width:4.2rem;font-weight:650}
"""


def docs_page(document: dict[str, Any]) -> str:
    """An OpenAPI document as HTML: each route with its parameters and answers, then the shapes."""
    routes = [
        (method.upper(), path, about)
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]
    shapes = document.get("components", {}).get("schemas", {})
    parts = [
        f"<h1>{escape(document['info']['title'])}</h1>",
        f"<p>{escape(_introduction())}</p>",
        '<p><a href="/api/openapi.json">openapi.json</a></p>',
        f"<h2>{tr('Routes', 'Rutas')}</h2>",
        *(_route(*route) for route in routes),
        f"<h2>{tr('Shapes', 'Estructuras')}</h2>",
        *(_shape(name, shape) for name, shape in shapes.items()),
    ]
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8"><title>Hondo API</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _introduction() -> str:
    return tr(
        "Programs send 'Authorization: Bearer <token>'. Texts come in the language of Accept-Language (en, es). "
        "What cannot be done is answered with a message, a hint and, for specs, problems with their lines.",
        "Los programas envían 'Authorization: Bearer <token>'. Los textos llegan en el idioma de Accept-Language (en, "
        "es). Lo que no se puede hacer se responde con un mensaje, una ayuda y, en las especificaciones, los problemas "
        "con sus líneas.",
    )


def _route(method: str, path: str, about: dict[str, Any]) -> str:
    rows = [
        (each["name"], each["in"], _kind(each.get("schema", {})), each.get("description", ""))
        for each in about.get("parameters", [])
    ]
    for media, content in about.get("requestBody", {}).get("content", {}).items():
        rows.append((tr("body", "cuerpo"), media, _kind(content.get("schema", {})), ""))
    for status, answer in about.get("responses", {}).items():
        for media, content in answer.get("content", {}).items():
            rows.append((status, media, _kind(content.get("schema", {})), ""))
    title = f'<span class="method">{method}</span><code>{escape(path)}</code>'
    return (
        f'<h3 id="{escape(about["operationId"])}">{title}</h3><p>{escape(about.get("description", ""))}</p>'
        + _table(rows)
    )


def _shape(name: str, shape: dict[str, Any]) -> str:
    needed = shape.get("required", [])
    rows = [
        (key, tr("needed", "obligatorio") if key in needed else "", _kind(each), each.get("description", ""))
        for key, each in shape.get("properties", {}).items()
    ]
    return f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(shape.get("description", ""))}</p>{_table(rows)}'


def _table(rows: list[tuple[str, str, str, str]]) -> str:
    if not rows:
        return ""
    lines = [
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td><td>{kind}</td><td>{escape(text)}</td></tr>"
        for name, where, kind, text in rows
    ]
    return f"<table>{''.join(lines)}</table>"


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words, as HTML; a named one links to its table."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return escape(" | ".join(json.dumps(each) for each in schema["enum"]))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return escape(str(schema.get("type", "")))
