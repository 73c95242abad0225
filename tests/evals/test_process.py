"""Programs end with their call, whatever they started, and with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from skill_fleet.evals.process import Limits, run_program

PATIENCE = 30.0


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    end = time.monotonic() + PATIENCE
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid)


def test_it_is_fed_and_read(tmp_path: Path) -> None:
    """Input, folder, variables, output, exit code; odd bytes do not matter."""
    script = (
        "import os, sys; sys.stdout.buffer.write(sys.stdin.buffer.read() + b'\\xff' + os.environ['X'].encode()"
        " + os.getcwd().encode()); sys.exit(4)"
    )
    done = run_program([sys.executable, "-c", script], tmp_path, Limits(20), text="é", variables={"X": "x"})
    assert (4, f"é\ufffdx{tmp_path.resolve()}", "") == (done.code, done.out, done.problem)


@pytest.mark.parametrize("argv", [["no-such-program"], ["/"], ["a\0b"]])
def test_what_cannot_be_started_is_told(argv: list[str], tmp_path: Path) -> None:
    """As an exit code or a problem; nothing is raised."""
    done = run_program(argv, tmp_path, Limits(20))
    assert done.problem or (done.code != 0 and argv[0] in done.err)


def test_one_that_prints_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit of its output."""
    monkeypatch.setattr("skill_fleet.evals.process.OUTPUT_LIMIT", 100_000)
    done = run_program(["yes"], tmp_path, Limits(20))
    assert "printed more than 100,000 bytes" == done.problem
    assert 100_000 == len(done.out)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_end_with_it(tmp_path: Path) -> None:
    """Also those that outlive their parent, and those that ignore a request to end."""
    script = (
        "import os, pathlib, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n    pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)\n"
        "while not pathlib.Path('pid').is_file(): time.sleep(0.01)\n"
    )
    done = run_program([sys.executable, "-c", script], tmp_path, Limits(20))
    assert 0 == done.code
    assert gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends programs with those that started them")
def test_it_ends_with_us(tmp_path: Path) -> None:
    """kill -9 of the command leaves no agent behind that goes on spending."""
    script = (
        "from pathlib import Path; import sys\nfrom skill_fleet.evals.process import Limits, run_program\n"
        "agent = 'import os, pathlib, time; pathlib.Path(\"pid\").write_text(str(os.getpid())); time.sleep(600)'\n"
        f"run_program([sys.executable, '-c', agent], Path({str(tmp_path)!r}), Limits(600))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script])
    end = time.monotonic() + PATIENCE
    pid = tmp_path / "pid"
    while not (pid.is_file() and pid.read_text(encoding="utf-8")) and time.monotonic() < end:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert gone(int(pid.read_text(encoding="utf-8")))
