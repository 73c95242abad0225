"""The report: one page that is whole, says everything, does nothing, and cannot be made to do anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from array import array
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.pages import AT, EVIL, flaw, marks, parse, reading, score

from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.discoverability.found import Confusion, Discovery, Rate, Rates
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.page import page_of
from skill_fleet.metrics.reading import LAYERS, Reading
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.twins import sketch
from skill_fleet.metrics.vector import Vector
from skill_fleet.report import page
from skill_fleet.report.page import SkillReport, render_fleet, render_skill
from skill_fleet.report.rows import Tally

RATES = Rates(40, *(Rate(0.5, 0.4, 0.6),) * 4, margin=0.2)


def found(*confusions: Confusion) -> Discovery:
    return Discovery("bm25", "", 9, RATES, (), confusions, (), (), (), (), (), 0, 0, ())


def confusion(skill: str, taken_by: str, example: str = "fire the pots") -> Confusion:
    return Confusion(skill, taken_by, 3, 10, 0.71, example, "queries.json", 4)


def tally_of(*readings: Reading) -> Tally:
    tally = Tally()
    for one in readings:
        tally.add(one, array("I"))
    return tally


def comparison(after: str) -> Comparison:
    before, now = (page_of(f"---\nname: a\ndescription: b\n---\n# A\n\n{body}\n") for body in ("Heat to 90 °C.", after))
    return Comparison(reading(), "@previous", reading().vector, relative(before, now))


# A skill


def test_a_page_about_a_skill_says_all_of_it() -> None:
    """Layers with their bands, findings with place and hint, parts, history, what got lost, other skills, metrics."""
    one = replace(reading(), named=(Measured("readability_metric", 0.5, "Flesch"),))
    shown = parse(
        render_skill(
            SkillReport(one, marks(3), comparison("Heat to 95 °C."), found(confusion("alpha", "beta")), "alpha"), AT
        )
    )
    words = " ".join(shown.text.split())
    for said in (
        *LAYERS,
        "tool/alpha · comprehensive",
        "percentile 62 among good skills of its style",
        "untested: no queries",
        "SKILL.md:7 integrity/examples something is missing",
        "the line as it stands",
        "write one",
        "one 50 % weighs 66.7 % of the layer",
        "In order: two.",
        "2026-03-03",
        "Against @previous",
        "The skill got worse.",
        "“90” (line 7 before) became “95”.",
        "3 of 10",
        "readability_metric 0.50 Flesch",
        "Written by skill-fleet on 2026-03-01 at 12:00 UTC",
    ):
        assert said in words


def test_a_value_of_integrity_is_no_headline() -> None:
    """Band and percentile; the number stands nowhere outside of parts and history."""
    assert "0.9" not in parse(render_skill(SkillReport(reading()), AT)).text


def test_a_skill_without_anything_has_a_page() -> None:
    """No flaws, no history, no percentile; or not even readable."""
    bare = Reading("SKILL.md", vector=Vector((score("integrity", "ok", 1.0),)), style="minimal")
    assert "Nothing was found." in parse(render_skill(SkillReport(bare), AT)).text
    unread = Reading("a/SKILL.md", problem=f"no: {EVIL}")
    shown = parse(render_skill(SkillReport(unread), AT))
    assert "It cannot be measured: no: <script>" in shown.text
    assert "Findings" not in shown.text


def test_plots_have_words() -> None:
    """Each drawing that says something has a name and a description; bars beside their number are hidden instead."""
    shown = parse(render_skill(SkillReport(reading(), marks(4)), AT))
    drawings = shown.find("svg")
    assert {"img", None} == {attributes.get("role") for attributes in drawings}
    ids = {attributes["id"] for tag in ("title", "desc") for attributes in shown.find(tag) if "id" in attributes}
    for attributes in drawings:
        named = set((attributes.get("aria-labelledby") or "").split())
        assert (named and named <= ids) or attributes.get("aria-hidden") == "true"


# A fleet


def test_a_page_about_a_fleet_begins_with_the_worst() -> None:
    """What cannot be read, what blocks, what warns; then counts, histograms and pairs."""
    alike = "Fire the kiln slowly and look at both sensors every fifteen minutes until it is as hot as it should be."
    tally = Tally()
    for one, text in (
        (reading("tool/good"), alike),
        (reading("tool/bad", band="block"), alike),
        (replace(reading("tool/gone"), vector=Vector(()), problem="cannot be opened"), ""),
    ):
        tally.add(one, sketch(text))
    shown = parse(render_fleet("Kilns", tally, AT, found(confusion("tool/good", "tool/bad"))))
    words = " ".join(shown.text.split())
    assert words.index("tool/gone") < words.index("tool/bad") < words.index("tool/good")
    for said in (
        "3 skills, 2 blocked, 1 of them cannot be read.",
        "cannot be opened",
        "comprehensive 2 skills: 1 ok, 1 block",
        "100 % tool/good tool/bad",
        "Of 40 queries 50 % find the right skill first (95 % interval 40 to 60)",
        "3 of 10",
    ):
        assert said in words


def test_an_empty_fleet_has_a_page() -> None:
    """It says that there is nothing."""
    assert "0 skills." in parse(render_fleet("Nothing", Tally(), AT)).text


def test_a_large_fleet_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """1,000 skills with long findings are less than 3 MB; of a very large fleet the worst are listed."""
    long = "the description says nothing of what the body is about, and it is much too long for that " * 2
    tally = tally_of(*(reading(f"technical/tools/skill-number-{n}", message=long) for n in range(1_000)))
    assert len(render_fleet("Many", tally, AT).encode()) < 3_000_000
    monkeypatch.setattr(page, "MOST_ROWS", 20)
    assert "20 of 1,000 are listed." in parse(render_fleet("Many", tally, AT)).text


# What no page does


PAGES = {
    "skill": lambda evil: render_skill(
        SkillReport(
            replace(
                reading(evil, message=evil),
                name=evil,
                named=(Measured(evil, None, evil),),
                style="comprehensive",
                digest=evil,
            ),
            [replace(mark, digest=evil, version=evil) for mark in marks(3)],
            comparison(f"Heat to 95 °C. {evil}"),
            found(confusion(evil, evil, evil)),
            evil,
        ),
        AT,
    ),
    "fleet": lambda evil: render_fleet(
        evil,
        tally_of(
            reading(evil, message=evil, band="block"), replace(reading(f"{evil}2"), problem=evil, vector=Vector(()))
        ),
        AT,
        found(confusion(evil, evil, evil)),
    ),
}


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_from_a_skill_acts(kind: str) -> None:
    """Markup of an author is text; control characters and marks that turn text around are gone."""
    html = PAGES[kind](EVIL)
    shown = parse(html)
    assert {"script", "img", "iframe", "link", "object", "form", "base"}.isdisjoint(shown.counts)
    attributes = {name for _, found in shown.elements for name in found}
    assert not any(name.startswith("on") or name in ("src", "href", "action", "xlink:href") for name in attributes)
    assert "<script>alert('x')</script>" in shown.text
    assert "{{ 7*7 }}" in shown.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_fetched(kind: str) -> None:
    """The only address is none: styles stand in the page, and the browser is told to load nothing."""
    html = PAGES[kind]("alpha")
    assert not re.search(r"(?i)https?:|url\(|@import|<link|<script", html)
    policies = [
        found["content"] for found in parse(html).find("meta") if found.get("http-equiv") == "Content-Security-Policy"
    ]
    assert ["default-src 'none'; style-src 'unsafe-inline'"] == policies


@pytest.mark.parametrize("word", ["釉料", "مهارة الطلاء", "half \ud800", "a\r\nb"])
@pytest.mark.parametrize("kind", PAGES)
def test_any_text_can_be_written(kind: str, word: str) -> None:
    """Other scripts as they are; a half of a character, which no file can hold, is replaced."""
    html = PAGES[kind](word)
    assert html.encode("utf-8")
    shown = word.replace("\ud800", "\N{REPLACEMENT CHARACTER}").splitlines()[0]
    assert shown in parse(html).text


def test_it_follows_light_dark_and_paper() -> None:
    """The reader's wish decides, and printing is looked after."""
    html = render_skill(SkillReport(reading()), AT)
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert "color-scheme: light dark" in html


def test_flaws_beyond_a_limit_are_counted() -> None:
    """A page of thousands of findings helps nobody."""
    many = Vector((score("integrity", "block", 0.1, *(flaw(message=f"flaw {n}") for n in range(700))),))
    shown = parse(render_skill(SkillReport(replace(reading(), vector=many)), AT))
    assert 500 == shown.text.count("the line as it stands")
    assert "200 more are not listed." in shown.text


def test_a_browser_shows_it(tmp_path: Path) -> None:
    """Chromium, when it is installed, lays out the whole page and finds nothing to complain of."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed")
    file = tmp_path / "report.html"
    file.write_text(PAGES["skill"](EVIL), encoding="utf-8")
    done = subprocess.run(
        [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--enable-logging=stderr", "--window-size=900,1200", f"--screenshot={tmp_path / 'shot.png'}"),
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert (tmp_path / "shot.png").stat().st_size > 10_000
    assert [] == [line for line in done.stderr.splitlines() if "CONSOLE" in line]
