"""The words that replies are read by: one table per language, which configuration may add to or replace."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import TypedDict

from skill_fleet.errors import SettingsError
from skill_fleet.jobs.prompts import ACTIONS, Action
from skill_fleet.review.reply import parse_reply

#: Its table is the first to be asked, and its letters count in every locale: `[y/n]` is on screens everywhere.
FIRST = "en"

Words = Mapping[Action, tuple[str, ...]]

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LOCALE = re.compile(r"([A-Za-z]{2,3})(?![A-Za-z])")
_SYLLABLE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHAPE = 'Write it like this: {"de": {"proceed": {"add": ["jo"]}, "cancel": {"replace": ["nein"]}}}.'


class KeywordConfig(TypedDict):
    """What clients get, as plain data."""

    action_keywords: dict[Action, list[str]]
    version: str
    languages: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The words of one language.

    `letters` are single letters and short forms that mean another thing elsewhere: they count only for a person of this
    language. `unclear` are words of other tables that mean another thing here. `no_answer` says that somebody has
    nothing to say to a question; it means no action. `places` says where a word came from, by `action word`, when it
    came by configuration.
    """

    language: str
    words: Words
    letters: Words
    unclear: tuple[str, ...] = ()
    no_answer: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a table, as it is written there. Without an action it is known to be unclear in that language."""

    action: Action | None
    word: str
    language: str


@dataclass(frozen=True, slots=True)
class Keywords:
    """All tables, in one index. `version` changes with every word."""

    tables: tuple[Table, ...]
    version: str
    index: Mapping[tuple[str, str], Entry]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(table.language for table in self.tables)

    def find(self, form: str, language: str = "") -> Entry | None:
        """The entry of a reply in its parsed form; the person's own language decides before all others."""
        return self.index.get((language, form)) or self.index.get(("", form))

    def config(self, locale: str = "") -> KeywordConfig:
        """The words that count for a person of this locale, English first; each has one action."""
        language = language_of(locale)
        listed: dict[Action, list[str]] = {action: [] for action in ACTIONS}
        for table in self.tables:
            for entry in _entries(table):
                known = self.find(parse_reply(entry.word), language)
                if known and known.action and entry.action == known.action and entry.word not in listed[known.action]:
                    listed[known.action].append(entry.word)
        return KeywordConfig(action_keywords=listed, version=self.version, languages=list(self.languages))


def load_keywords(overrides: Mapping[str, object] | None = None) -> Keywords:
    """The bundled tables with a person's own words: `{language: {action: {"add" | "replace": [words]}}}`.

    Raises `SettingsError` for another shape, for a word that no reply can equal, and for a word with two actions.
    """
    return _merged(overrides) if overrides else _bundled_keywords()


def says_nothing(text: str) -> bool:
    """Whether this is no answer to an open question: without a letter or digit, or a bare yes or no."""
    if not any(map(str.isalnum, text)) or declines(text):
        return True
    keywords = _bundled_keywords()
    return any(keywords.find(parse_reply(text), language) for language in keywords.languages)


def declines(text: str) -> bool:
    """Whether somebody says that they have no answer: "don't know", "skip", in any of the languages."""
    return parse_reply(text) in _no_answers()


def _merged(overrides: Mapping[str, object]) -> Keywords:
    tables = {table.language: table for table in _bundled()}
    for language, given in overrides.items():
        place = f"keywords.{language}"
        if not _LANGUAGE.fullmatch(language):
            raise SettingsError(f"{place}: {language!r} is not a language.", "Use its two or three letters, like `de`.")
        tables[language] = _overridden(tables.get(language, _empty(language)), _mapping(given, place), place)
    return _indexed(tuple(tables.values()))


def language_of(locale: str) -> str:
    """`de` for `de`, `de_AT`, `de-AT.UTF-8`; empty for `C`, `POSIX` and no locale."""
    found = _LOCALE.match(locale)
    return found[1].lower() if found else ""


@cache
def _bundled() -> tuple[Table, ...]:
    folder = resources.files("skill_fleet.review") / "keywords"
    tables = [parse_table(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(tables, key=lambda table: (table.language != FIRST, table.language)))


@cache
def _bundled_keywords() -> Keywords:
    return _indexed(_bundled())


@cache
def _no_answers() -> frozenset[str]:
    return frozenset(parse_reply(word) for table in _bundled() for word in table.no_answer)


def parse_table(text: str) -> Table:
    """The table of one language file."""
    data = tomllib.loads(text)
    return Table(
        language=data["language"],
        words={action: tuple(data[action]) for action in ACTIONS},
        letters={action: tuple(data["letters"].get(action, ())) for action in ACTIONS},
        unclear=tuple(data.get("unclear", ())),
        no_answer=tuple(data["no_answer"]),
    )


def _empty(language: str) -> Table:
    nothing: Words = dict.fromkeys(ACTIONS, ())
    return Table(language, nothing, nothing)


def _overridden(table: Table, given: Mapping[str, object], place: str) -> Table:
    for name, change in given.items():
        action = next((action for action in ACTIONS if action == name), None)
        if action is None:
            raise SettingsError(f"{place}: there is no action {name!r}.", f"Actions are: {', '.join(ACTIONS)}.")
        for way, words in _mapping(change, f"{place}.{name}").items():
            table = _changed(table, action, way, _words(words, f"{place}.{name}.{way}"))
    return table


def _changed(table: Table, action: Action, way: str, words: tuple[str, ...]) -> Table:
    """The table with an action's words added or replaced; a single letter of an alphabet goes to the letters."""
    place = f"keywords.{table.language}.{action}.{way}"
    if way not in {"add", "replace"}:
        raise SettingsError(f"{place}: words can be added or replaced, not {way!r}.", _SHAPE)
    if way == "replace":
        table = replace(table, words={**table.words, action: ()}, letters={**table.letters, action: ()})
    letters = tuple(word for word in words if _is_letter(parse_reply(word)))
    whole = tuple(word for word in words if word not in letters)
    forms = {parse_reply(word) for word in words}
    return replace(
        table,
        words={**table.words, action: (*table.words[action], *whole)},
        letters={**table.letters, action: (*table.letters[action], *letters)},
        unclear=tuple(word for word in table.unclear if parse_reply(word) not in forms),
        places={**table.places, **{f"{action} {word}": place for word in words}},
    )


def _is_letter(form: str) -> bool:
    """One sign of an alphabet; a single Chinese, Japanese or Korean sign is a word."""
    return len(form) == 1 and not _SYLLABLE.match(form)


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return value
    raise SettingsError(f"{place}: {value!r} is not a table.", _SHAPE)


def _words(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise SettingsError(f"{place}: {value!r} is not a list of words.", _SHAPE)
    for word in value:
        if not isinstance(word, str):
            raise SettingsError(f"{place}: {word!r} is not a word.", _SHAPE)
        if not parse_reply(word):
            raise SettingsError(
                f"{place}: no reply can equal {word!r}.", "A word has letters, no question mark and no ellipsis."
            )
    return tuple(value)


def _indexed(tables: tuple[Table, ...]) -> Keywords:
    """Under `("", form)` stands what counts for everybody, under `(language, form)` what counts for its people."""
    everybody: dict[str, Entry] = {}
    for table in tables:
        _enter(everybody, _shared_entries(table), tables)
    index = {("", form): entry for form, entry in everybody.items()}
    for table in tables:
        own: dict[str, Entry] = {}
        _enter(own, _entries(table), tables)
        _enter(dict(everybody), own.values(), tables)
        own |= {parse_reply(word): Entry(None, word, table.language) for word in table.unclear}
        index |= {(table.language, form): entry for form, entry in own.items()}
    return Keywords(tables, _version(tables), index)


def _entries(table: Table) -> Iterator[Entry]:
    for words in (table.words, table.letters):
        for action in ACTIONS:
            for word in words[action]:
                yield Entry(action, word, table.language)


def _shared_entries(table: Table) -> Iterator[Entry]:
    """The words, and the letters of the first table."""
    counting = table if table.language == FIRST else replace(table, letters=dict.fromkeys(ACTIONS, ()))
    return _entries(counting)


def _enter(known: dict[str, Entry], entries: Iterable[Entry], tables: tuple[Table, ...]) -> None:
    """Adds what is not known yet. Raises `SettingsError` for a word that is known under another action."""
    for entry in entries:
        other = known.setdefault(parse_reply(entry.word), entry)
        if other.action != entry.action:
            places = " and ".join(_place(tables, each) for each in (other, entry))
            raise SettingsError(f"{entry.word!r} has two actions: {places}.", "Leave it in one of them.")


def _place(tables: tuple[Table, ...], entry: Entry) -> str:
    places = next(table.places for table in tables if table.language == entry.language)
    return places.get(f"{entry.action} {entry.word}", f"the bundled keywords.{entry.language}.{entry.action}")


def _version(tables: tuple[Table, ...]) -> str:
    """The first 12 digits of the hash of everything a table says."""
    told = [[table.language, table.words, table.letters, table.unclear, table.no_answer] for table in tables]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
