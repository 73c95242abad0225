"""Whether a text is YAML at all: no type is resolved, no alias expanded, nothing kept."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.loader import BaseLoader


def find_yaml_error(text: str) -> tuple[int, str] | None:
    """The line (from 1) and the reason on which the text stops to be YAML; None when it is YAML.

    Any number of documents may follow one another. Aliases without an anchor and doubled keys are no errors here.
    """
    try:
        loader = BaseLoader(text)
        while loader.check_event():
            loader.get_event()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return (mark.line + 1 if mark else 1), str(error.problem or error.context)
    except (YAMLError, ValueError, OverflowError, RecursionError) as error:
        # ValueError, OverflowError: an escape such as "\UFFFFFFFF" names no character.
        return 1, " ".join(str(error).split())
    return None
