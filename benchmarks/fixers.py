"""Mechanical fixers by the code of a flaw: each does what the hint says at the line it names, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.description_fixers import DESCRIPTION_FIXERS
from benchmarks.evidence_fixers import EVIDENCE_FIXERS, write_again
from benchmarks.mending import Case, listed, names, subjects, titles
from benchmarks.specimens import Line, join_blocks, read_lines, render, split_blocks

from skill_fleet.metrics.page import Page

Fixer = Callable[[Case], str | Page | None]
"""The mended text, or the page where a file was added; None when there is nothing to act with."""

_HEADING = re.compile(r"^( {0,3})(#{1,6})([ \t]+)")
_NUMBER = re.compile(
    r"^(\s*(?:#{1,6}\s+)?(?:(?:step|phase|part|stage|section|level|rule|task|chapter)\s*)?)(\d+)", re.IGNORECASE
)
WORDS_A_HEADING = 150
MOST_LENT = 30
TITLE_WORDS = 5
LEAST_TEXT = 30


def write_more(case: Case) -> str | None:
    """What was lost comes back where it stood; where nothing was, a bundled reference lends its text."""
    lost = case.lost_blocks()
    lent = "\n\n".join(_lend(case))
    return case.with_lost_blocks(lost) if lost else case.below_all(lent) if lent else None


def fill_section(case: Case) -> str:
    """What stood below the heading comes back; where nothing did, the section goes, or what made a line a heading."""
    if case.is_underlined:
        return case.spliced(case.at + 1, case.at + 2, [""])
    start, end = case.section
    old = case.old_section(case.lines[start])
    if not old or all(block in case.text for block in old):
        first, last = case.block
        is_alone = not any(line.strip() for line in (*case.lines[start + 1 : first], *case.lines[last:end]))
        return case.spliced(start, end, []) if is_alone else delete_block(case)
    return case.spliced(start + 1, end, ["", "\n\n".join(old), ""])


def name_anew(case: Case) -> str:
    """The heading takes the words of what stands below it."""
    words = subjects("\n".join(case.lines[slice(*case.section)][1:]), 4)
    return case.replaced(f"{case.line} ({listed(words)})") if words else delete_section(case)


def _lend(case: Case) -> Iterator[str]:
    """The first blocks of the first bundled document, its headings below those that are there, without links."""
    listing = case.page.subject.listing
    texts = (
        (case.page.subject.load_bundled(file.path) for file in listing.files if file.path.endswith(".md"))
        if listing
        else ()
    )
    blocks = split_blocks(next((text for text in texts if text.strip()), ""))
    blocks = blocks[:MOST_LENT]
    while blocks and (blocks[-1][0].kind != "text" or not render(blocks[-1]).rstrip().endswith(".")):
        blocks.pop()
    for block in blocks:
        text = render(block).strip("\n")
        if "](" not in text:
            yield f"##{text}" if block[0].kind == "heading" and block[0].level == 1 else text


def delete_block(case: Case) -> str:
    return case.spliced(*case.block, [])


def delete_unit(case: Case) -> str:
    """The lines from the flaw's to the end of its section; its heading stays where sections stand below it."""
    end = case.section[1]
    below = _HEADING.match(case.lines[end]) if end < len(case.lines) else None
    own = _HEADING.match(case.line)
    return case.spliced(case.at + bool(own and below and len(below[2]) > len(own[2])), end, [])


def delete_repetition(case: Case) -> str:
    """The item, or the lines up to the next blank one."""
    start, end = case.block
    item = re.match(r"\s*(?:[-*+]|\d+[.)])\s", case.line)
    after = next((at for at in range(start + 1, end) if re.match(r"\s*(?:[-*+]|\d+[.)])\s", case.lines[at])), end)
    return case.spliced(start, after if item else end, [])


def unite(case: Case) -> str:
    """The words that the text uses most become a part of what the top says."""
    return case.into_the_introduction(f"It is about {listed(subjects(case.text, 10))}.")


def delete_section(case: Case) -> str:
    return case.spliced(*case.section, [])


def delete_rest(case: Case) -> str:
    return case.spliced(case.at, len(case.lines), [""])


def shrink(case: Case) -> str:
    """The second half of the body becomes a sentence that says where it went."""
    half = (case.page.first_line + len(case.lines)) // 2
    return case.spliced(half, len(case.lines), ["", "Details are in the documentation of the project."])


def introduce(case: Case) -> str:
    return case.below_the_title(" ".join((case.description or case.original.description).split()))


def move_section(case: Case) -> str:
    """With all below it, behind the section that it stood behind; where it still does, before the first section of its
    level, or behind the last one."""
    level = len(mark[2]) if (mark := _HEADING.match(case.line)) else 2
    heads = [at for at, line in _headings(case.lines) if line.level <= level]
    end = next((at for at in heads if at > case.at), len(case.lines))
    section, rest = case.lines[case.at : end], [*case.lines[: case.at], *case.lines[end:]]
    place = _old_place(case, rest, level)
    if place in (None, case.at):
        same = [at for at, line in _headings(rest) if line.level == level]
        place = same[0] if same and "earlier" in case.flaw.message else len(rest)
    return "\n".join([*rest[:place], *([""] if place == len(rest) else []), *section, *rest[place:]])


def _old_place(case: Case, rest: Sequence[str], level: int) -> int | None:
    """Where the section that stood before this one ends; None when it is gone, or was there never."""
    olds = [line.text.strip() for _, line in _headings(case.original.body.split("\n")) if line.level == level]
    before = olds[olds.index(case.line.strip()) - 1] if case.line.strip() in olds[1:] else ""
    heads = [(at, line) for at, line in _headings(rest) if line.level <= level]
    found = next((n for n, (_, line) in enumerate(heads) if before and line.text.strip() == before), None)
    return None if found is None else heads[found + 1][0] if found + 1 < len(heads) else len(rest)


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, Line]]:
    return ((at, line) for at, line in enumerate(read_lines("\n".join(lines))) if line.kind == "heading")


def renumber(case: Case) -> str | None:
    """This number and the ones behind it, up to the next that begins anew, count up from the one before."""
    before = re.search(r"follows (\d+)", case.flaw.message)
    first = _NUMBER.match(case.line)
    if not before or not first:
        return None
    lines, number = list(case.lines), int(before[1])
    for at in range(case.at, len(lines)):
        found = _NUMBER.match(lines[at])
        if found and found[1] == first[1]:
            if found[2] == "1":
                break
            number += 1
            lines[at] = f"{found[1]}{number}{lines[at][found.end() :]}"
    return _relinked("\n".join(lines), case.lines, lines)


def _relinked(text: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Links to headings that were called anew follow them."""
    pairs = ((old, new) for old, new in zip(before, after, strict=True) if old != new and old[:1] == "#")
    renamed = {_anchor(old): _anchor(new) for old, new in pairs}
    return re.sub(r"(?<=\]\()#[^)\s]+", lambda link: f"#{renamed.get(link[0][1:], link[0][1:])}", text)


def _anchor(heading: str) -> str:
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.strip("# ").lower()))


def sort_blocks(case: Case) -> str | None:
    """The blocks of the undamaged skill in its order, with what is new behind the block it follows."""
    if case.specimen is None:
        return None
    order = {render(block): at for at, block in enumerate(split_blocks(case.original.body))}
    keyed, last = [], -1
    for block in split_blocks(case.specimen.body):
        # A copy stays behind what it follows.
        last = order.pop(render(block), last)
        keyed.append((last, block))
    return case.specimen.with_body(join_blocks([block for _, block in sorted(keyed, key=lambda pair: pair[0])]))


def add_headings(case: Case) -> str | None:
    """Before the first paragraph behind every 150 words without a heading, its first words as one."""
    text = case.specimen.body if case.specimen else case.text
    blocks, words = [], WORDS_A_HEADING
    for block in split_blocks(text):
        first = block[0]
        if first.kind == "heading":
            words = 0
        elif words >= WORDS_A_HEADING and first.kind == "text" and first.text[:1].isalpha():
            blocks.append([first.__class__(f"## {_title_of(first.text)}", "heading", 2)])
            words = 0
        blocks.append(block)
        words += len(render(block).split())
    body = _split_wall(text) if len(blocks) <= 2 else join_blocks(blocks)  # noqa: PLR2004 - one paragraph alone
    return case.specimen.with_body(body) if case.specimen else body


def _split_wall(text: str) -> str:
    """A paragraph of hundreds of words, cut between sentences."""
    parts, kept = [], list[str]()
    for sentence in re.split(r"(?<=[.!?:])\s+", text.strip()):
        kept.append(sentence)
        if sum(len(one.split()) for one in kept) >= WORDS_A_HEADING:
            parts.append(kept)
            kept = []
    return "\n\n".join(f"## {_title_of(part[0])}\n\n{' '.join(part)}" for part in [*parts, kept] if part) + "\n"


def _title_of(line: str) -> str:
    return " ".join(re.findall(r"[^\W\d][\w'-]*", line)[:TITLE_WORDS])


def set_level(case: Case) -> str | None:
    level = re.search(r"level (\d)", case.flaw.hint)
    if not level:
        return None
    mark = "#" * int(level[1])
    if case.is_underlined:
        return case.spliced(case.at, case.at + 2, [f"{mark} {case.line.strip()}"])
    return case.replaced(re.sub(r"#{1,6}(?=\s)", mark, case.line, count=1))


def keep_one_title(case: Case) -> str:
    """Another text goes with its title; a heading that stands above already gets a name of its own."""
    return delete_rest(case) if "level 2" in case.flaw.hint else name_anew(case)


def write_list(case: Case) -> str | None:
    """Lines that were items are items again; else the paragraphs become some."""
    restored = _restored_items(case, r"(?:[-*+]|\d+[.)])")
    return restored or case.behind_the_first_section("\n".join(_items(case)))


def _restored_items(case: Case, mark: str) -> str | None:
    """The text with the items of the undamaged skill that stand in it without their marks; None without any."""
    text = case.text
    for old in case.original.text.split("\n"):
        item = re.match(rf"\s*{mark}\s+(.*)", old)
        words = re.findall(r"\w+", item[1]) if item else []
        if words and old not in text:
            found = re.search(r"(?<!\S)\W*?" + r"\W+".join(words) + r"\W*?(?=\s)", text)
            text = f"{text[: found.start()]}\n{old}\n{text[found.end() :]}" if found else text
    return text if text != case.text else None


def _items(case: Case) -> Iterator[str]:
    sentences = re.split(r"(?<=[.!?])\s+", case.original.body)
    clean = (" ".join(sentence.split()) for sentence in sentences)
    yield from (f"- {sentence}" for sentence in clean if LEAST_TEXT < len(sentence) < 5 * LEAST_TEXT)


def _plain(text: str) -> str:
    return re.sub(r"[^\w]+", "", text).lower()


def show_example(case: Case) -> str:
    """The code that was lost, or a command made of the names that the text has."""
    lost = [block for block in case.lost_blocks() if block.lstrip().startswith("```")]
    if lost:
        return case.with_lost_blocks(lost)
    spans = names(case.text) or subjects(case.text, 4)
    made = [f"For example:\n\n```text\n{span}\n```" for span in spans]
    return case.behind_the_first_section("## Examples\n\n" + "\n\n".join(made))


def number_steps(case: Case) -> str:
    """Lines that were numbered are again; else the headings become a list of steps."""
    restored = _restored_items(case, r"\d+[.)]")
    told = titles(case.text) or [item.lstrip("- ") for item in _items(case)]
    steps = (f"{at}. {title}: do what stands there." for at, title in enumerate(told[:6], 1))
    return restored or case.behind_the_first_section("## Steps\n\n" + "\n".join(steps))


def drop_colon(case: Case) -> str:
    """The sentence ends, at the end of its block."""
    start, end = case.block
    found = next((at for at in range(start, end) if case.lines[at].rstrip("*_ ").endswith((":", "\uff1a"))), start)
    return case.spliced(found, found + 1, [re.sub("[:\uff1a]([*_ ]*)$", r".\1", case.lines[found])])


def end_sentence(case: Case) -> str:
    return f"{case.text.rstrip()}.\n"


def delete_sentence(case: Case) -> str:
    """The sentence that the evidence begins, wherever it goes on."""
    start = sum(len(line) + 1 for line in case.lines[: case.at])
    words = r"[\s>]+".join(map(re.escape, case.flaw.evidence.split()))
    found = re.compile(rf"{words}(?:[^.!?\n]|\n(?!\s*\n|[-*#|])|[.!?](?!\s))*[.!?]?[ \t]?").search(case.text, start)
    return case.text[: found.start()] + case.text[found.end() :] if found else delete_block(case)


def rewrite(case: Case) -> str:
    """The lines as they were; where they are as they were, the block goes."""
    start, end = case.block
    lines = [case.was(line) or line for line in case.lines[start:end]]
    return case.spliced(start, end, lines) if lines != case.lines[start:end] else delete_block(case)


FIXERS: Mapping[str, Fixer] = {
    **DESCRIPTION_FIXERS,
    **EVIDENCE_FIXERS,
    "content": write_more,
    "facts": write_more,
    "repetition": delete_repetition,
    "size": shrink,
    "one_subject": lambda case: unite(case) if "at the top" in case.flaw.hint else delete_rest(case),
    "strays": delete_unit,
    "introduction": introduce,
    "section_order": move_section,
    "numbering": renumber,
    "flow": sort_blocks,
    "headings": add_headings,
    "empty_sections": fill_section,
    "headings_fit": name_anew,
    "heading_levels": set_level,
    "one_title": keep_one_title,
    "lists": write_list,
    "examples": show_example,
    "steps": number_steps,
    "promises": drop_colon,
    "ending": end_sentence,
    "placeholders": fill_section,
    "placeholder": delete_block,
    "filler": delete_sentence,
    "word_order": rewrite,
}


def find_fixer(code: str) -> Fixer | None:
    """The fixer for a component, a check, or a kind of fact that was changed or lost."""
    if code.startswith(("changed-", "lost-")) and code not in FIXERS:
        return write_again
    return FIXERS.get(code)
