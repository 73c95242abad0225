"""Whether a text is YAML at all: no type is resolved, no alias expanded, nothing kept."""

from __future__ import annotations

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.loader import BaseLoader

from skill_fleet.skill.frontmatter import MAX_DEPTH


def find_yaml_error(text: str) -> tuple[int, str] | None:
    """The line (from 1) on which the text stops to be YAML, and why; None when it is YAML.

    Any number of documents may follow one another. Aliases without an anchor and doubled keys are no errors here;
    more than `MAX_DEPTH` lists and mappings inside each other are, as reading them takes time by the square.
    """
    depth = 0
    try:
        loader = BaseLoader(text)
        while loader.check_event():
            event = loader.get_event()
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > MAX_DEPTH:
                return event.start_mark.line + 1, f"more than {MAX_DEPTH} lists and mappings inside each other"
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return (mark.line + 1 if mark else 1), str(error.problem or error.context)
    except (YAMLError, ValueError, OverflowError) as error:
        # ValueError, OverflowError: an escape such as "\UFFFFFFFF" names no character.
        return 1, " ".join(str(error).split())
    return None
