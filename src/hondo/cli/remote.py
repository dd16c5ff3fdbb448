"""Asking a lab on another machine, or in another terminal, for predictions over its REST interface."""

import json
import os
import secrets
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from hondo.core.errors import HondoError, SpecError
from hondo.core.language import language, tr

_SECONDS = 180
_LARGEST_ANSWER = 64 * 2**20


def predict_remotely(url: str, token: str | None, run: str, inputs: list[str], top: int) -> list[dict[str, Any]]:
    """The answers of a lab's run for pictures, one array file or one table.

    Args:
        url: The lab's address; a token in it is used.
        token: The lab's token; left out, that of the address or ``HONDO_LAB_TOKEN``.
        run: The run's name, or ``last``.
        inputs: What `hondo predict` takes.
        top: Classes for each input.

    Raises:
        HondoError: the lab cannot be reached or refuses.
    """
    from hondo.cli.predict import TABLES, read_inputs

    parts = urlsplit(url if "//" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SpecError(tr(f"{url!r} is no address", f"{url!r} no es una dirección"), "http://127.0.0.1:8420")
    token = token or dict(parse_qsl(parts.query)).get("token") or os.environ.get("HONDO_LAB_TOKEN") or ""
    if not token.isascii() or not token.isprintable():
        raise SpecError(tr("this token cannot be used", "este token no se puede usar"))
    value, labels = read_inputs(inputs)
    if inputs == ["-"] or Path(inputs[0]).suffix.lower() in TABLES:
        rows = json.loads(value.to_json(orient="records"))
        body, kind = json.dumps({"rows": rows}).encode(), "application/json"
    else:
        body, kind = _form([Path(each) for each in inputs])
    address = f"{parts.scheme}://{parts.netloc}/api/runs/{quote(run, safe='')}/predict?top={top}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept-Language": language()}
    answers = _ask(urllib.request.Request(address, body, headers), parts.netloc)
    for answer, label in zip(answers, labels, strict=False):
        answer["input"] = label
    return [{key: each for key, each in answer.items() if each is not None} for answer in answers]


def _form(paths: list[Path]) -> tuple[bytes, str]:
    """Files as a browser sends them."""
    border = secrets.token_hex(16)
    body = bytearray()
    for place, path in enumerate(paths):
        head = f'Content-Disposition: form-data; name="files"; filename="{place}{path.suffix.lower()}"'
        body += f"--{border}\r\n{head}\r\n\r\n".encode() + path.read_bytes() + b"\r\n"
    return bytes(body) + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token must not follow a redirect to somebody else."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Follow nothing."""


def _ask(request: urllib.request.Request, where: str) -> Any:
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return json.loads(answer.read(_LARGEST_ANSWER))["answers"]
    except urllib.error.HTTPError as error:
        try:
            said = json.loads(error.read(_LARGEST_ANSWER))
            message, hint = str(said["message"]), str(said["hint"])
        except (ValueError, LookupError, TypeError):
            message, hint = f"{where}: HTTP {error.code}", ""
        raise HondoError(message, hint) from error
    except (OSError, ValueError, LookupError, TypeError, HTTPException) as error:  # or something else answers there
        raise HondoError(
            tr(f"no lab answers at {where}: {error}", f"ningún laboratorio responde en {where}: {error}"),
            tr("Start it there: hondo lab", "Inícielo allí: hondo lab"),
        ) from error
