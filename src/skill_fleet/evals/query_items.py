"""What the items of a query file say: the request, the skill that should answer it, and whether one should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from skill_fleet.evals.query_files import Text, Value

TEXT_KEYS = (
    "query",
    "prompt",
    "question",
    "request",
    "input",
    "utterance",
    "user_message",
    "message",
    "trigger",
    "text",
)
SKILL_KEYS = ("expected_skill", "expected_skills", "expect_skills", "target_skill", "skill_name", "skill")
FIRE_KEYS = ("should_trigger", "should_activate", "should_fire", "expect_activation", "fires", "expected")
ALSO_KEYS = ("acceptable_alternative", "acceptable_alternatives", "alternatives", "ambiguous_with")

LIST_KEYS = frozenset(
    """evals items cases test_cases tests queries triggers trigger_evals stimuli scenarios prompts entries examples
    rows data utterances questions requests""".split()
)
FIRING = frozenset("should_trigger should_fire should_activate positive positives positive_cases fire".split())
SILENT = frozenset(
    """should_not_trigger should_not_fire should_not_activate negative negatives negative_cases no_fire near_miss
    near_misses""".split()
)
SPLITS = frozenset("train val valid validation dev test holdout selection".split())

YES = frozenset("true yes fire trigger should_trigger activate positive 1 y".split())
NO = frozenset(
    """false no no_fire not_fire no_trigger should_not_trigger should_not_fire not_trigger silent negative near_miss
    0 n""".split()
)
NOBODY = frozenset(["", "none", "null", "neither", "no_skill", "n/a", "-"])


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it says itself: `skills` are right and `also` as right; `fires` is None where it does not say.

    `problem` says what is wrong with it; `told` whether it or its file says anything about who should answer.
    """

    text: str = ""
    line: int = 1
    skills: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    fires: bool | None = None
    problem: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What the values around an item say for it."""

    skills: tuple[str, ...] = ()
    name: str = ""
    fires: bool | None = None


def find_items(value: Value, around: Around | None = None) -> Iterator[tuple[Item, Around]]:
    """The items in their order, with what is said around them. A value that holds no list of items has none."""
    around = around or Around()
    if isinstance(value, list):
        for item in value:
            yield from _find_in_list(item, around)
    elif isinstance(value, dict):
        inside = _inside(value, around)
        for key, held in value.items():
            name = key.casefold().replace("-", "_").replace(" ", "_")
            if isinstance(held, list | dict) and (found := _descend(name, inside)):
                yield from find_items(held, found)


def _find_in_list(item: Value, around: Around) -> Iterator[tuple[Item, Around]]:
    if isinstance(item, str):
        yield Item(item.strip(), _line(item), told=around.fires is not None or bool(around.skills)), around
    elif isinstance(item, dict) and _text(item) is None and any(_is_list_key(key) for key in item):
        yield from find_items(item, around)
    elif isinstance(item, dict):
        yield _read(item, around), around
    else:
        yield Item(problem=f"{_shown(item)} is neither a text nor an object"), around


def _is_list_key(key: str) -> bool:
    return key in LIST_KEYS | FIRING | SILENT


def _inside(value: dict[str, Value], around: Around) -> Around:
    skills = _names(next((value[key] for key in SKILL_KEYS if key in value), None))
    name = value.get("name")
    return replace(around, skills=skills or around.skills, name=name if isinstance(name, str) else around.name)


def _descend(key: str, around: Around) -> Around | None:
    """What is around the values of a key; None when they are none of our business."""
    if key in FIRING:
        return replace(around, fires=True)
    if key in SILENT:
        return replace(around, fires=False)
    return around if key in LIST_KEYS or key in SPLITS else None


def _read(item: dict[str, Value], around: Around) -> Item:
    text = _text(item)
    if text is None:
        expected = "`query`, `prompt` or `question`"
        return Item(line=_first_line(item), problem=f"no text stands under {expected}")
    skills, invoked = _skills(item), _invoked(item)
    fires, problem = _fires(item)
    if fires is None and skills is not None:
        fires = bool(skills)
    if fires is None and invoked is not None:
        fires = bool(invoked)
    told = fires is not None or around.fires is not None or bool(around.skills)
    also = _names(next((item[key] for key in ALSO_KEYS if key in item), None))
    return Item(text.strip(), _line(text), skills or invoked or (), also, fires, problem, told)


def _text(item: dict[str, Value]) -> str | None:
    found = (item.get(key) for key in TEXT_KEYS)
    return next((value for value in found if isinstance(value, str) and value.strip()), None)


def _skills(item: dict[str, Value]) -> tuple[str, ...] | None:
    """The skills that the item names, none for "nobody"; None when it says nothing."""
    key = next((key for key in SKILL_KEYS if key in item), None)
    return None if key is None else _names(item[key])


def _invoked(item: dict[str, Value]) -> tuple[str, ...] | None:
    """The skills that graders of the kind `skill-invocation`, or constraints, ask for; none when they only forbid."""
    constraints = item.get("constraints")
    if isinstance(constraints, dict) and "expect_skills" in constraints:
        return _names(constraints["expect_skills"])
    graders = item.get("graders")
    found = [_grader(grader) for grader in (graders if isinstance(graders, list) else [])]
    asked = [config for config in found if config]
    if not asked:
        return None
    return tuple(dict.fromkeys(name for config in asked for name in _names(config.get("required"))))


def _grader(grader: Value) -> dict[str, Value]:
    """The settings of a grader that looks at invocations; empty for others."""
    if not isinstance(grader, dict) or grader.get("type") != "skill-invocation":
        return {}
    config = grader.get("config")
    return config if isinstance(config, dict) and {"required", "disallowed"} & set(config) else {}


def _fires(item: dict[str, Value]) -> tuple[bool | None, str]:
    """Whether a skill should answer, and what is wrong with how that is said. `expected` may mean other things."""
    for key in FIRE_KEYS:
        value = item.get(key)
        word = str(value).strip().casefold().replace("-", "_").replace(" ", "_")
        if value is not None and word in YES | NO:
            return word in YES, ""
        if value is not None and key != "expected":
            return None, f"`{key}` is {_shown(value)}; expected true or false"
    return None, ""


def _names(value: Value) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    names = (name.strip() for name in given if isinstance(name, str))
    return tuple(name for name in names if name.casefold() not in NOBODY)


def _line(text: str) -> int:
    return text.line if isinstance(text, Text) else 1


def _first_line(item: dict[str, Value]) -> int:
    return next((value.line for value in item.values() if isinstance(value, Text)), 1)


def _shown(value: Value) -> str:
    text = " ".join(str(value).split())
    return repr(text if len(text) <= 40 else f"{text[:39]}…")  # noqa: PLR2004  enough to find it
