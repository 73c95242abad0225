"""A value for any field, made from its JSON schema and the words of the inputs."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.lmserver.prompt import Field, Schema
from tests.lmserver.words import sentences_of, shared, words_of

USUAL_ITEMS = 3
"""Items of a list when neither schema nor description says how many."""

DEEPEST = 6
"""Levels of nesting below which only what a schema demands is made."""

#: After a number that counts letters or words, not items.
_NO_LENGTH = r"\b(?!,?\d)(?!\s*(?:%|char|word|letter|token|line|sentence|second|minute|day))"
_RANGE = re.compile(rf"(?i)\b(\d+)\s*(?:-|–|to|and|\.\.)\s*(\d+){_NO_LENGTH}")
_EXACTLY = re.compile(rf"(?i)\b(?:exactly|precisely)\s+(\d+){_NO_LENGTH}")
_LEAST = re.compile(rf"(?i)\b(?:at least|no fewer than|minimum of)\s+(\d+){_NO_LENGTH}")
_MOST = re.compile(rf"(?i)\b(?:at most|up to|no more than|maximum of|max\.?)\s+(\d+){_NO_LENGTH}")
_LONGEST = re.compile(r"(?i)(?:at most|up to|under|no more than|max\.?|below|less than|-|–|to)\s*([\d,]+)\s*char")
_ONE = re.compile(r"(?i)\b(?:one|a single|1) (?:sentence|line)\b")
#: In the name of a field, or anywhere in what is said about it.
_SHORT = re.compile(
    r"(?i)\A\w*(?:name|title|label|tag|keyword|heading|section|topic|query|term|phrase|language)s?\b"
    r"|\b(?:few|one) words?\b"
)
_KEBAB = re.compile(r"(?i)\A(?:\w*(?:path|file|slug)|(?:\w*_)?id)s?\b|kebab|\bslug\b|hyphen")
_FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "time": "03:04:05",
    "uri": "http://localhost/",
    "email": "someone@localhost",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def span(text: str, least: int, most: int | None) -> tuple[int, int | None]:
    """How many a text asks for: `3-7`, `exactly 4`, `at least 2`, `up to 5`; what it leaves open is as given."""
    if found := _RANGE.search(text):
        return int(found[1]), int(found[2])
    if found := _EXACTLY.search(text):
        return int(found[1]), int(found[1])
    low, high = _LEAST.search(text), _MOST.search(text)
    return (int(low[1]) if low else least), (int(high[1]) if high else most)


class Source:
    """What the inputs say, as words and sentences, most of it once."""

    def __init__(self, inputs: Mapping[str, str]) -> None:
        self.text = "\n".join("\n".join(strings_in(text)) for text in inputs.values())
        self.sentences = list(dict.fromkeys(sentences_of(self.text))) or [self.text.strip() or "nothing was said"]
        self.words = list(dict.fromkeys(words_of(self.text))) or ["nothing"]


def strings_in(text: str) -> list[str]:
    """The texts of an input: itself, or the strings in it when it is JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return [text]
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return [text]
    return list(_strings(found))


def _strings(found: object) -> Iterable[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _strings(one)


class Maker:
    """Makes values. `chance` decides what the inputs leave open; with `stray` it also decides what they do not."""

    def __init__(self, source: Source, chance: random.Random, *, stray: bool = False) -> None:
        self.source = source
        self.chance = chance
        self.stray = stray
        self._definitions: Mapping[str, object] = {}
        self._open: list[str] = []
        self._makers: dict[str, Callable[[Schema, str], object]] = {
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
            "boolean": lambda _schema, _hint: self.chance.random() < 0.5,
            "array": self._list,
            "object": self._object,
            "null": lambda _schema, _hint: None,
        }

    def make(self, field: Field) -> object:
        found = field.schema.get("$defs", field.schema.get("definitions", {}))
        self._definitions = found if isinstance(found, dict) else {}
        self._open = []
        return self._value(field.schema, f"{field.name} {field.description}")

    def choose(self, options: Sequence[object], hint: str = "") -> object:
        """The option whose words the inputs share most; between equals, and without any, chance decides."""
        if self.stray:
            return self.chance.choice(options)
        counts = [shared(str(option), f"{self.source.text} {hint}") for option in options]
        return self.chance.choice([one for one, count in zip(options, counts, strict=True) if count == max(counts)])

    def _value(self, schema: Schema, hint: str) -> object:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.rpartition("/")[2]
            self._open.append(name)
            made = self._value(_as_schema(self._definitions.get(name)), hint)
            self._open.pop()
            return made
        if "const" in schema:
            return schema["const"]
        if options := _as_list(schema.get("enum")):
            return self.choose(options)
        if alternatives := [
            _as_schema(one) for key in ("anyOf", "oneOf", "allOf") for one in _as_list(schema.get(key))
        ]:
            return self._value(self._alternative(alternatives), f"{hint} {schema.get('description', '')}")
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        return self._makers.get(str(kind), self._string)(schema, f"{hint} {schema.get('description', '')}")

    def _alternative(self, alternatives: Sequence[Schema]) -> Schema:
        """The first that is not null and does not lead back to where we are; else null, else the first."""
        fresh = [one for one in alternatives if one.get("type") != "null" and not self._leads_back(one)]
        null = [one for one in alternatives if one.get("type") == "null"]
        return [*fresh, *null, *alternatives][0]

    def _leads_back(self, schema: Schema) -> bool:
        inner = _as_schema(schema.get("items")) if schema.get("type") == "array" else schema
        return str(inner.get("$ref", "")).rpartition("/")[2] in self._open or len(self._open) > DEEPEST

    def _list(self, schema: Schema, hint: str) -> object:
        given = schema.get("minItems"), schema.get("maxItems")
        least, most = span(hint, 1 if given == (None, None) else 0, None)
        least = int(str(given[0])) if given[0] is not None else least
        most = int(str(given[1])) if given[1] is not None else most
        if self._leads_back(schema):
            count = 0 if given[0] is None else least
        elif most is None:
            count = max(least, USUAL_ITEMS)
        else:
            count = self.chance.randint(least, max(least, most))
        items = _as_schema(schema.get("items"))
        made = [self._value(items, hint) for _ in range(count)]
        return self._different(made, items, hint) if items.get("type", "string") == "string" else made

    def _different(self, made: Sequence[object], items: Schema, hint: str) -> list[object]:
        """A list of texts does not say the same twice while there is something else to say."""
        found: list[object] = []
        for one in made:
            tries = (self._value(items, hint) for _ in range(8))
            found.append(one if one not in found else next((other for other in tries if other not in found), one))
        return found

    def _object(self, schema: Schema, hint: str) -> object:
        properties, required = schema.get("properties"), _as_list(schema.get("required"))
        if isinstance(properties, dict):
            return {
                name: self._value(_as_schema(one), str(name))
                for name, one in properties.items()
                if name in required or not self._leads_back(_as_schema(one))
            }
        inner = _as_schema(schema.get("additionalProperties"))
        names = self.chance.sample(self.source.words, min(2, len(self.source.words)))
        return {name: self._value(inner, hint) for name in names}

    def _integer(self, schema: Schema, hint: str) -> object:
        low, high = _bounds(schema, hint, 1, 10)
        return self.chance.randint(-int(-low // 1), int(high // 1))

    def _number(self, schema: Schema, hint: str) -> object:
        low, high = _bounds(schema, hint, 0, 1)
        return round(self.chance.uniform(low, high), 3)

    def _string(self, schema: Schema, hint: str) -> object:
        form = str(schema.get("format", ""))
        if form in _FORMATS:
            return _FORMATS[form]
        least, most = int(str(schema.get("minLength", 0))), _longest(schema, hint)
        pattern = str(schema.get("pattern", ""))
        short = bool(_SHORT.search(hint)) or most <= 60
        some = self._some_words()
        said = " ".join(some) if short else self._some_sentences(1 if _ONE.search(hint) else 3)
        made = "-".join(some) if _KEBAB.search(hint) else said
        for one in (
            made,
            "-".join(some),
            "_".join(some),
            some[0],
            some[0].capitalize(),
            str(self.chance.randint(1, 9)),
        ):
            if re.search(pattern, one):
                made = one
                break
        while len(made) < least:
            made = f"{made} {self._some_sentences()}"
        return made if len(made) <= most else made[:most].rsplit(" ", 1)[0].rstrip("-")

    def _some_words(self) -> list[str]:
        most = min(4, len(self.source.words))
        begin = self.chance.randrange(max(1, len(self.source.words) - most + 1))
        return self.source.words[begin : begin + self.chance.randint(min(2, most), most)]

    def _some_sentences(self, most: int = 3) -> str:
        count = self.chance.randint(1, min(most, len(self.source.sentences)))
        picked = sorted(self.chance.sample(range(len(self.source.sentences)), count))
        return " ".join(self.source.sentences[number] for number in picked)


def _bounds(schema: Schema, hint: str, low: float, high: float) -> tuple[float, float]:
    """The range a number lies in; what a schema says goes before what a description says."""
    if found := _RANGE.search(hint):
        low, high = float(found[1]), float(found[2])
    given_low = schema.get("minimum", schema.get("exclusiveMinimum"))
    given_high = schema.get("maximum", schema.get("exclusiveMaximum"))
    low = float(str(given_low)) if given_low is not None else low
    high = float(str(given_high)) if given_high is not None else high if low < high else low + high
    edge = (high - low) / 1000 or 0.001
    if "exclusiveMinimum" in schema:
        low += 1 if schema.get("type") == "integer" else edge
    if "exclusiveMaximum" in schema:
        high -= 1 if schema.get("type") == "integer" else edge
    return min(low, high), max(low, high)


def _longest(schema: Schema, hint: str) -> int:
    """Characters of a text at most."""
    found = _LONGEST.search(hint)
    said = int(found[1].replace(",", "")) if found else 100_000
    return min(said, int(str(schema.get("maxLength", said))))


def _as_schema(found: object) -> Schema:
    return found if isinstance(found, dict) else {}


def _as_list(found: object) -> list[object]:
    return found if isinstance(found, list) else []
