"""The questions of a job, put in the conversation; what is answered goes to the job's own prompt, by its id."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.conversation.session import CANCEL, GO, Session
from skill_fleet.jobs.prompts import Action, Prompt, Question, StoredPrompt

REVISE = "/revise"

_CHOICE = (
    f"A clear yes (or {GO}) goes on as proposed; say what should be different to change it; {CANCEL} ends the job."
)
_NO_CHANGES = f"A clear yes (or {GO}) goes on as proposed; {CANCEL} ends the job."


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the person decided at a stop; None is the end of the job."""

    action: Action
    text: str = ""


async def relay(session: Session, job_id: str) -> str:
    """Follow a job through all that it asks. Gives what is to be said when it is over."""
    if not job_id or job_id == session.context.job_id:
        return "Which job is meant? `skill-fleet jobs` lists them."
    while True:
        stand = await session.context.step("look at the job", session.hands.stand, job_id)
        if stand.over:
            return f"Job {job_id}: {stand.over}."
        if stand.prompt is None:
            if (await session.wait_for(job_id)).strip() == CANCEL:
                return await _end(session, job_id)
        elif not await _settle(session, stand.prompt):
            return await _end(session, job_id)


async def _end(session: Session, job_id: str) -> str:
    done = await session.context.step("cancel the job", session.hands.cancel, job_id, session.request.owner)
    return f"Job {job_id} is cancelled; nothing was written. What else?" if done.is_done else done.text


async def _settle(session: Session, stored: StoredPrompt) -> bool:
    """Bring a prompt to its answer. False when the person ends the job."""
    prompt = stored.prompt
    answers = await _ask_questions(session, prompt)
    if answers is None:
        return False
    before = "" if prompt.questions else _shown(prompt)
    choice = await _choose(session, prompt, before)
    if choice is None:
        return False
    done = await session.context.step(
        "answer the job", session.hands.answer, stored.id, choice.action, choice.text, answers, session.request.owner
    )
    if not done.is_done:
        session.remark(done.text)
    return True


async def _ask_questions(session: Session, prompt: Prompt) -> dict[str, str] | None:
    """What was said to each question, those left as proposed aside; None when the person ends the job."""
    said: dict[str, str] = {}
    before = _shown(prompt)
    for question in prompt.questions:
        words = await session.hear(f"{before}{_question(question)}", prompt.title)
        before = ""
        if words.strip() == CANCEL:
            return None
        if words.strip() == GO:
            break
        if not (question.default and await session.means(words) == "proceed") and words.strip():
            said[question.id] = _chosen(question, words.strip())
    return said


async def _choose(session: Session, prompt: Prompt, before: str) -> _Choice | None:
    """Ask until it is clear; None when the person ends the job."""
    said = await session.hear(f"{before}{_choice(prompt)}", prompt.title)
    while said.strip() != CANCEL:
        read = await _read(session, prompt, said.strip())
        if isinstance(read, _Choice):
            return read
        said = read
    return None


async def _read(session: Session, prompt: Prompt, words: str) -> _Choice | str:
    """What a reply decides, or what was said to the question that it left open. A sentence may be what is to be
    changed; only the person knows, so they are asked."""
    means = await session.means(words)
    if means == "proceed":
        return _Choice("proceed", words)
    if "revise" not in prompt.allowed:
        return await session.hear(f"{_not_clear(words, means)} {_choice(prompt)}", prompt.title)
    if means == "revise" or words == REVISE:
        said = await session.hear("What should be different?", prompt.title)
        return _Choice("revise", said.strip()) if said.strip() and not said.startswith("/") else said
    if words.startswith(f"{REVISE} "):
        return _Choice("revise", words.removeprefix(REVISE).strip())
    if not means and len(words.split()) > 1:
        said = await session.hear(_as_feedback(words), prompt.title)
        return _Choice("revise", words) if await session.means(said) == "proceed" else said
    return await session.hear(f"{_not_clear(words, means)} {_choice(prompt)}", prompt.title)


def _choice(prompt: Prompt) -> str:
    return _CHOICE if "revise" in prompt.allowed else _NO_CHANGES


def _shown(prompt: Prompt) -> str:
    return f"{prompt.title}\n\n{prompt.body.rstrip()}\n\n"


def _question(question: Question) -> str:
    options = [f"{number}. {option}" for number, option in enumerate(question.options, 1)]
    default = f"[{question.default}] An empty line or a yes leaves it so." if question.default else ""
    return "\n".join(part for part in (question.text, *options, default) if part)


def _chosen(question: Question, words: str) -> str:
    """An option by its number, or the person's own words."""
    if words.isdecimal() and 0 < int(words) <= len(question.options):
        return question.options[int(words) - 1]
    return words


def _as_feedback(words: str) -> str:
    shown = words if len(words) <= 200 else f"{words[:200]}…"  # noqa: PLR2004  enough to know it by
    return f"That is no clear yes: “{shown}”. Take it as what should be different? Only a clear yes does."


def _not_clear(words: str, means: str) -> str:
    if means == "cancel":
        return "Understood as a no, which ends nothing by itself."
    return f"That is not clear: “{words[:80]}”." if words else "Nothing was said."
