"""A conversation at the terminal: what is said as it comes, a line for each reply, and jobs followed on the way."""

from __future__ import annotations

import sys
from contextlib import suppress

from skill_fleet.cli.caller import VIA, Caller
from skill_fleet.cli.interrupts import Interrupts
from skill_fleet.cli.main import INTERRUPTED, OK, REFUSED, WAITING
from skill_fleet.cli.progress import Progress
from skill_fleet.cli.questions import tell
from skill_fleet.cli.screen import Screen, clean, wants_color
from skill_fleet.cli.working import events_of, until_it_rests
from skill_fleet.conversation.session import LOOK, QUIT, SPEAK
from skill_fleet.errors import AlreadyAnswered, Conflict, NotWaiting, Unclear
from skill_fleet.fleet.desk import Desk, Reply, error_of
from skill_fleet.jobs.context import Event
from skill_fleet.jobs.job import Job
from skill_fleet.jobs.prompts import StoredPrompt

_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


class Stream:
    """The words of a model on stdout as they come, and its thoughts on stderr; then whatever of a message is left. A
    blank line stands between messages."""

    def __init__(self, screen: Screen, *, thinking: bool) -> None:
        self.messages: list[str] = []
        self._screen = screen
        self._thinking = thinking
        self._step = ""
        self._thinks = False
        self._told = ""
        """What the model said so far in the step under way; white space at its end is not shown yet."""

    def listen(self, event: Event) -> None:
        if event.kind == "step.started":
            self._step, self._told = event.name, ""
        elif event.kind == "lm.thinking" and self._thinking:
            self._think(event.text)
        elif event.kind == "lm.text" and self._step == SPEAK:
            before = self._told.rstrip()
            self._told = f"{self._told}{clean(event.text)}".lstrip()
            self._write(self._told.rstrip()[len(before) :], is_first=not before)

    def message(self, text: str) -> None:
        """The message as it is in the end; what was shown of it is not shown again."""
        shown, whole = self._told.rstrip(), clean(text).strip()
        self._told = ""
        if shown and whole.startswith(shown):
            self._write(f"{whole[len(shown) :]}\n", is_first=False)
        else:
            self._write(f"\n\n{whole}\n" if shown else f"{whole}\n", is_first=not shown)
        self.messages.append(whole)

    def _write(self, text: str, *, is_first: bool) -> None:
        if self._thinks:
            sys.stderr.write("\n")
            self._thinks = False
        if text and not self._screen.json:
            sys.stdout.write(f"\n{text}" if is_first and self.messages else text)
            sys.stdout.flush()

    def _think(self, text: str) -> None:
        self._thinks = True
        dim = wants_color(self._screen.color, sys.stderr)
        sys.stderr.write(f"{_DIM}{clean(text)}{_PLAIN}" if dim else clean(text))
        sys.stderr.flush()


class Talking:
    """This process at work on a conversation, and on the jobs that it begins."""

    def __init__(self, caller: Caller, desk: Desk, interrupts: Interrupts, stream: Stream, *, reads: bool) -> None:
        """Without `reads` nobody is heard: the conversation is left at its first question."""
        self._caller = caller
        self._desk = desk
        self._interrupts = interrupts
        self._stream = stream
        self._reads = reads
        self._progress = Progress(caller.screen)
        self._has_quit = False

    def go_on(self, job: Job) -> int:
        """Talk until the conversation is over or the person leaves it; gives the exit code. Raises the error that it
        failed with."""
        self._caller.screen.say(f"conversation {job.id}; {QUIT} leaves it")
        try:
            job = self._until_it_rests(job)
        except KeyboardInterrupt:
            self._progress.pause()
            self._tell_how_to_resume(job.id)
            return INTERRUPTED
        return self._tell_end(job)

    def _until_it_rests(self, job: Job) -> Job:
        with self._progress:
            return until_it_rests(self._desk, self._interrupts, job, self._stream.listen, self._settle)

    def _settle(self, prompt_id: str, *, is_new: bool) -> bool:
        """See to it that the prompt gets an answer. False when the conversation is to be left waiting."""
        stored = self._desk.get_prompt(prompt_id)
        if not stored.is_open:
            if is_new:
                self._take_over(stored.job_id)
            return True
        question = stored.prompt.questions[0]
        if question.id == LOOK:
            self._follow(question.default)
            return self._reply(stored, "")
        self._stream.message(stored.prompt.body)
        return self._ask(stored)

    def _ask(self, stored: StoredPrompt) -> bool:
        """Until a line is taken as the answer; False when there is none."""
        while (line := self._read()) is not None:
            try:
                return self._reply(stored, line)
            except Unclear as error:
                tell(f"{error.message} {error.hint}")
        return False

    def _reply(self, stored: StoredPrompt, line: str) -> bool:
        try:
            self._desk.reply(stored.id, Reply("proceed", line, actor=self._caller.name, via=VIA))
        except AlreadyAnswered as error:
            tell(f"{error.message} {error.hint}")
            self._take_over(stored.job_id)
        except NotWaiting as error:
            tell(error.message)
            return self._desk.refreshed(stored.job_id).is_final
        return True

    def _read(self) -> str | None:
        """The next line; None when the person leaves."""
        if not self._reads:
            return None
        if sys.stdin.isatty() and sys.stderr.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        with self._interrupts.allowed():
            line = sys.stdin.readline()
        self._has_quit = line.strip() == QUIT
        return None if self._has_quit or not line else line.rstrip("\r\n")

    def _follow(self, job_id: str) -> None:
        """Work on a job that the conversation began until it asks something, or is over."""
        self._take_over(job_id)
        for event in events_of(self._desk, self._interrupts, job_id):
            self._progress.listen(event)
            if event.kind == "review.requested" and self._desk.get_prompt(event.text).is_open:
                break
        self._progress.pause()

    def _take_over(self, job_id: str) -> None:
        with suppress(Conflict):  # the job is over by now
            self._desk.resume(job_id, self._caller.name, VIA)

    def _tell_end(self, job: Job) -> int:
        screen = self._caller.screen
        if screen.json:
            screen.document({"job": job.id, "state": job.state, "messages": self._stream.messages})
        if job.record.failure is not None:
            raise error_of(job.record.failure)
        if not job.is_final:
            self._tell_how_to_resume(job.id)
            return OK if self._has_quit else WAITING
        screen.say(f"conversation {job.id} is over")
        return OK if job.state == "completed" else REFUSED

    def _tell_how_to_resume(self, job_id: str) -> None:
        if self._caller.keeps_jobs:
            tell(f"conversation {job_id} stays; skill-fleet chat --resume {job_id} comes back to it")
        else:
            tell(f"conversation {job_id} is gone: it was kept in memory")
