"""Settings → a fleet: the one place that knows who fills which port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from skill_fleet.authoring.author import Author
from skill_fleet.clock import now
from skill_fleet.fleet.doctor import Probe, Staff
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.local import LocalFleet
from skill_fleet.fleet.ports import Scales, Seat, Seats, Use, Workbench, no_model
from skill_fleet.library.catalog import load_catalog
from skill_fleet.library.folder import FleetFolder, check_there
from skill_fleet.metrics.history import MemoryScores, ScoreBook
from skill_fleet.models.resolve import is_configured
from skill_fleet.settings import MEMORY, Settings, cache_folder, database_url, home_folder
from skill_fleet.sources.store import EvidenceStore

if TYPE_CHECKING:
    from skill_fleet.conversation.converser import Converser
    from skill_fleet.fleet.desk import Desk
    from skill_fleet.jobs.calls import Calls
    from skill_fleet.jobs.context import Context, Program
    from skill_fleet.jobs.ports import Attachments, Runner, Works

    MakePrograms = Callable[[Attachments, Calls], dict[str, Program]]


def build_fleet(settings: Settings) -> Fleet:
    folder = FleetFolder(home_folder(settings))

    def read(origins: tuple[str, ...]) -> EvidenceStore:
        return _read_sources(settings, origins)

    bench = Workbench(lambda: _author(settings), read)
    own = MemoryScores()
    return LocalFleet(
        folder,
        bench,
        lambda works: _open_desk(settings, folder, bench, works),
        Scales(lambda use: _open_book(settings, use, own), now, lambda: cache_folder(settings), read),
        Staff(settings, _open_probe),
    )


def _open_probe() -> Probe:
    from skill_fleet.lm.probe import ModelProbe  # noqa: PLC0415  only `doctor --online` calls a model

    return ModelProbe()


def _open_desk(settings: Settings, folder: FleetFolder, bench: Workbench, works: Works) -> Desk:
    from skill_fleet.fleet.desk import Desk  # noqa: PLC0415  only commands about jobs need the rest
    from skill_fleet.jobs.cache import JobManager  # noqa: PLC0415
    from skill_fleet.review.keywords import load_keywords  # noqa: PLC0415

    check_there(folder)
    opened: Future[Desk] = Future()  # a conversation acts at the desk of the process that works on it

    def programs(attachments: Attachments, calls: Calls) -> dict[str, Program]:
        return _programs(settings, bench, attachments, calls, opened.result)

    runner, calls = _open_runner(settings, works, programs)
    desk = Desk(runner, JobManager(runner, clock=now), load_keywords(settings.reply_words), now, calls)
    opened.set_result(desk)
    return desk


def _open_runner(settings: Settings, works: Works, programs: MakePrograms) -> tuple[Runner, Calls]:
    url = database_url(settings)
    if url == MEMORY:
        from skill_fleet.jobs.calls import MemoryCalls  # noqa: PLC0415
        from skill_fleet.jobs.inline import InlineRunner  # noqa: PLC0415
        from skill_fleet.jobs.memory import MemoryAttachments  # noqa: PLC0415

        calls = MemoryCalls()
        return InlineRunner(programs(MemoryAttachments(), calls)), calls
    from skill_fleet.durable.patience import PatientAttachments, PatientCalls  # noqa: PLC0415
    from skill_fleet.durable.runner import DurableRunner  # noqa: PLC0415
    from skill_fleet.durable.worker import Limits  # noqa: PLC0415
    from skill_fleet.jobs.traces import forget_traces  # noqa: PLC0415
    from skill_fleet.store.calls import SqlCalls  # noqa: PLC0415
    from skill_fleet.store.database import open_database  # noqa: PLC0415
    from skill_fleet.store.revision import prepare  # noqa: PLC0415

    database = open_database(url)
    with ExitStack() as undone:
        undone.callback(database.close)
        prepare(database)
        runner = DurableRunner(
            database,
            {} if works == "not" else programs(PatientAttachments(database), PatientCalls(database)),
            works=works,
            limits=Limits(settings.worker_jobs, settings.fleet_jobs, settings.worker_steps, settings.keep_days),
            prompt_days=settings.answer_days,
            forgotten=lambda job_id: forget_traces(home_folder(settings), job_id),
        )
        undone.pop_all()
    return runner, SqlCalls(database)


@contextmanager
def _open_book(settings: Settings, use: Use, own: ScoreBook) -> Iterator[ScoreBook]:
    """The history of scores: beside the jobs, or `own` where those end with their process or there are none yet."""
    url = database_url(settings)
    if url == MEMORY:
        yield own
        return
    from skill_fleet.store.database import open_database  # noqa: PLC0415  only where scores are kept or read
    from skill_fleet.store.revision import is_there, prepare  # noqa: PLC0415
    from skill_fleet.store.scores import SqlScores  # noqa: PLC0415

    database = open_database(url)
    try:
        if use == "look" and not is_there(database):
            yield own
        else:
            prepare(database)
            yield SqlScores(database)
    finally:
        database.close()


def _programs(
    settings: Settings, bench: Workbench, attachments: Attachments, calls: Calls, desk: Callable[[], Desk]
) -> dict[str, Program]:
    from skill_fleet.conversation import chat  # noqa: PLC0415
    from skill_fleet.conversation.hands import Hands  # noqa: PLC0415
    from skill_fleet.fleet.create_skill import make_program  # noqa: PLC0415

    def converser(context: Context) -> Converser:
        from skill_fleet.lm.conversation import take_converser  # noqa: PLC0415  DSPy is imported when it speaks

        return take_converser(settings, context, calls, cache_folder(settings) / "lm")

    folder = FleetFolder(home_folder(settings))
    return {
        "create": make_program(folder, bench, attachments, _seats(settings, folder, calls)),
        chat.CHAT: chat.make_program(Hands(build_fleet(settings), desk), converser),
    }


def _seats(settings: Settings, folder: FleetFolder, calls: Calls) -> Seats:
    """DSPy is imported when the first job of a model begins its run."""

    def take(context: Context) -> Seat:
        from skill_fleet.lm.seat import take_seat  # noqa: PLC0415

        return take_seat(settings, context, calls, lambda: load_catalog(folder), cache_folder(settings) / "lm")

    return take if is_configured(settings) else no_model


def _author(settings: Settings) -> Author:
    from skill_fleet.authoring.extractive.author import ExtractiveAuthor  # noqa: PLC0415  only `create` needs it

    return ExtractiveAuthor(max_tokens=settings.max_tokens, max_lines=settings.max_lines)


def _read_sources(settings: Settings, origins: tuple[str, ...]) -> EvidenceStore:
    from skill_fleet.sources import command, walk  # noqa: PLC0415  only `create` needs the readers
    from skill_fleet.sources.cache import EvidenceCache  # noqa: PLC0415
    from skill_fleet.sources.read import Reach  # noqa: PLC0415

    reach = Reach(
        folder=walk.Limits(text_bytes=settings.max_source_bytes),
        command=command.Limits(call=settings.command_timeout),
    )
    return EvidenceCache(cache_folder(settings) / "evidence", reach).read(origins)
