"""A task and its sources become a draft: as a request that can be kept, and as the program that carries it out."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Literal

from skill_fleet.authoring.author import Author
from skill_fleet.authoring.brief import Brief, check_brief
from skill_fleet.authoring.decisions import Plan, Research
from skill_fleet.authoring.draft import Draft, Report
from skill_fleet.authoring.feedback import Revision
from skill_fleet.authoring.pipeline import create_skill, plan_skill
from skill_fleet.authoring.provenance import Provenance, provenance_of
from skill_fleet.authoring.scenarios import transcript_name
from skill_fleet.authoring.session import Stops
from skill_fleet.authoring.workshop import Outcome, Workshop
from skill_fleet.codec import Plain, from_json, to_json, to_plain
from skill_fleet.errors import BadName, BriefError
from skill_fleet.fleet.ports import Seats, Workbench, no_model
from skill_fleet.jobs.context import Context, Program
from skill_fleet.jobs.inline import InlineContext, Listener, new_job_id
from skill_fleet.jobs.ports import Attachments
from skill_fleet.jobs.prompts import Answer, Prompt
from skill_fleet.library.catalog import Entry, load_catalog
from skill_fleet.library.drafts import DRAFT_RECORD, PROVENANCE, DraftText, render_record, save_draft
from skill_fleet.library.folder import FleetFolder
from skill_fleet.review.policy import ReviewPolicy
from skill_fleet.skill.name import is_valid_name
from skill_fleet.sources.read import COMMAND, PACKAGE, path_of
from skill_fleet.sources.store import EvidenceStore

AuthorName = Literal["extractive", "lm"]
"""extractive: chooses and orders what the sources say, without a model · lm: a language model writes, from the sources
as far as there are any."""

#: Characters of a skill's text that a job remembers of it; more are not compared.
MOST_OF_A_BODY = 4000
#: Evidence that a process keeps at hand, for the jobs it works on at the same time.
MOST_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """What `create` asks for: the brief, at which stops a person is asked, whether questions about the task come first,
    whether scenarios are run, and who writes. `typed` are the brief's sources as the person wrote them: what is kept
    beside a skill names no folder of theirs."""

    brief: Brief
    review: ReviewPolicy
    interview: bool = False
    tdd: bool = False
    typed: tuple[str, ...] = ()
    author: AuthorName = "extractive"


@dataclass(frozen=True, slots=True)
class Making:
    """`draft.json`: how a draft came to be. It names no job and no time: same brief and sources, same bytes."""

    author: str
    brief: Brief
    research: Research
    plan: Plan
    report: Report
    revisions: tuple[Revision, ...] = ()
    version: int = 1


def request_for(
    brief: Brief,
    review: ReviewPolicy,
    *,
    interview: bool = False,
    tdd: bool = False,
    author: AuthorName = "extractive",
) -> CreateRequest:
    """A request that any worker can carry out, in whatever folder it stands: paths are made absolute.

    Raises `BadName`, `BriefError`, or `SourceMissing` for a source that names nothing.
    """
    _check(brief, author)
    typed = {_absolute(origin): origin for origin in reversed(brief.sources)}
    sources = tuple(dict.fromkeys(_absolute(origin) for origin in brief.sources))
    names = tuple(typed[source] for source in sources)
    return CreateRequest(replace(brief, sources=sources), review, interview, tdd, names, author)


def make_program(folder: FleetFolder, bench: Workbench, attachments: Attachments, seats: Seats = no_model) -> Program:
    """The program that carries requests out on this fleet. Evidence is kept among the attachments, so that any process
    can go on with the job. A job that was begun for a model is never given to another author."""
    author = cache(bench.author)
    evidence = _Evidence(attachments)

    async def create(context: Context, request: Plain) -> Plain:
        wanted = _read_request(request)
        typed = dict(zip(wanted.brief.sources, wanted.typed, strict=False))
        seat = seats(context) if wanted.author == "lm" else None
        writer = seat.author if seat else author()
        workshop = _workshop(folder, writer, evidence.reader(context.job_id, bench), evidence.load, typed)
        if seat:
            workshop = replace(
                workshop, voice=seat.voice, again=seat.again, account=seat.account, scenarios=seat.scenarios
            )
        stops = Stops(wanted.review, wanted.interview, wanted.tdd)
        return to_plain(await create_skill(context, wanted.brief, workshop, stops), Outcome)

    return create


async def plan_draft(folder: FleetFolder, bench: Workbench, brief: Brief, listen: Listener) -> tuple[Plan, Research]:
    """The plan of the author without a model, with every topic that the sources offer and its score; nothing is asked
    and nothing written."""
    _check(brief, "extractive")
    stores: dict[str, EvidenceStore] = {}

    def read(origins: tuple[str, ...]) -> str:
        store = bench.read_sources(origins)
        key = hashlib.sha256("\n".join(source.digest for source in store.sources).encode()).hexdigest()
        stores[key] = store
        return key

    workshop = _workshop(folder, bench.author(), read, stores.__getitem__, {})
    return await plan_skill(InlineContext(new_job_id(), _nobody, listen), brief, workshop)


def _check(brief: Brief, author: AuthorName) -> None:
    check_brief(brief, with_model=author == "lm")
    if brief.name and not is_valid_name(brief.name):
        raise BadName(
            f"not a skill name: {brief.name!r}.",
            "Use up to 64 lower-case letters and digits, with single hyphens between.",
        )


def _absolute(origin: str) -> str:
    return origin if origin.startswith((PACKAGE, COMMAND)) else str(path_of(origin).absolute())


def _read_request(request: Plain) -> CreateRequest:
    try:
        return from_json(json.dumps(request), CreateRequest)
    except ValueError as error:
        raise BriefError(
            "the job's request is not one that `create` understands.",
            "It was begun by another version of the program; start it anew.",
        ) from error


class _Evidence:
    """Evidence among the attachments, the latest used also in memory. Steps may ask for it from several threads."""

    def __init__(self, attachments: Attachments) -> None:
        self._attachments = attachments
        self._lock = Lock()
        self._at_hand: OrderedDict[str, EvidenceStore] = OrderedDict()

    def reader(self, job_id: str, bench: Workbench) -> Callable[[tuple[str, ...]], str]:
        def read(origins: tuple[str, ...]) -> str:
            store = bench.read_sources(origins)
            key = self._attachments.keep(job_id, to_json(store, EvidenceStore))
            with self._lock:
                self._remember(key, store)
            return key

        return read

    def load(self, key: str) -> EvidenceStore:
        with self._lock:
            store = self._at_hand.get(key)
            if store is None:
                store = from_json(self._attachments.load(key), EvidenceStore)
            self._remember(key, store)
            return store

    def _remember(self, key: str, store: EvidenceStore) -> None:
        self._at_hand[key] = store
        self._at_hand.move_to_end(key)
        while len(self._at_hand) > MOST_EVIDENCE:
            self._at_hand.popitem(last=False)


def _workshop(
    folder: FleetFolder,
    author: Author,
    read: Callable[[tuple[str, ...]], str],
    evidence: Callable[[str], EvidenceStore],
    typed: Mapping[str, str],
) -> Workshop:
    """The pipeline's way in and out, on this fleet."""

    def look() -> tuple[Entry, ...]:
        return tuple(replace(entry, body=entry.body[:MOST_OF_A_BODY]) for entry in load_catalog(folder))

    def save(outcome: Outcome, draft: Draft, store: EvidenceStore) -> str:
        files = [DraftText(file.path, file.text, file.executable) for file in draft.files]
        records = _records(outcome, draft, store, typed)
        # A worker that died after it saved, and before that was remembered, is followed by one that saves again.
        return str(save_draft(folder, outcome.job_id, draft.name, files, records, replace=True))

    return Workshop(author, look, read, evidence, save)


def _records(outcome: Outcome, draft: Draft, store: EvidenceStore, typed: Mapping[str, str]) -> dict[str, bytes]:
    """What is kept beside the skill; sources are called what the person called them."""
    brief = replace(outcome.brief, sources=tuple(typed.get(origin, origin) for origin in outcome.brief.sources))
    made = Making(outcome.author, brief, outcome.research, outcome.plan, outcome.report, outcome.revisions)
    provenance = provenance_of(draft, store)
    sources = tuple(replace(source, origin=typed.get(source.origin, source.origin)) for source in provenance.sources)
    provenance = replace(provenance, sources=sources)
    return {
        DRAFT_RECORD: render_record(to_plain(made, Making)),
        PROVENANCE: render_record(to_plain(provenance, Provenance)),
        **{transcript_name(trial): trial.transcript.encode("utf-8", "replace") for trial in outcome.trials},
    }


def _nobody(prompt: Prompt) -> Answer:
    raise AssertionError(f"planning asks nothing, and was asked: {prompt.title}")
