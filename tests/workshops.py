"""Authors and jobs to test with, over the documentation of a product that does not exist (`fixtures/tidegate*`)."""

from __future__ import annotations

import asyncio
import atexit
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.lmserver import LanguageServer

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import (
    Dependencies,
    Intent,
    Plan,
    Requirements,
    Research,
    TaxonomyChoice,
    Topic,
)
from skill_fleet.authoring.draft import Draft, DraftFile, Problem, Reference, Statement
from skill_fleet.authoring.examine import write_files
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.pipeline import EVERYWHERE, create_skill
from skill_fleet.authoring.scripted import Retake, Script, ScriptedAuthor
from skill_fleet.authoring.session import Stops
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.codec import to_json
from skill_fleet.jobs.context import Event, EventKind
from skill_fleet.jobs.inline import InlineContext
from skill_fleet.jobs.prompts import Answer, Prompt, PromptKind
from skill_fleet.library.catalog import Entry
from skill_fleet.rules.check import check_folder
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.read import read_sources
from skill_fleet.sources.store import EvidenceStore

FIXTURES = Path(__file__).parent / "fixtures"
MARKDOWN = FIXTURES / "tidegate" / "docs"
RST = FIXTURES / "tidegate-rst" / "docs"
TASK = "Limit the rate of calls with gates, retries and stores in Tidegate"


YES = Answer("proceed")


@cache
def stored(origin: str = str(MARKDOWN)) -> EvidenceStore:
    """What stands in a source, read once a test run."""
    return read_sources([origin])


Said = Mapping[str, Sequence[Answer]]
"""What a person says at the stops of each kind, in order; at all others they proceed."""


@dataclass
class Job:
    """One run of the pipeline in memory. Remembers what was told and asked, and every draft that was kept."""

    author: Author
    folder: Path
    said: Said = field(default_factory=dict)
    fleet: tuple[Entry, ...] = ()
    stops: Stops = EVERYWHERE
    events: list[Event] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    stores: dict[str, EvidenceStore] = field(default_factory=dict)

    def run(self, brief: Brief) -> Outcome:
        return asyncio.run(create_skill(self.context, brief, self.workshop, self.stops))

    @property
    def context(self) -> InlineContext:
        return InlineContext("j-test", self._ask, self.events.append)

    @property
    def workshop(self) -> Workshop:
        return Workshop(self.author, self._look, self._read, self.stores.__getitem__, self._save)

    @property
    def store(self) -> EvidenceStore:
        return next(iter(self.stores.values()))

    def asked(self, kind: PromptKind) -> list[Prompt]:
        return [prompt for prompt in self.prompts if prompt.kind == kind]

    def steps(self, kind: EventKind = "step.finished") -> list[str]:
        return [event.name for event in self.events if event.kind == kind]

    def _ask(self, prompt: Prompt) -> Answer:
        number = len(self.asked(prompt.kind))
        self.prompts.append(prompt)
        answers = self.said.get(prompt.kind, ())
        return answers[number] if number < len(answers) else YES

    def _look(self) -> tuple[Entry, ...]:
        return self.fleet

    def _read(self, origins: tuple[str, ...]) -> str:
        key = "\n".join(origins)
        self.stores[key] = stored(key) if len(origins) == 1 else read_sources(origins)
        return key

    def _save(self, outcome: Outcome, draft: Draft, store: EvidenceStore) -> str:
        assert store is list(self.stores.values())[-1]
        self.drafts.append(draft)
        root = self.folder / outcome.job_id / draft.name
        write_files(root, draft)
        return str(root)


def broken_rules(draft: Draft) -> list[Problem]:
    """What the rules find in the draft's files, written out to a folder as a user would have them."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / draft.name
        write_files(root, draft)
        found = check_folder(root)
    return [Problem(one.code, one.severity, one.message, "SKILL.md", one.line, one.column) for one in found]


def planned(outcome: Outcome) -> Plan:
    """The plan of a job that came as far as one."""
    assert outcome.plan is not None
    return outcome.plan


def researched(outcome: Outcome) -> Research:
    assert outcome.research is not None
    return outcome.research


def revise(text: str = "", **answers: str) -> Answer:
    return Answer("revise", text, answers)


NO = Answer("cancel")


def unit(store: EvidenceStore, start: str) -> Evidence:
    """The first unit whose text begins so."""
    return next(one for one in store.evidence if one.text.startswith(start))


def reference(one: Evidence) -> Reference:
    return Reference(one.id, one.source, one.span.path, one.span.line, one.span.end)


def drafted(store: EvidenceStore, quotes: dict[str, str]) -> Draft:
    """A SKILL.md of one paragraph for each quote: what it says, and the beginning of the unit it rests on."""
    lines = HEAD.splitlines()
    statements: list[Statement] = []
    for said, start in quotes.items():
        lines += ["", said]
        statements.append(
            Statement("SKILL.md", len(lines), len(lines), "verbatim", (reference(unit(store, start)),)),
        )
    return Draft("tidegate-limits", "hand", (DraftFile("SKILL.md", "\n".join(lines) + "\n"),), tuple(statements))


HEAD = """---
name: tidegate-limits
description: Limit how often a program calls a service with Tidegate gates, permits, periods and retries. \
Use when a gate waits too long, a call is refused or has to be tried again, or many processes share one limit.
license: MIT
---
# Limit calls

A Tidegate gate hands out permits. A program asks the gate for a permit before each call of a service, and a gate
without permits either waits or refuses.

## When to use

- a gate waits without an end
- a call fails and has to be tried again
- several processes share the permits of one gate

## Open a gate

1. Choose how many calls the service allows in a period of 60 seconds.
2. Open a gate with that limit, and set `max_wait` so that no call waits without an end.
3. Ask for a permit around each call.

For example, a search that allows 100 calls a minute:

```python
import tidegate

gate = tidegate.Gate("search", limit=100, period=60, max_wait=2.5)

with gate.permit():
    find_words("harbour")
```

When no permit is free after 2.5 seconds, `WaitTimeoutError` is raised. With `block=False` the gate refuses at once, and
`GateClosedError` is raised instead.

| Setting | Default | Meaning |
| --- | --- | --- |
| `limit` | `10` | permits in one period |
| `burst` | `1` | permits that may be used at the same moment |
| `key` | `None` | counts each user of the gate apart |

## Avoid long waits

Prefer refusing in a web request, where a visitor waits for the answer of the service. Never open a gate with `limit=0`,
because its calls wait forever. A permit that is not given back counts until the period of its gate ends.

## Share a gate between processes

A gate keeps its permits in a store. The `MemoryStore` is forgotten with the process; pass a `RedisStore` when several
workers share one gate:

```python
from tidegate import RedisStore

store = RedisStore("redis://localhost:6379/0", prefix="tide")
gate = tidegate.Gate("mail", limit=20, period=1, store=store)
```

If the store does not answer within 0.5 seconds, the gate raises `StoreError` and hands out nothing. Check the shared
permits of a gate with `tidegate status mail`, and empty its store with `tidegate reset mail --yes`.

## Try a call again

Wrap a call that may fail in `tidegate.retry`. It waits 1, 2 and 4 seconds between four attempts, and each attempt asks
the gate for a permit of its own:

```python
@tidegate.retry(attempts=4, backoff=2.0, on=ConnectionError)
def fetch_mail():
    with gate.permit():
        return connection.fetch()
```

After the last attempt `RetryError` is raised; its `causes` hold the error of every attempt.

## Limits and retries"""

QUOTES = {
    "A limit says how many permits a gate gives in one period. Periods are measured in seconds and default to 60.": (
        "A limit says"
    ),
    "Retry only calls that can be made twice without harm.": "Retry only calls",
}


def script(
    store: EvidenceStore,
    quotes: dict[str, str] | None = None,
    mended: dict[str, str] | None = None,
    retakes: Sequence[dict[str, str]] = (),
) -> Script:
    """Decisions made by hand, and the drafts they led to."""
    topics = (Topic("limits", "Limits", "guide/limits.md", 1.0, facets=("calls",), core=True),)
    return Script(
        Research(0.5, 0.5, 0.5, 0.5, ("calls",), ("calls",), (), {"rule": 2}),
        Plan(
            name="tidegate-limits",
            title="Limit calls",
            description="Limit calls with Tidegate gates. Use when a gate waits too long.",
            style="minimal",
            requirements=Requirements(
                domain="technical",
                category="networking",
                target_level="beginner",
                topics=topics,
                ambiguities=(),
                trigger_phrases=("a gate waits",),
            ),
            intent=Intent("Limit calls", "how_to", "Tidegate", "Tidegate limits calls."),
            taxonomy=TaxonomyChoice("technical/networking", (), "a person said so", (), 1.0),
            dependencies=Dependencies(),
            max_lines=150,
            max_tokens=5000,
        ),
        drafted(store, QUOTES if quotes is None else quotes),
        None if mended is None else drafted(store, mended),
        tuple(Retake(drafted(store, quotes)) for quotes in retakes),
    )


@cache
def language_server() -> LanguageServer:
    """One for this process, from the first test that needs it on."""
    server = LanguageServer(seed=0)
    atexit.register(server.__exit__, None, None, None)
    return server.__enter__()


def lm_author(fleet: Sequence[Entry] = ()) -> Author:
    """The author with a model, at the server of this process; it remembers nothing of earlier authors."""
    # The framework of its programs is imported by those tests alone that ask for it.
    from tests.lm.runtimes import Office  # noqa: PLC0415

    from skill_fleet.lm.author import LmAuthor  # noqa: PLC0415

    folder = TemporaryDirectory(prefix="skill-fleet-")
    atexit.register(folder.cleanup)
    return LmAuthor(Office(language_server(), Path(folder.name)).runtime(deaf=True), lambda: fleet)


AUTHORS: dict[str, Callable[[EvidenceStore], Author]] = {
    "extractive": lambda _: ExtractiveAuthor(),
    "lm": lambda _: lm_author(),
    "scripted": lambda store: ScriptedAuthor(script(store)),
}


def main(author: str, origin: str, folder: str) -> None:
    """Print a draft, so that another process can compare it with its own."""
    job = Job(AUTHORS[author](stored(origin)), Path(folder))
    job.run(Brief(TASK, (origin,)))
    sys.stdout.buffer.write(to_json(job.drafts[0], Draft))


if __name__ == "__main__":
    main(*sys.argv[1:])
