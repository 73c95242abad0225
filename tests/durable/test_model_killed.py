"""`create` with a language model, its worker killed at every step and after every answer of the model.

The server counts: no answer that was kept is asked for again. Run with `-s`, it prints what each kill cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.kills import Scene, draft_of, killed_at_questions, killed_at_steps, opened, print_table
from tests.lmserver import Control, server_process
from tests.modelled import DEADLY, lay_settings, writing
from tests.victims import start, working

#: The decisions that are taken at the same time: while one ends the worker, the others may be on their way.
AT_ONCE = 3


@pytest.fixture(scope="module")
def server() -> Iterator[Control]:
    with server_process() as control:
        yield control


@pytest.fixture
def scene(database_url: str, tmp_path: Path, server: Control) -> Iterator[Scene]:
    with opened(database_url, tmp_path, writing, "lm", partial(lay_settings, base_url=server.base_url)) as scene:
        yield scene


def skill_of(draft: dict[str, bytes]) -> dict[str, bytes]:
    """Without the record of how it was made, which says how many requests that took."""
    return {path: data for path, data in draft.items() if not path.endswith("draft.json")}


def test_no_finished_call_is_repeated(scene: Scene, server: Control) -> None:
    """Whatever step or question the worker dies at, with its work done and not yet remembered. Of decisions on their
    way at the same time each may be lost."""
    rows = []
    for kill in (killed_at_steps(scene, ["inside"]), killed_at_questions(scene)):
        while True:
            server.reset()
            if (row := next(kill, None)) is None:
                break
            rows.append(row)
            repeated = server.calls().repeated
            assert set(repeated.values()) <= {2}, (row.kill, repeated)
            assert len(repeated) < AT_ONCE, (row.kill, repeated)
            assert (row.kill, True, [], scene.prompts) == (row.kill, row.ended, row.again, row.answers)
    print_table(scene, rows)


def test_an_answer_that_was_kept_is_not_asked_for_again(scene: Scene, server: Control) -> None:
    """The worker dies right after it kept an answer, in the middle of a step, before anybody used it: after every
    second one on the one database, after the others on the other."""
    server.reset()
    unhurt(scene)
    answers = len(server.calls().calls)
    assert answers > 10
    first = 1 if scene.url.startswith("sqlite") else 2
    for number in range(first, answers + 1, 2):
        server.reset()
        home = scene.new_home(f"answer-{number}")
        (home / DEADLY).write_text(str(number))
        victim = start(scene.orders(home))
        job = scene.begin()
        scene.answer_until(job, alive=victim)
        victim.join()
        assert -9 == victim.exitcode, number
        with working(scene.orders(home)):
            scene.answer_until(job)
        repeated = server.calls().repeated
        assert set(repeated.values()) <= {2}, (number, repeated)
        assert len(repeated) < AT_ONCE, (number, repeated)
        assert skill_of(scene.reference) == skill_of(draft_of(home, job))


def unhurt(scene: Scene) -> None:
    """A job that nobody disturbs."""
    with working(scene.orders(scene.new_home("unhurt"))):
        scene.answer_until(scene.begin())
