"""What the person sees at each stop, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from skill_fleet.authoring.decisions import Plan, Research, Topic
from skill_fleet.authoring.draft import Assessment, Draft, DraftFile, Report
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.naming import namesakes
from skill_fleet.authoring.session import Planned, Written
from skill_fleet.jobs.prompts import Prompt, Question
from skill_fleet.metrics.score import Score

SKILL = "SKILL.md"
#: The answer that adds nothing.
GO_ON = "go on without it"

#: A part below this is named beside its layer.
LOW = 0.75

_TICKS = re.compile(r"^\s*(`{3,})", re.MULTILINE)


def clarify_prompt(found: Research, questions: Sequence[Question], rounds: int, problem: str) -> Prompt:
    lines = [
        f"Readiness of the sources: {found.readiness:.2f} of 1",
        f"(kinds of evidence {found.diversity:.2f}, parts of the task answered {found.clarity:.2f},",
        f"edge cases {found.edge_cases:.2f}).",
        "",
        *_items(f"{gap.kind}: {gap.missing}; {gap.advice}" for gap in found.gaps),
        *_paragraph(problem),
        "",
        "What is answered counts when evidence is chosen. package:NAME, cli:NAME and a path from the root or from ~",
        "are read as further sources. To proceed without an answer goes on with what there is.",
    ]
    return Prompt("clarify", "What is left open", "\n".join(lines), tuple(questions), round=rounds)


def structure_prompt(plan: Plan, reasons: Sequence[str], questions: Sequence[Question], rounds: int) -> Prompt:
    lines = [
        f"**{plan.name}** in `{plan.taxonomy.path}`",
        "",
        *_items(reasons),
        "",
        "To change it, answer the questions, or revise with words such as `call it foo-bar` or `path technical/web`.",
    ]
    return Prompt("structure_fix", "Name and place of the skill", "\n".join(lines), tuple(questions), round=rounds)


def confirm_prompt(planned: Planned) -> Prompt:
    """The plan as the person sees it before anything is written."""
    plan, found, place = planned.plan, planned.grounds.research, planned.plan.taxonomy
    lines = [
        f"**{plan.name}** in `{place.path}` ({place.rationale}, confidence {place.confidence:.2f})",
        "",
        plan.description,
        "",
        f"Title: {plan.title}",
        f"Style: {plan.style}, up to {plan.max_lines} lines and {plan.max_tokens} tokens",
        f"Readiness of the sources: {found.readiness:.2f}",
        *_items(f"{gap.kind}: {gap.missing}; {gap.advice}" for gap in found.gaps),
        *_items(f"a skill of that name is in the fleet: {e.ref}" for e in namesakes(plan.name, planned.grounds.fleet)),
        *_items(f"overlaps with {skill.name} ({skill.similarity:.2f})" for skill in plan.dependencies.overlaps),
        "",
        "Core topics:",
        *_items(_topic(topic) for topic in plan.requirements.topics if topic.core),
        *_revision(planned.last("confirm")),
    ]
    return Prompt("confirm", "Write this skill?", "\n".join(lines), round=planned.rounds("confirm"))


def _topic(topic: Topic) -> str:
    return f"{topic.title} ({topic.path})" if topic.path else topic.title


def preview_prompt(written: Written) -> Prompt:
    """The draft: SKILL.md in full, the files beside it, and what is otherwise than a round before."""
    draft, planned = written.draft, written.planned
    lines = [
        _fenced(draft.file(SKILL).text, "markdown"),
        *_files(draft),
        *(_revision(planned.last("preview")) if planned.last("preview") else _first_draft(written)),
        *_difference(written),
    ]
    return Prompt("preview", "Keep this draft?", "\n".join(lines), round=planned.rounds("preview"))


def report_prompt(written: Written) -> Prompt:
    """What was found in the finished draft."""
    planned = written.planned
    lines = [
        f"**{written.draft.name}** for `{planned.plan.taxonomy.path}`",
        "",
        *(_report(written.report) if written.report else ()),
        *_revision(planned.last("validate")),
        *_difference(written),
    ]
    return Prompt("validate", "Take the finished draft?", "\n".join(lines), round=planned.rounds("validate"))


def _report(report: Report) -> Iterator[str]:
    trace = report.trace
    yield f"Status: {report.status}; {report.lines} lines, {report.tokens} tokens"
    yield (
        f"Trace: {trace.borne_out} of {trace.verbatim + trace.elided} quoted statements are borne out by the lines "
        f"they cite ({trace.verbatim} verbatim, {trace.elided} elided; {trace.template} from a template)"
    )
    if trace.paraphrase or trace.model:
        yield f"{trace.paraphrase} statements say it in a model's words; {trace.model} rest on a model alone"
    yield from _list("Measures:", (f"{score.layer}: {_standing(score)}" for score in report.scores))
    if report.assessment:
        yield from _opinion(report.assessment)
    yield from _list("Problems:", (f"{p.severity}: {p.file}:{p.line} {p.code} {p.message}" for p in report.problems))
    yield from _list("Repaired:", report.repaired)
    yield from _list("Asked of models:", report.account)


def _opinion(assessment: Assessment) -> Iterator[str]:
    yield ""
    yield f"A model's opinion, which is no gate: {assessment.score:.2f} of 1"
    yield from _list("Strengths:", assessment.strengths)
    yield from _list("Weaknesses:", assessment.weaknesses)
    yield from _list("Recommendations:", assessment.recommendations)


def _standing(score: Score) -> str:
    """The band, and the parts that are furthest from being in order."""
    lowest = sorted((part for part in score.parts if part.value < LOW), key=lambda part: part.value)
    named = f" (lowest: {', '.join(part.name for part in lowest[:3])})" if lowest else ""
    return f"{score.band if score.value is not None else score.note}{named}"


def _files(draft: Draft) -> Iterator[str]:
    others = [file for file in draft.files if file.path != SKILL]
    yield from _list("Other files:", (f"{file.path} ({_size(file)})" for file in others))


def _size(file: DraftFile) -> str:
    return f"{len(file.text.encode()):,} bytes"


def _revision(revision: Revision | None) -> Iterator[str]:
    """What the last revision changed, and what of it could not be done."""
    if revision:
        yield from _list("Changed since the last round:", revision.changes or ("nothing",))
        yield from _list("Not done:", revision.not_addressed)


def _first_draft(written: Written) -> Iterator[str]:
    """What became of the wishes for the plan, and what of the plan is not in the draft."""
    wished = written.planned.last("confirm")
    undone = dict.fromkeys([*(wished.not_addressed if wished else ()), *written.draft.not_addressed])
    if wished:
        yield from _list("Of what you wanted otherwise in the plan:", wished.changes)
    yield from _list("Not done:", undone)


def _difference(written: Written) -> Iterator[str]:
    """The draft against the one that was shown before, when it is another."""
    if written.before is None or written.before == written.draft:
        return
    before, after = (draft.file(SKILL).text.splitlines() for draft in (written.before, written.draft))
    lines = list(unified_diff(before, after, f"before/{SKILL}", f"now/{SKILL}", lineterm=""))
    if lines:
        yield ""
        yield _fenced("\n".join(lines), "diff")
    yield from _list("Other files that changed:", _changed_files(written.before, written.draft))


def _changed_files(before: Draft, after: Draft) -> Iterator[str]:
    old = {file.path: file for file in before.files if file.path != SKILL}
    new = {file.path: file for file in after.files if file.path != SKILL}
    yield from (f"{path} is gone" for path in old if path not in new)
    yield from (f"{path} is new ({_size(file)})" for path, file in new.items() if path not in old)
    changed = ((path, file) for path, file in new.items() if path in old and file != old[path])
    yield from (f"{path} ({_size(file)} instead of {_size(old[path])})" for path, file in changed)


def _list(title: str, items: Iterable[str]) -> Iterator[str]:
    """A list under its title; nothing for an empty one."""
    lines = list(_items(items))
    if lines:
        yield from ("", title, *lines)


def _items(items: Iterable[str]) -> Iterator[str]:
    return (f"- {item}" for item in items)


def _paragraph(text: str) -> Iterator[str]:
    if text:
        yield from ("", text)


def _fenced(text: str, language: str) -> str:
    """The text as a code block whose fence is longer than any inside it."""
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(text)), 3)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}"
