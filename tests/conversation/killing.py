"""Programs for worker processes that die once, in the middle of what a conversation does."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conversation.talks import desk_of, programs_of
from tests.fleets import TASK

from skill_fleet.conversation.hands import Done, Hands, Standing
from skill_fleet.conversation.scripted import ScriptedConverser
from skill_fleet.conversation.talk import ChatRequest, Move, Proposal, Talk
from skill_fleet.durable.patience import PatientAttachments
from skill_fleet.durable.runner import DurableRunner
from skill_fleet.fleet.desk import Desk
from skill_fleet.jobs.context import Program
from skill_fleet.jobs.prompts import Action
from skill_fleet.store.database import open_database

KNOWN = """Problem: packages wait in a depot and nobody notices
Goals: sets a timeout on every depot it opens
Context: small services of one company
Tech: Python"""
SCRIPT = (Move("list"), Move("reply"), Move("create", proposal=Proposal(f"{TASK}\n{KNOWN}", ("docs",))))


@dataclass(frozen=True)
class Death:
    """The process dies the first time that `what` has done its work, and before that is remembered."""

    home: Path
    what: str

    def strike(self, what: str) -> None:
        mark = self.home / "died"
        if what == self.what and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class MortalHands(Hands):
    death: Death | None = None

    def create(self, job_id: str, request: ChatRequest, proposal: Proposal, context: str) -> Done:
        return self._after("create", super().create(job_id, request, proposal, context))

    def answer(self, prompt_id: str, action: Action, text: str, answers: Mapping[str, str], actor: str) -> Done:
        return self._after("answer", super().answer(prompt_id, action, text, answers, actor))

    def cancel(self, job_id: str, actor: str) -> Done:
        return self._after("cancel", super().cancel(job_id, actor))

    def promote(self, draft: str, *, dry_run: bool) -> Done:
        return self._after("ask for a place" if dry_run else "promote", super().promote(draft, dry_run=dry_run))

    def stand(self, job_id: str) -> Standing:
        found = super().stand(job_id)
        if self.death:
            self.death.strike("stand")
        return found

    def _after(self, what: str, done: Done) -> Done:
        if self.death:
            self.death.strike(what)
        return done


@dataclass(frozen=True, slots=True)
class MortalConverser(ScriptedConverser):
    death: Death | None = None

    async def move(self, talk: Talk) -> Move:
        found = await super(MortalConverser, self).move(talk)
        if self.death:
            self.death.strike("move")
        return found

    async def speak(self, talk: Talk) -> str:
        found = await super(MortalConverser, self).speak(talk)
        if self.death:
            self.death.strike("speak")
        return found


def chatting(what: str, url: str, home: Path) -> Mapping[str, Program]:
    """What the product does, with a converser that plays a script."""
    death = Death(home, what)

    def open_desk() -> Desk:
        return desk_of(DurableRunner(open_database(url), {}))

    opened: list[Desk] = []

    def desk() -> Desk:
        if not opened:
            opened.append(open_desk())
        return opened[0]

    attachments = PatientAttachments(open_database(url))
    converser = MortalConverser(SCRIPT, ("Nothing yet.",), death)
    return programs_of(home, lambda _: converser, desk, attachments, lambda fleet: MortalHands(fleet, desk, death))
