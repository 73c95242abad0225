"""Rules: every module in this folder is loaded, and registers its rules with `answers` and `replies`.

from tests.lmserver.rulebook import Question, answers

@answers("title")
def name_it(question: Question) -> dict[str, object]:
    return {"title": " ".join(question.source.words[:3])}
"""

from __future__ import annotations

import importlib
import pkgutil


def load_rules() -> None:
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
