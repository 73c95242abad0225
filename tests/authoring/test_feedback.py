"""Feedback acts: the next draft differs as was asked, and what cannot be done is said."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.workshops import MARKDOWN, RST, TASK, broken_rules, stored

from skill_fleet.authoring.brief import Brief, Edits, SkillStyle, Target
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.author import ExtractiveAuthor
from skill_fleet.authoring.extractive.feedback import MOST
from skill_fleet.authoring.extractive.sizes import LEAST_LINES, LEAST_TOKENS
from skill_fleet.authoring.extractive.view import headings
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.authoring.trace import check_trace
from skill_fleet.skill.tokens import count_tokens
from skill_fleet.sources.store import EvidenceStore


@dataclass(frozen=True)
class Version:
    """A draft, the plan behind it, and what was said of the change that led to it."""

    author: ExtractiveAuthor
    store: EvidenceStore
    brief: Brief
    plan: Plan
    draft: Draft
    revised: Revised

    @property
    def text(self) -> str:
        return self.draft.file("SKILL.md").text

    @property
    def size(self) -> tuple[int, int]:
        return self.text.count("\n"), count_tokens(self.text)

    @property
    def titles(self) -> list[str]:
        return [title for _, title in headings(self.draft)]

    @property
    def chapters(self) -> list[str]:
        return [title for level, title in headings(self.draft) if level == 2]

    @property
    def pages(self) -> set[str]:
        """The files that SKILL.md rests on."""
        return {ref.path for one in self.draft.statements if one.file == "SKILL.md" for ref in one.references}

    def after(self, text: str) -> Version:
        """The version that feedback leads to. Whatever was asked, it is valid, and every quote is borne out."""
        return asyncio.run(self._after(text))

    async def _after(self, text: str) -> Version:
        feedback = Feedback("preview", text, self.draft)
        revised = await self.author.revise(self.brief, self.plan, feedback, self.store)
        draft = await self.author.content(revised.plan, self.store)
        assert [] == [problem for problem in broken_rules(draft) if problem.severity == "critical"]
        trace, untraced = check_trace(draft, self.store)
        assert ([], 1.0) == (untraced, trace.share)
        brief = replace(self.brief, edits=revised.plan.edits)
        return replace(self, brief=brief, plan=revised.plan, draft=draft, revised=revised)


async def begin(origins: Sequence[str], store: EvidenceStore, style: SkillStyle, pin: Sequence[str]) -> Version:
    author, brief = ExtractiveAuthor(), Brief(TASK, tuple(origins), style, pin=tuple(pin))
    found = await author.research(brief, store)
    needs = await author.requirements(brief, store, found)
    intent, others = await author.intent(brief, store), await author.dependencies(brief, store, ())
    place = await author.taxonomy(brief, needs, intent, ())
    plan = await author.plan(brief, store, needs, intent, place, others)
    return Version(author, store, brief, plan, await author.content(plan, store), Revised(plan))


def first(origin: Path = MARKDOWN, style: SkillStyle = "comprehensive", pin: Sequence[str] = ()) -> Version:
    """The draft that nobody has said anything about yet."""
    return asyncio.run(begin((str(origin),), stored(str(origin)), style, pin))


@pytest.fixture(scope="module")
def markdown() -> Version:
    return first()


@pytest.fixture(scope="module")
def rst() -> Version:
    return first(RST)


FIXED = ["When to use", "Setup", "Steps", "Choosing", "Gotchas", "Errors", "Recent changes", "References"]


@pytest.mark.parametrize("title", [*FIXED, "Retries", "Limits", "Jitter", "Waiting or refusing", "Stores"])
def test_a_dropped_section_is_gone(markdown: Version, title: str) -> None:
    """Of any level, fixed ones too; the others stay."""
    assert title in markdown.titles
    after = markdown.after(f"Drop the {title} section")
    assert title not in after.titles
    assert ((), True) == (after.revised.not_addressed, bool(after.revised.changes))
    assert {"When to use", "Limits", "Gotchas", "References"} - {title} <= set(after.titles)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("remove the section about retries", "Retries"),
        ("delete RETRIES", "Retries"),
        ("leave out the part on refusing", "Waiting or refusing"),
        ("drop the gotcha section", "Gotchas"),
        ("Please take the changes out.", "Recent changes"),
        ('drop "Limits for each user"', "Limits for each user"),
        ("drop Retreis", "Retries"),
    ],
)
def test_a_section_need_not_be_named_to_the_letter(markdown: Version, words: str, title: str) -> None:
    """Case, some of its words, or a slip of the keyboard will do."""
    assert title not in markdown.after(words).titles


def test_what_stood_under_a_dropped_section_is_gone_too(markdown: Version) -> None:
    """From core, advice, steps and the list of the rest; the reference keeps it."""
    after = markdown.after("drop Retries")
    assert ("RetryPlan(" in markdown.text, "RetryPlan(" in after.text) == (True, False)
    assert "idempotency key" not in after.text
    assert "RetryPlan(" in after.draft.file("references/retries.md").text
    assert "retries" not in {topic.id for topic in after.plan.requirements.topics}
    assert ("Jitter" in markdown.plan.description) >= ("Jitter" in after.plan.description)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Choosing what to retry", "idempotency key"),
        ("When a store does not answer", "`StoreUnavailableError` is raised when"),
        ("Jitter", "jitter=True"),
    ],
)
def test_a_part_of_a_topic_is_gone_from_everywhere(markdown: Version, title: str, words: str) -> None:
    """From advice, from the errors, and from the list of the rest when there is less room."""
    assert words in markdown.text
    after = markdown.after(f"drop {title}")
    assert (False, False) == (words in after.text, words in after.after("cut it in half").text)


def test_a_pinned_topic_may_be_dropped_later() -> None:
    """The later word counts."""
    before = first(pin=("Retries",))
    assert "Retries" not in before.after("drop Retries").titles


def test_rst_is_edited_in_the_same_way(rst: Version) -> None:
    """Sections go, and the draft becomes shorter."""
    after = rst.after("Drop Retries. Shorter!")
    assert ("Retries" in rst.titles, "Retries" in after.titles) == (True, False)
    assert after.size < rst.size


def test_several_sections_at_once(markdown: Version) -> None:
    """Joined by commas and "and"; one that is not there is told, with those that are."""
    after = markdown.after("drop Steps, Gotchas and Kettles")
    assert {"Steps", "Gotchas"}.isdisjoint(after.titles)
    [problem] = after.revised.not_addressed
    assert problem.startswith("drop Steps, Gotchas and Kettles: no section is called 'Kettles'; there are When to use,")


def test_what_may_mean_several_sections_is_asked_back(markdown: Version) -> None:
    """Nothing is dropped on a guess."""
    after = markdown.after("drop the section with the gate")
    assert markdown.draft == after.draft
    [problem] = after.revised.not_addressed
    assert re.search(r"'gate' may mean .+ or .+: say which$", problem)


def test_a_dropped_section_may_come_back(markdown: Version) -> None:
    """By name; with it the draft is as it was."""
    dropped = markdown.after("drop Gotchas and Errors")
    back = dropped.after("bring back Gotchas").after("put the Errors back")
    assert markdown.draft == back.draft
    again = dropped.after("bring back Kettles")
    assert ((), False) == (again.revised.changes, "Gotchas" in again.titles)
    assert "Gotchas" in dropped.after("include the Gotchas").titles


@pytest.mark.parametrize(("words", "share"), [("shorter", 0.7), ("cut it in half", 0.5), ("make it 20% shorter", 0.8)])
@pytest.mark.parametrize("source", ["markdown", "rst"])
def test_shorter_is_shorter(source: str, words: str, share: float, request: pytest.FixtureRequest) -> None:
    """In lines and tokens, by the share that was said, with all that has to be in; above the floor."""
    before: Version = request.getfixturevalue(source)
    after = before.after(words)
    lines, tokens = before.size
    assert after.size[0] <= max(lines * share + 1, LEAST_LINES)
    assert after.size[1] <= max(tokens * share + 1, LEAST_TOKENS)
    assert after.size[0] > lines * share * 0.6
    assert "References" in after.titles
    [change] = after.revised.changes
    assert f"{after.size[0]} lines instead of {lines}, {after.size[1]} tokens instead of {tokens}" in change


def test_shorter_has_a_floor(markdown: Version) -> None:
    """Said often enough nothing is left to cut, and that is told instead of done."""
    version, changes = markdown, []
    for _ in range(6):
        version = version.after("cut it in half")
        changes.append(bool(version.revised.changes))
    assert changes == sorted(changes, reverse=True)
    assert (True, False) == (changes[0], changes[-1])
    assert "as short as it gets" in version.revised.not_addressed[0]
    assert {"When to use", "References"} <= set(version.titles)


@pytest.mark.parametrize("words", ["at most 120 lines", "no more than 1,200 tokens", "keep it under 100 lines"])
def test_a_limit_is_kept(markdown: Version, words: str) -> None:
    """In lines or tokens."""
    after = markdown.after(words)
    lines, tokens = after.size
    assert (lines if "lines" in words else tokens) <= int(re.sub(r"\D", "", words))
    assert ((), 1) == (after.revised.not_addressed, len(after.revised.changes))


def test_a_limit_that_nothing_fits_in(markdown: Version) -> None:
    """What has to be in is in, and the limit is said not to be kept."""
    after = markdown.after("at most 20 lines")
    assert 20 < after.size[0] <= LEAST_LINES
    assert f"20 lines are too few for what has to be in; it has {after.size[0]}" in after.revised.not_addressed[0]


def test_longer_undoes_shorter(markdown: Version) -> None:
    """And is refused with a reason where the style or the sources are at their end."""
    short = markdown.after("cut it in half")
    longer = short.after("longer")
    assert short.size < longer.size <= markdown.size
    [problem] = markdown.after("make it longer").revised.not_addressed
    assert "the style comprehensive and the sources allow" in problem
    [problem] = first(style="minimal").after("longer").revised.not_addressed
    assert "say `style comprehensive` for more" in problem


def test_a_style_may_be_changed(markdown: Version) -> None:
    """With its limits; those that were set before go."""
    after = markdown.after("cut it in half").after("style minimal")
    assert ("minimal", 0, 0) == (after.plan.style, after.plan.edits.max_lines, after.plan.edits.max_tokens)
    assert after.size[0] <= 150
    assert "style: minimal" in after.text
    assert markdown.draft == after.after("make it comprehensive").draft


SHORT = "cut it in half. drop Retries, Stores and Frequently asked questions"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("add an example of jitter", "tidegate.RetryPlan(attempts=5, pause=1.0, jitter=True)"),
        ("show how to share a gate between processes", "tidegate.FileStore("),
        ("I'd like an example for asynchronous code", "async with gate.apermit():"),
        ("include a code example on loading the gates of a file", 'gates = tidegate.load("tidegate.toml")'),
    ],
)
def test_an_example_is_added(markdown: Version, words: str, code: str) -> None:
    """The best the sources have on it, from a section that was dropped or did not fit; its place is named."""
    short = markdown.after(SHORT)
    assert code not in short.text
    after = short.after(words)
    assert code in after.text
    [change] = after.revised.changes
    assert re.fullmatch(r"an example from '.+' \(.+\.md:\d+\) is in", change)
    assert after.size[0] <= short.plan.max_lines


def test_an_example_in_rst_is_added(rst: Version) -> None:
    """It stays through the revisions after it."""
    short = rst.after("drop Retries")
    assert "RetryPlan(" not in short.text
    after = short.after("add an example of a retry plan")
    assert "RetryPlan(" in after.text
    assert "RetryPlan(" in after.after("shorter").text


def test_an_example_that_is_there_is_not_added_again(markdown: Version) -> None:
    """Another one is; when all are in, that is told."""
    known = "tidegate.RetryPlan(attempts=5, pause=1.0, jitter=True)"
    after = markdown.after("add an example of jitter")
    assert markdown.text.count(known) == after.text.count(known) > 0
    assert "jitter: the draft holds what the sources have on it" in after.revised.not_addressed[0]


def test_more_about_a_subject(markdown: Version) -> None:
    """Text of the sources that was not in before."""
    short = markdown.after("cut it in half; drop Stores")
    after = short.after("say more about the file store")
    assert (False, True) == tuple("should not lie on a network drive" in one.text for one in (short, after))
    assert re.fullmatch(r"text from '.+' \(guide/stores.md:\d+\) is in", after.revised.changes[0])


def test_what_was_added_may_be_dropped_again(markdown: Version) -> None:
    """Dropping its section takes it out."""
    added = markdown.after(SHORT).after("add an example of jitter")
    assert "Jitter" in added.titles
    dropped = added.after("drop Jitter")
    assert ("Jitter" in dropped.titles, ()) == (False, dropped.plan.edits.pinned)


@pytest.mark.parametrize("words", ["add an example of coffee", "more about brewing coffee", "show how to boil water"])
def test_what_the_sources_do_not_say_is_not_made_up(markdown: Version, words: str) -> None:
    """It is told, and the draft stays as it is."""
    after = markdown.after(words)
    assert markdown.draft == after.draft
    assert ((), (f"{words}: the sources have nothing on it",)) == (after.revised.changes, after.revised.not_addressed)


def test_a_page_may_be_preferred() -> None:
    """More of it comes in, and it comes first."""
    before = first(style="minimal")
    after = before.after("prefer guide/stores.md")
    assert "Stores" == after.chapters[after.chapters.index("Steps") + 1]
    assert "Stores" != before.chapters[before.chapters.index("Steps") + 1]
    [change] = after.revised.changes
    assert change.startswith("guide/stores.md counts for more")


def test_only_some_pages_may_be_used(markdown: Version) -> None:
    """In SKILL.md and in the references."""
    after = markdown.after("only use limits.md and the FAQ")
    assert {"guide/limits.md", "faq.md"} >= after.pages
    assert {"references/limits.md", "references/faq.md"} == {
        file.path for file in after.draft.files if file.path.startswith("references/")
    }


def test_a_page_may_be_left_out(markdown: Version) -> None:
    """By path, name or title; and come back by preference."""
    for words in ("don't use faq.md", "do not use the page Frequently asked questions", "ignore the FAQ"):
        after = markdown.after(words)
        assert ("faq.md" in markdown.pages, "faq.md" in after.pages) == (True, False)
        assert ("faq.md is not used",) == after.revised.changes
    assert "faq.md" in after.after("use the FAQ").pages


def test_not_all_pages_may_be_left_out(markdown: Version) -> None:
    """A skill rests on something."""
    after = markdown.after("don't use the source docs")
    assert markdown.draft == after.draft
    assert "no page is left" in after.revised.not_addressed[0]


@pytest.mark.parametrize("words", ["use source package:tidegate", "add cli:tide", "read package:other.thing"])
def test_a_source_that_is_not_read_yet(markdown: Version, words: str) -> None:
    """It is handed back to be read; nothing is claimed before it is."""
    after = markdown.after(words)
    assert ((words.rsplit(maxsplit=1)[-1],), (), ()) == (
        after.revised.sources,
        after.revised.changes,
        after.revised.not_addressed,
    )
    preferred = markdown.after("prefer package:tidegate")
    assert (Target("package:tidegate"),) == preferred.plan.edits.prefer


def test_a_path_is_a_source_when_it_is_there(markdown: Version, tmp_path: Path) -> None:
    """Made absolute, or told not to be there."""
    assert (str(tmp_path),) == markdown.after(f"use source {tmp_path}").revised.sources
    after = markdown.after(f"use {tmp_path / 'nowhere'}")
    assert () == after.revised.sources
    assert f"there is no file or folder {tmp_path / 'nowhere'}" in after.revised.not_addressed[0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("move Stores to the top", ["Stores", "Limits", "Quickstart"]),
        ("first Stores", ["Stores", "Limits", "Quickstart"]),
        ("Quickstart before Limits", ["Quickstart", "Limits"]),
        ("put Limits after Retries", ["Quickstart", "Retries", "Limits"]),
    ],
)
def test_chapters_may_be_moved(markdown: Version, words: str, expected: list[str]) -> None:
    """To the top, or beside another; the steps come in the same order."""
    after = markdown.after(words)
    core = [title for title in after.chapters if title not in FIXED]
    assert expected == core[: len(expected)]
    assert ((), 1) == (after.revised.not_addressed, len(after.revised.changes))


def test_fixed_parts_stay_where_they_are(markdown: Version) -> None:
    """And that is told."""
    after = markdown.after("move Gotchas to the top. Limits before Limits. Limits first")
    assert markdown.draft == after.draft
    fixed, same, there = after.revised.not_addressed
    assert "'Gotchas' has its fixed place" in fixed
    assert "cannot stand next to itself" in same
    assert "it stands there already" in there


def test_name_place_and_title(markdown: Version) -> None:
    """They are those of the plan and of the draft."""
    after = markdown.after("call it tide-gates and put it under tool/limits; title: Gates and tides")
    assert ("tide-gates", "tool/limits", "Gates and tides") == (
        after.plan.name, after.plan.taxonomy.path, after.plan.title,
    )  # fmt: skip
    assert ("tide-gates", 1.0) == (after.draft.name, after.plan.taxonomy.confidence)
    assert "name: tide-gates" in after.text
    assert "# Gates and tides" in after.text
    bad = markdown.after("call it Tide Gates")
    assert markdown.draft == bad.draft
    assert "no skill name" in bad.revised.not_addressed[0]


@pytest.mark.parametrize(
    "words",
    [
        "make it funnier",
        "do not drop Gotchas",
        "Retries should stay.",
        "what is a gate?",
        "mach es kürzer",
        "\x00\u202e",
        "drop",
        "a" * 3000,
        "🙂",
    ],
)
def test_what_is_not_understood_is_said_with_its_words(markdown: Version, words: str) -> None:
    """And changes nothing."""
    after = markdown.after(words)
    assert markdown.draft == after.draft
    assert ((), (f"{words}: not understood",)) == (after.revised.changes, after.revised.not_addressed)


def test_what_is_understood_acts_beside_what_is_not(markdown: Version) -> None:
    """Each instruction stands for itself."""
    after = markdown.after("Drop Errors.\nMake it sparkle.\n- shorter")
    assert ("Errors" in after.titles, after.size < markdown.size) == (False, True)
    assert ("Make it sparkle.: not understood",) == after.revised.not_addressed
    assert 2 == len(after.revised.changes)


def test_instructions_are_bounded(markdown: Version) -> None:
    """What is one too many is said to be, and waits for the next round."""
    after = markdown.after("drop Errors\n" + "make it sparkle\n" * (MOST - 1) + "drop Gotchas\n")
    assert ("Errors" in after.titles, "Gotchas" in after.titles) == (False, True)
    assert f"drop Gotchas: one too many; {MOST} are read at a time" == after.revised.not_addressed[-1]


def test_edits_add_up(markdown: Version) -> None:
    """A later revision keeps what earlier ones asked for, and all words stay on record."""
    after = markdown.after("drop Errors").after("add an example of jitter; shorter").after("call it tide-gates")
    assert "Errors" not in after.titles
    assert after.size < markdown.size
    assert ("drop Errors", "add an example of jitter; shorter", "call it tide-gates") == after.plan.edits.feedback
    assert "tide-gates" == after.draft.name


def test_the_same_feedback_gives_the_same_bytes(markdown: Version) -> None:
    """Whoever works it in, and however often."""
    words = "shorter, drop Errors and add an example of a file store"
    assert markdown.after(words).draft == first().after(words).draft


def test_no_edits_change_nothing(markdown: Version) -> None:
    """A plan that only remembers what was said gives the draft it gave before."""
    plan = replace(markdown.plan, edits=Edits(feedback=("nothing much",)))
    assert markdown.draft == asyncio.run(markdown.author.content(plan, markdown.store))
