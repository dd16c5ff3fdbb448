"""``python -m hondo.lab``: starts the lab; ``hondo lab`` does the same with more options' help."""

import argparse
import sys

from hondo.core.errors import HondoError
from hondo.core.language import tr
from hondo.lab.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Start the lab with options from the command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="hondo lab", description=tr("The lab in the browser.", "El laboratorio web."))
    parser.add_argument("--port", type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--token")
    given = parser.parse_args(arguments)
    try:
        serve(given.host, given.port, browser=not given.no_browser, token=given.token)
    except HondoError as error:
        print(f"{tr('Error', 'Error')}: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
