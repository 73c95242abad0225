"""`python -m tests.lmserver --port 0 --seed 0`: prints its base URL on the first line and serves until it is ended."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from contextlib import suppress

from tests.lmserver.server import LanguageServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lmserver", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--noise", type=float, default=0.0, help="share of calls that decide anew, 0 to 1")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two chunks of a stream")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input does, with who started it")
    given = vars(parser.parse_args())
    if given.pop("until_eof"):
        threading.Thread(target=_end_with_input, daemon=True).start()
    server = LanguageServer(**given)
    print(server.base_url, flush=True)
    with suppress(KeyboardInterrupt):
        server.serve()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)  # at once, whatever the other threads do; there is nothing to tidy up


if __name__ == "__main__":
    main()
