"""The log of what models were asked: one file for a fleet, whoever writes it."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dspy
import pytest
from tests.lm.runtimes import LETTER, Office, Sorting, ask

from skill_fleet.lm.logbook import BOOK, LARGEST, OLDER, open_book

KEY = "sk-abcdefghijklmnopqrstuvwxyz0123"
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} j-\d+ \S.*")


def lines_in(folder: Path) -> list[str]:
    file = folder / BOOK
    return file.read_text("utf-8").splitlines() if file.exists() else []


def test_a_job_writes_a_line_for_each_question(office: Office) -> None:
    """The steps of an agent, and each vote: when, which job, who answered, how long the texts are."""
    runtime = office.runtime(voters=2)
    ask(runtime)
    runtime.run("gather_examples", dspy.ReAct(Sorting, tools=[], max_iters=1), letter=LETTER)
    lines = lines_in(office.folder)
    assert all(LINE.fullmatch(line) for line in lines)
    assert 2 == sum(" j-1 intent: answered by openai/test-model (model) after " in line for line in lines)
    assert 4 == sum(" j-1 gather_examples: answered by " in line for line in lines)
    assert f"{len(LETTER)} characters asked" in lines[0]
    assert LETTER not in "".join(lines)


def test_texts_are_written_without_keys(office: Office) -> None:
    """Also where a text is cut within a key, and a line of a text is no line of the log."""
    letter = "x" * 1990 + f" {KEY}"
    ask(office.runtime(lm_log="text"), f"{LETTER}\n2026-01-01 00:00:00,000 j-2 intent: forged {KEY}")
    ask(office.runtime(lm_log="text"), letter)
    text = "\n".join(lines_in(office.folder))
    assert f"asked: letter = {LETTER}" in text
    assert "tray = " in text
    assert KEY[:8] not in text
    assert 2 == sum(LINE.fullmatch(line) is not None for line in text.splitlines())


def test_nothing_is_written_where_nothing_is_wanted(office: Office) -> None:
    """The level `none` leaves no file."""
    ask(office.runtime(lm_log="none"))
    assert not (office.folder / BOOK).exists()


def test_a_file_that_cannot_be_written_costs_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    """That is said once; every question is answered."""
    (office.folder / BOOK).mkdir(parents=True)
    runtime = office.runtime(lm_cache=False)
    assert ask(runtime).tray
    assert ask(runtime, "Another letter.").tray
    assert 1 == caplog.text.count(f"{BOOK.name} is not written")


def test_lines_go_nowhere_else(office: Office, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Neither into the log of the process, nor into that of another fleet."""
    caplog.set_level(logging.DEBUG)
    open_book(tmp_path / "other", "j-2")("of another fleet")
    ask(office.runtime())
    assert "answered by" not in caplog.text
    assert 1 == len(lines_in(office.folder))
    assert 1 == len(lines_in(tmp_path / "other"))


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    """Older files are put aside, and the oldest is dropped."""
    write = open_book(tmp_path, "j-1")
    for _ in range(40):
        write("y" * (LARGEST // 10))
    files = sorted((tmp_path / BOOK).parent.glob("*.log*"))
    assert [BOOK.name, *(f"{BOOK.name}.{number}" for number in range(1, OLDER + 1))] == [file.name for file in files]
    assert all(file.stat().st_size <= LARGEST for file in files)


SCRIPT = """
import sys
from pathlib import Path
from skill_fleet.lm.logbook import open_book
write = open_book(Path(sys.argv[1]), "j-7")
for number in range(200):
    write(f"process {sys.argv[2]} line {number}")
"""


def test_threads_and_processes_write_whole_lines(tmp_path: Path) -> None:
    """Runs of several jobs in this process, and two other processes, lose nothing of each other."""
    others = [subprocess.Popen([sys.executable, "-c", SCRIPT, str(tmp_path), str(number)]) for number in range(2)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            write = open_book(tmp_path, f"j-{number}")
            for line in range(50):
                pool.submit(write, f"thread line {line}")
    assert [0, 0] == [other.wait(timeout=60) for other in others]
    lines = lines_in(tmp_path)
    assert 8 * 50 + 2 * 200 == len(lines)
    assert all(LINE.fullmatch(line) for line in lines)
