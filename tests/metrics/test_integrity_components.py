"""Each component sees what it is for, on the line where it stands, and is satisfied when the hint is followed."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from tests.metrics.skills import REFERENCE, Fixture, load

from skill_fleet.metrics.integrity import integrity
from skill_fleet.metrics.page import page_of
from skill_fleet.metrics.score import Flaw, Score

MOST_SECONDS = 5
"""Some twenty times what it takes: a text that is read by the square takes longer than that."""

DESCRIPTION = REFERENCE.text.split("description: >-\n")[1].split("license")[0]


def score_of(text: str) -> Score:
    return integrity(page_of(text))


def flaws_of(text: str, code: str) -> list[Flaw]:
    return [flaw for flaw in score_of(text).flaws if flaw.code == code]


def described(text: str) -> str:
    return REFERENCE.text.replace(DESCRIPTION, f"  {text}\n")


BROKEN = {
    "frontmatter": REFERENCE.body,
    "description_length": described("Copies SQLite."),
    "description_trigger": described(
        "Copies live SQLite databases without stopping the writer, by VACUUM INTO and WAL checkpoints."
    ),
    "description_person": described(f"I can help. {' '.join(DESCRIPTION.split())}"),
    "description_vague": described(
        "A helpful skill with various useful features for many different things. Use when working."
    ),
    "description_sentences": described(
        "sqlite, backup, database, wal, vacuum, copy, file, restore, checkpoint, integrity, online"
    ),
    "description_variety": described("Backup backup backup backup. Use when backup backup backup of backup files."),
    "description_coverage": described(
        "Explains the weather in October to sailors. Use when sailors plan an autumn voyage by sea."
    ),
    "description_backing": described(
        "Explains the weather in October to sailors. Use when sailors plan an autumn voyage by sea."
    ),
    "name_in_body": REFERENCE.text.replace("name: sqlite-backup", "name: walrus-feeding"),
    "repetition": REFERENCE.text + REFERENCE.body,
    "one_title": REFERENCE.text + "\n# Another title\n\nText of it.\n",
    "empty_sections": REFERENCE.text + "\n## Nothing below\n",
    "heading_levels": REFERENCE.text + "\n#### A jump\n\nA restore of the database file.\n",
    "promises": REFERENCE.text + "\nThe files of the database are these:\n",
    "ending": REFERENCE.text + "\nThe database file is then copied to the\n",
    "placeholders": REFERENCE.text + "\n## Restore twice\n\nTODO: write this section.\n",
    "filler": REFERENCE.text + "\nIt is important to note that quality plays a crucial role in today's world.\n",
    "fences": REFERENCE.text + "\n```sh\nsqlite3 app.db\n",
    "brackets": REFERENCE.text + "\n```python\nprint((1)\n```\n",
    "json": REFERENCE.text + '\n```json\n{"database": }\n```\n',
    "numbering": REFERENCE.text + "\n1. Open the database.\n2. Copy the file.\n5. Check the copy.\n",
    "anchors": REFERENCE.text + "\nSee [the restore](#no-such-heading) of the database.\n",
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_component_sees_its_damage(code: str) -> None:
    """Its value falls, the whole falls, and a flaw names the place."""
    whole, damaged = score_of(REFERENCE.text), score_of(BROKEN[code])
    before, after = whole.part(code), damaged.part(code)
    assert before is not None
    assert after is not None
    assert (True, True) == (after.value < before.value, (damaged.value or 0) < (whole.value or 0))
    assert flaws_of(BROKEN[code], code)


@pytest.mark.parametrize(
    "code", ["empty_sections", "placeholders", "promises", "ending", "fences", "brackets", "json", "numbering"]
)
def test_a_flaw_stands_where_the_damage_is(code: str) -> None:
    """Below the last line of what was whole."""
    assert flaws_of(BROKEN[code], code)[-1].line > REFERENCE.text.count("\n")


def test_mended_flaws_are_gone() -> None:
    """What the hints say, done by hand: the empty heading deleted, the fence closed."""
    assert [] == flaws_of(BROKEN["empty_sections"].replace("\n## Nothing below\n", ""), "empty_sections")
    assert [] == flaws_of(BROKEN["fences"] + "```\n", "fences")


def test_marks_that_are_spoken_about_are_none() -> None:
    """A rule about placeholders is no placeholder, and neither is one in code."""
    text = f"{REFERENCE.text}\nSearch the copy for TODO marks and remove them.\n\nRun `grep TODO` in the folder.\n"
    assert [] == flaws_of(text, "placeholders")


def test_several_values_of_json_are_json() -> None:
    """Lines of JSON, and elided JSON, are not called broken."""
    text = REFERENCE.text + '\n```json\n{"file": 1}\n{"file": 2}\n```\n\n```json\n{"file": ...}\n```\n'
    assert [] == flaws_of(text, "json")


def test_a_longer_fence_may_hold_fences() -> None:
    """Four backticks around three are one block."""
    text = REFERENCE.text + "\n````markdown\n```sh\nsqlite3 app.db\n```\n````\n"
    assert [] == flaws_of(text, "fences")
    assert flaws_of(REFERENCE.text + "\n```sh\nsqlite3 a.db\n```python\nprint(1)\n```\n", "fences")


def test_named_anchors_are_found() -> None:
    """An anchor that the text sets itself counts like a heading."""
    text = f'{REFERENCE.text}\n<a name="the-copy"></a>\n\nSee [the copy](#the-copy) of the database.\n'
    assert [] == flaws_of(text, "anchors")


def test_missing_and_unmentioned_files_are_flaws(tmp_path: Path) -> None:
    """A path that leads nowhere has its line; a file that nothing refers to is named."""
    text = REFERENCE.text + "\nRead [the limits](references/limits.md) and `scripts/verify.py` of the backup.\n"
    files = {"SKILL.md": text, "references/other.md": "# Other\n", "scripts/verify.py": "print()\n"}
    score = integrity(load(Fixture("sqlite-backup", files), tmp_path))
    found = {flaw.code: flaw for flaw in score.flaws}
    assert "references/limits.md" == found["paths"].evidence
    assert text[: text.index("Read [the limits]")].count("\n") + 1 == found["paths"].line
    assert "references/other.md" == found["orphans"].evidence


def test_another_text_below_is_found() -> None:
    """The flaw stands where the other text begins."""
    other = (
        "\n## Sourdough\n\nFeed the starter with rye flour twice daily. Knead the dough until it stretches.\n"
        "\nProof the loaf in a banneton overnight in the fridge. Score the crust with a razor blade.\n"
        "\n## Baking\n\nPreheat the oven with a cast iron pot. Bake covered, then uncovered until the crust is brown.\n"
        "\nCool the loaf on a rack. Slice it when the crumb has set, and freeze what is left over.\n"
    )
    whole, damaged = score_of(REFERENCE.text), score_of(REFERENCE.text + other)
    assert (damaged.value or 0) < (whole.value or 0)
    assert {"strays", "one_subject"} & {flaw.code for flaw in damaged.flaws}
    lines = [flaw.line for flaw in damaged.flaws if flaw.code in ("strays", "one_subject")]
    assert all(line > REFERENCE.text.count("\n") for line in lines)


def test_shuffled_words_are_found() -> None:
    """The order of words falls to nothing when each sentence is turned round."""
    lines = [
        line if line.startswith(("#", "|", "`", "-")) else " ".join(reversed(line.split()))
        for line in REFERENCE.body.split("\n")
    ]
    shuffled = score_of(REFERENCE.text.replace(REFERENCE.body, "\n".join(lines)))
    before, after = score_of(REFERENCE.text).part("word_order"), shuffled.part("word_order")
    assert before is not None
    assert after is not None
    assert after.value < before.value - 0.3


def test_bare_keywords_add_nothing() -> None:
    """A list of words below a skill leaves its content as it was, or lowers it."""
    listed = "\n\nkubernetes, docker, terraform, graphql, redis, kafka, postgres, ansible\n"
    before, after = (score_of(text).part("content") for text in (REFERENCE.text, REFERENCE.text + listed))
    assert before is not None
    assert after is not None
    assert after.value <= before.value


HEADER = f"---\nname: sqlite-backup\ndescription: >-\n{DESCRIPTION}---\n\n"


def value_of(text: str, component: str) -> float:
    part = score_of(text).part(component)
    assert part is not None
    return part.value


@pytest.mark.parametrize(
    ("component", "wrong", "right"),
    [
        ("brackets", "```python\nprint((1)\n```\n\n", "```python\nprint((1))\n```\n\n"),
        ("json", '```json\n{"database": }\n```\n\n', '```json\n{"database": 1}\n```\n\n'),
        ("anchors", "See [it](#nowhere).\n\n", "See [it](#restore).\n\n"),
        ("placeholders", "TODO\n\n", "Copy the file.\n\n"),
        ("promises", "These are the files:\n\nCopy.\n\n", "These are the files.\n\nCopy.\n\n"),
        ("empty_sections", "## Nothing\n\n", "## Nothing\n\nCopy the file.\n\n"),
    ],
)
def test_mending_one_of_many_raises_the_value(component: str, wrong: str, right: str) -> None:
    """However many of them are wrong."""
    values = [
        value_of(f"{HEADER}# Backup\n\n{wrong * (12 - mended)}{right * mended}## Restore\n\nCopy it.\n", component)
        for mended in range(13)
    ]
    assert values == sorted(set(values))
    assert 1 == values[-1]


def test_sections_in_another_order_have_a_lower_value() -> None:
    """References come last, prerequisites first, and numbers rise."""
    titles = ["Prerequisites", "1. Copy the database", "2. Check the copy", "Troubleshooting", "References"]
    sections = [f"## {title}\n\nRun `sqlite3 app.db` on the database, step {title!r}.\n\n" for title in titles]
    right, wrong = (f"{HEADER}# Backup\n\n{''.join(order)}" for order in (sections, sections[::-1]))
    assert value_of(right, "section_order") > 0.9
    assert value_of(wrong, "section_order") < 0.1
    assert ["section_order"] == [flaw.code for flaw in flaws_of(wrong, "section_order")]


def test_a_section_that_would_fit_any_skill_has_no_place() -> None:
    """Nothing moves when it is put below."""
    text = f"{REFERENCE.text}\n## Conclusion\n\nBy following these guidelines you will achieve better results.\n"
    assert value_of(REFERENCE.text, "section_order") == value_of(text, "section_order")


def test_what_stands_there_twice_is_blocked() -> None:
    """Its copy is worth nothing, and half of a text that is repetition is no skill."""
    twice = f"{REFERENCE.text}\n{REFERENCE.body}"
    assert ("ok", "block") == (score_of(REFERENCE.text).band, score_of(twice).band)
    for name in ("content", "facts", "examples", "lists"):
        assert value_of(REFERENCE.text, name) == pytest.approx(value_of(twice, name), abs=0.03)


def test_a_wall_of_text_is_told_to_get_headings_first() -> None:
    """Not lists, steps and examples: they would stand in no section."""
    wall = f"{HEADER}{' '.join(REFERENCE.body.replace('#', '').replace('`', '').split())}\n"
    assert ["headings"] == [code for code in ("headings", "lists", "steps", "examples") if flaws_of(wall, code)]


def test_a_top_that_is_foreign_is_told_so() -> None:
    """Not to delete all that follows."""
    top = "Sailors plan an autumn voyage by sea, with ropes, sails, anchors and a compass below the October sky. " * 2
    flaws = flaws_of(f"{HEADER}# Voyage\n\n{top}\n\n{REFERENCE.body}", "one_subject")
    assert all("delete" not in flaw.hint for flaw in flaws)


def test_deep_lists_are_read_in_time() -> None:
    """Three thousand levels take no longer than as many characters elsewhere."""
    deep = "".join("  " * level + f"- copy {level} of the database\n" for level in range(3000))
    begun = process_time()
    assert "block" == score_of(f"{HEADER}# Backup\n\n{deep}").band
    assert process_time() - begun < MOST_SECONDS
