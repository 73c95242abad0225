"""What a conversation changes in the world. Every method is one step, and may be begun twice when a worker dies in it:
the second time finds what the first one did."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.authoring.brief import Brief
from skill_fleet.conversation.looking import look
from skill_fleet.conversation.talk import ChatRequest, Proposal, Tool
from skill_fleet.errors import AlreadyAnswered, Conflict, SkillFleetError
from skill_fleet.fleet.create_skill import request_for
from skill_fleet.fleet.desk import Desk, Reply, error_of
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.promote import PromoteRequest
from skill_fleet.jobs.job import Job
from skill_fleet.jobs.prompts import Action, StoredPrompt
from skill_fleet.sources.read import COMMAND, PACKAGE

#: Through what an answer came that was given in a conversation.
VIA = "chat"
#: Seconds that one look waits for news of a job, and between two glances at it.
PATIENCE = 2.0
_BLINK = 0.05


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a change: `text` says it, or is the problem that kept it from happening."""

    text: str = ""
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands. `over` says how it ended, empty while it has not; `prompt` is what it asks, None while it
    works; `draft` says whether there is one now."""

    over: str = ""
    prompt: StoredPrompt | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Hands:
    """The fleet, and the desk of the process in which the conversation is worked on."""

    fleet: Fleet
    desk: Callable[[], Desk]

    def look(self, tool: Tool, argument: str) -> str:
        return look(self.fleet, self.desk(), tool, argument)

    def understand(self, text: str, locale: str) -> str:
        """The action that a whole reply clearly is, empty where it is none."""
        return self.desk().understand(text, locale).action or ""

    def create(self, job_id: str, request: ChatRequest, proposal: Proposal, context: str) -> Done:
        """Begin the making of a skill as the job with that id."""
        sources = tuple(_from(request.folder, origin) for origin in proposal.sources)
        brief = Brief(proposal.task, sources, proposal.style or request.style, proposal.name, context=context)
        try:
            wanted = request_for(brief, "all", tdd=proposal.tests, author=request.author)
            self.desk().create(wanted, request.owner, job_id)
        except Conflict:  # begun before this step was begun again
            return Done(job_id)
        except SkillFleetError as error:
            return Done(str(error), is_done=False)
        return Done(job_id)

    def stand(self, job_id: str) -> Standing:
        """Where the job stands, as soon as it has news, or after a while. A job that nobody works on is taken over."""
        desk, until = self.desk(), time.monotonic() + PATIENCE
        try:
            with suppress(Conflict):  # it is over
                desk.resume(job_id, via=VIA)
            job = desk.refreshed(job_id)
            while not (job.is_final or job.is_waiting) and time.monotonic() < until:
                time.sleep(_BLINK)
                job = desk.refreshed(job_id)
        except SkillFleetError as error:
            return Standing(over=str(error))
        return Standing(_ending(job), job.prompt, job.state == "completed")

    def answer(self, prompt_id: str, action: Action, text: str, answers: Mapping[str, str], actor: str) -> Done:
        """Answer the prompt of a job, by its id."""
        try:
            self.desk().reply(prompt_id, Reply(action, text, answers, actor, VIA))
        except AlreadyAnswered as error:
            mine = self._answered(prompt_id, action, text)
            return Done() if mine else Done(str(error), is_done=False)
        except SkillFleetError as error:
            return Done(str(error), is_done=False)
        return Done()

    def cancel(self, job_id: str, actor: str) -> Done:
        try:
            self.desk().cancel(job_id, actor, VIA)
        except Conflict as error:
            was = self.desk().refreshed(job_id).state == "cancelled"
            return Done() if was else Done(str(error), is_done=False)
        except SkillFleetError as error:
            return Done(str(error), is_done=False)
        return Done()

    def promote(self, draft: str, *, dry_run: bool) -> Done:
        """Move a draft to its place in the fleet, or say where it would go."""
        try:
            moved = self.fleet.promote(PromoteRequest(draft, dry_run=dry_run))
        except SkillFleetError as error:
            return Done(str(error), is_done=False)
        return Done(f"{moved.path}/{moved.name} ({moved.outcome})")

    def _answered(self, prompt_id: str, action: Action, text: str) -> bool:
        """Whether the answer that counts is this one, given before this step was begun again."""
        kept = self.desk().get_prompt(prompt_id).answer
        return kept is not None and (kept.via, kept.action, kept.text) == (VIA, action, text)


def child_id(job_id: str, number: int) -> str:
    """The id of the n-th job that a conversation begins: the same whenever its step is done."""
    return f"j-{hashlib.sha256(f'{job_id}/{number}'.encode()).hexdigest()[:8]}"


def _from(folder: str, origin: str) -> str:
    """A source as seen from the person's folder."""
    if not origin or origin.startswith((PACKAGE, COMMAND, "~")):
        return origin
    return str(Path(folder) / origin)


def _ending(job: Job) -> str:
    if not job.is_final:
        return ""
    failure = job.record.failure
    why = f": {error_of(failure)}" if failure else f" by {job.record.cancelled_by}" if job.record.cancelled_by else ""
    return f"{job.state}{why}"
