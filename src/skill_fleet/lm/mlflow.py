"""Runs of MLflow: one for a job, with a step for each question. Off without the setting `mlflow_uri`."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

from skill_fleet.lm.watch import Done, Watch
from skill_fleet.models.keys import redact

LOG = logging.getLogger("skill_fleet.lm")

EXPERIMENT = "skill-fleet"
#: The tag by which the run of a job is found again after a restart.
JOB = "skill_fleet.job"
#: The tag that counts what was written.
STEPS = "skill_fleet.steps"
#: The file that holds a line for each question, from the first that a process wrote.
FILE = "questions-{first:04}.jsonl"
#: MLflow would report its use to its makers, and try a server that is away for minutes.
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
}


class Client(Protocol):
    """What is used of `mlflow.MlflowClient` to write."""

    def log_param(self, run_id: str, key: str, value: str) -> object: ...

    def log_metric(self, run_id: str, key: str, value: float, *, step: int) -> object: ...

    def log_text(self, run_id: str, text: str, artifact_file: str) -> object: ...

    def set_tag(self, run_id: str, key: str, value: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Run:
    """The run of a job; `steps` were written before."""

    client: Client
    id: str
    steps: int = 0


class MLflowLogger(Watch):
    """Writes each question into the run of its job: where its answer came from as a parameter, counts as metrics, all
    of them as one file, the models as tags. No text of prompts or answers is in it.

    `begin` is called with the first question. Where MLflow fails, nothing is written from then on, and that is logged
    once: no answer is lost for it.
    """

    def __init__(self, begin: Callable[[], Run]) -> None:
        super().__init__()
        self._begin: Callable[[], Run] | None = begin
        self._run: Run | None = None
        self._lines: list[str] = []
        self._lock = Lock()

    def take(self, done: Done) -> None:
        with self._lock:
            if self._begin is None:
                return
            try:
                self._run = self._run or self._begin()
                self._write(self._run, done)
            except Exception as error:  # noqa: BLE001  MLflow raises whatever its stores raise
                self._begin = None
                LOG.warning("MLflow is not told any more: %s", redact(str(error)))

    def _write(self, run: Run, done: Done) -> None:
        asked, metrics = done.execution, _metrics(done)
        self._lines.append(json.dumps({"decision": asked.decision, "model": asked.model, **metrics}))
        step = run.steps + len(self._lines)
        for name, value in metrics.items():
            run.client.log_metric(run.id, f"{asked.decision}.{name}", value, step=step)
        run.client.log_param(run.id, f"{step:04}.{asked.decision}", asked.source)
        run.client.log_text(run.id, "\n".join(self._lines), FILE.format(first=run.steps + 1))
        run.client.set_tag(run.id, f"{asked.decision}.model", asked.model)
        run.client.set_tag(run.id, STEPS, str(step))


def _metrics(done: Done) -> Mapping[str, float]:
    """A price that is not known is no metric."""
    asked = done.execution
    money = {} if asked.usd is None else {"usd": asked.usd}
    return {
        "seconds": done.seconds,
        "input_tokens": asked.input_tokens,
        "output_tokens": asked.output_tokens,
        "asks": asked.asks,
        "failed": float(done.error is not None),
        **money,
    }


def find_logger(uri: str, job_id: str) -> MLflowLogger | None:
    """A logger into the run of the job at `uri`; None without `uri`, and without MLflow, which is logged."""
    return MLflowLogger(partial(begin_run, uri, job_id)) if uri and _has_mlflow() else None


@cache
def _has_mlflow() -> bool:
    """Looked for once in a process, so that a worker does not say it for every job."""
    if find_spec("mlflow") is not None:
        return True
    LOG.warning("mlflow_uri is set, and MLflow is not installed; install skill-fleet[mlflow]")
    return False


def _store(uri: str) -> str:
    """A folder holds a database: MLflow keeps runs as single files no more."""
    if "://" in uri:
        return uri
    folder = Path(uri).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'mlflow.db'}"


def _artifacts(uri: str) -> str | None:
    """Where files go: into the folder, or where the server says."""
    return None if "://" in uri else (Path(uri).expanduser().absolute() / "artifacts").as_uri()


def begin_run(uri: str, job_id: str) -> Run:
    """The run of the job, gone on with after a restart. Raises what MLflow's store raises."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    client = import_module("mlflow").MlflowClient(tracking_uri=_store(uri))
    known = client.get_experiment_by_name(EXPERIMENT)
    experiment = known.experiment_id if known else client.create_experiment(EXPERIMENT, _artifacts(uri))
    found = client.search_runs([experiment], filter_string=f"tags.`{JOB}` = '{job_id}'", max_results=1)
    run = found[0] if found else client.create_run(experiment, tags={JOB: job_id}, run_name=job_id)
    return Run(client, run.info.run_id, int(run.data.tags.get(STEPS, "0")))
