"""What the first call of a language model costs beside DSPy alone: CPU seconds and memory, in processes of their own.

    python benchmarks/lm_start.py
    python benchmarks/lm_start.py --rounds 15

Both ask the test server the same question through DSPy's native engine; ours goes through settings, cache, ledger,
fallback chain and circuit breaker. Every round runs everything once, in turn; medians are shown.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.commands import Cost, run_measured
from benchmarks.cost import Measure, alternate
from benchmarks.tables import render_table
from tests.lmserver import LanguageServer

_DSPY = """
import sys
import dspy
lm = dspy.LM("openai/test-model", api_base=sys.argv[1], api_key="none", engine="lm15", cache=False, num_retries=0)
with dspy.context(lm=lm, adapter=dspy.ChatAdapter()):
    assert dspy.Predict("question -> answer")(question="What is a tide?").answer
"""
_OURS = """
import sys
from pathlib import Path
import dspy
from skill_fleet.jobs.calls import MemoryCalls
from skill_fleet.lm.ledger import Budget, Ledger
from skill_fleet.lm.runtime import Runtime
from skill_fleet.settings import load_settings
models = {"default": {"model": "openai/test-model", "base_url": sys.argv[1]}}
settings = load_settings({"models": models})
runtime = Runtime(settings, "j-1", Ledger("j-1", MemoryCalls(), Budget()), None, Path("cache"))
assert runtime.run("intent", dspy.Predict("question -> answer"), question="What is a tide?").answer
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as scratch, LanguageServer() as server:
        home = Path(scratch)
        scripts = {
            "python -c pass": "pass",
            "import skill_fleet": "import skill_fleet",
            "import dspy": "import dspy",
            "first call, DSPy alone": _DSPY,
            "first call, ours": _OURS,
        }
        costs = alternate({name: _runs(script, server.base_url, home) for name, script in scripts.items()}, rounds)
    print(render_table(["", "CPU s", "wall s", "peak MiB"], [_cells(name, cost) for name, cost in costs.items()]))
    alone, ours = costs["first call, DSPy alone"], costs["first call, ours"]
    print(f"\nours beside DSPy alone: {ours.cpu_seconds / alone.cpu_seconds - 1:+.1%} CPU time")
    print(f"medians of {rounds} alternating rounds")
    return 0


def _runs(script: str, url: str, home: Path) -> Measure:
    return lambda: run_measured([sys.executable, "-c", script, url], home)


def _cells(name: str, cost: Cost) -> list[str]:
    return [name, f"{cost.cpu_seconds:.3f}", f"{cost.wall_seconds:.3f}", f"{cost.peak_mib:.0f}"]


if __name__ == "__main__":
    raise SystemExit(main())
