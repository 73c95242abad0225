"""What the cache of replies saves in the making of a skill: requests, tokens, seconds.

    python benchmarks/lm_cache.py
    python benchmarks/lm_cache.py --docs PATH --latency 0.5

A skill is made from documentation, revised twice, and made once more by another job with the same task; once without
the cache and once with it. The author is the language model's own; the model is the test server, which answers by rules
after `--latency` seconds. Requests are counted there, tokens are characters divided by four, seconds are the server's.
Each part asks other questions than those before it, so that only the last one can find kept replies.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.tables import render_table
from tests.lmserver import LanguageServer

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.feedback import Feedback
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.lm.author import LmAuthor
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.settings import Settings, load_settings
from skill_fleet.sources.read import read_sources
from skill_fleet.sources.store import EvidenceStore

DOCS = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "tidegate"
TASK = "Open and close a tide gate safely and read its alarms"
WISHES = ("Keep the introduction shorter.", "Say more about alarms.")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one part of the loop took at the server."""

    requests: int
    tokens: int
    seconds: float


Stage = tuple[Plan, Draft]


class Loop:
    """One arm: the making, two revisions, and the same again. The server is only this arm's."""

    def __init__(self, server: LanguageServer, settings: Settings, folder: Path, store: EvidenceStore) -> None:
        self._server = server
        self._settings = settings
        self._folder = folder
        self._store = store
        self._brief = Brief(TASK, ())
        self.spent: list[Spent] = []

    async def run(self) -> None:
        author = self._author("first")
        stage = await self._measure(_create(author, self._brief, self._store))
        for wish in WISHES:
            stage = await self._measure(_revise(author, self._brief, stage, wish, self._store))
        await self._measure(_create(self._author("second"), self._brief, self._store))

    def _author(self, job_id: str) -> LmAuthor:
        """That of another job: what the first was answered is not in its ledger."""
        ledger = Ledger(job_id, MemoryCalls(), Budget())
        return LmAuthor(Runtime(self._settings, job_id, ledger, None, self._folder), list)

    async def _measure(self, part: Awaitable[Stage]) -> Stage:
        self._server.control.reset()
        started = time.monotonic()
        stage = await part
        calls = self._server.control.calls().calls
        tokens = sum(call.prompt_tokens + call.completion_tokens for call in calls)
        self.spent.append(Spent(len(calls), tokens, time.monotonic() - started))
        return stage


async def _create(author: LmAuthor, brief: Brief, store: EvidenceStore) -> Stage:
    """The decisions in the order of the pipeline; those that do not depend on each other at the same time."""
    research = await author.research(brief, store)
    requirements, intent = await asyncio.gather(
        author.requirements(brief, store, research), author.intent(brief, store)
    )
    taxonomy, dependencies = await asyncio.gather(
        author.taxonomy(brief, requirements, intent, ()), author.dependencies(brief, store, ())
    )
    plan = await author.plan(brief, store, requirements, intent, taxonomy, dependencies)
    return plan, await author.content(plan, store)


async def _revise(author: LmAuthor, brief: Brief, stage: Stage, wish: str, store: EvidenceStore) -> Stage:
    plan, draft = stage
    revised = await author.revise(brief, plan, Feedback("preview", wish, draft), store)
    return revised.plan, await author.content(revised.plan, store, draft)


def run_arm(docs: Path, latency: float, *, cached: bool) -> Sequence[Spent]:
    with TemporaryDirectory() as name, LanguageServer(seed=0, latency=latency) as server:
        folder = Path(name)
        flags = {"models": {"default": {"model": "openai/test-model", "base_url": server.base_url}}, "lm_cache": cached}
        loop = Loop(server, load_settings(flags, folder), folder, read_sources([str(docs)]))
        asyncio.run(loop.run())
        return loop.spent


def _rows(without: Sequence[Spent], with_it: Sequence[Spent]) -> list[list[str]]:
    names = ("created", *(f"revision {number}" for number, _ in enumerate(WISHES, 1)), "the same again")
    rows = [[name, *_cells(one, other)] for name, one, other in zip(names, without, with_it, strict=True)]
    return [*rows, ["all", *_cells(_sum(without), _sum(with_it))]]


def _sum(spent: Sequence[Spent]) -> Spent:
    requests, tokens = sum(one.requests for one in spent), sum(one.tokens for one in spent)
    return Spent(requests, tokens, sum(one.seconds for one in spent))


def _cells(without: Spent, with_it: Spent) -> list[str]:
    saved = 1 - with_it.tokens / without.tokens if without.tokens else 0.0
    return [
        *(str(without.requests), str(with_it.requests)),
        *(f"{without.tokens:,}", f"{with_it.tokens:,}", f"{saved:.0%}"),
        *(f"{without.seconds:.2f}", f"{with_it.seconds:.2f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--docs", type=Path, default=DOCS, help="the documentation the skill is made of")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds before each answer of the server")
    given = parser.parse_args()
    without, with_it = (run_arm(given.docs, given.latency, cached=cached) for cached in (False, True))
    print(f"A cache of replies off → on; a model that answers after {given.latency:g} s.\n")
    header = ["part", "requests", "with", "tokens", "with", "saved", "seconds", "with"]
    print(render_table(header, _rows(without, with_it)))


if __name__ == "__main__":
    main()
