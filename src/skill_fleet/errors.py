"""Everything that can go wrong, as one tree.

    SkillFleetError
    ├── SkillError          a skill cannot be read
    │   ├── ParseError      … because of what stands at one line
    │   └── BadName         … because the name breaks the specification
    ├── SourceError         material for a skill cannot be read
    │   ├── SourceMissing   … it is not there
    │   ├── SourceEmpty     … it is there and says too little
    │   ├── SourceTooLarge  … it is beyond a stated limit
    │   └── SourceTimeout   … it did not answer in time
    ├── BriefError          the task is not something a skill can be made of
    ├── NeedsPerson         a step cannot go on before a person has decided: the job waits, and tries again
    │   └── AuthorError     … because the one who writes cannot
    │       ├── AuthorAway      its provider does not answer: later may help
    │       ├── AuthorRefused   its provider does not take the request: a key, a model, a setting has to change
    │       ├── AuthorUnusable  its answers have not the form that was asked for
    │       └── BudgetSpent     the job has spent what it may spend
    ├── NotFound            nothing has that name or id
    ├── Conflict            the change would overwrite or contradict something
    │   ├── AlreadyAnswered … somebody else answered first
    │   └── NotWaiting      … the job takes no such answer, now or ever
    ├── Unclear             a reply says neither yes nor no
    ├── GateFailed          a draft has findings that block its promotion
    ├── EvalsError          cases, or the files of a run, cannot be read
    ├── AgentError          an agent, or a judge, cannot do its work: asking again does not help
    │   └── AgentAway       … its provider did not answer: asking again may help
    ├── MetricError         a metric cannot be loaded, does not answer with a number, or has nothing to measure
    ├── StorageError        the fleet's folder or database cannot be written
    │   ├── DatabaseAway    … nothing answers at its address: trying again may help
    │   └── WrongRevision   … the database was laid out by another version
    └── SettingsError       a setting is unknown or malformed

A message names the thing; `hint` says what to do next. A leaf exists where a caller acts differently.
Exit codes live in `cli/main.py` alone.
"""

from __future__ import annotations


class SkillFleetError(Exception):
    """Any failure a person can act on: `message` says what, `hint` says what next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SkillError(SkillFleetError):
    """A skill cannot be read."""


class ParseError(SkillError):
    """The text of a skill breaks at `line`, `column` (both count from 1)."""

    def __init__(self, message: str, hint: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message, hint)
        self.args = (message, hint, line, column)
        self.line = line
        self.column = column


class BadName(SkillError):
    """A skill name is not lower-case letters, digits and single hyphens."""


class SourceError(SkillFleetError):
    """Material for a skill cannot be read."""


class SourceMissing(SourceError):
    """The path, package or command is not there."""


class SourceEmpty(SourceError):
    """The source was read and holds too little text to make a skill of."""


class SourceTooLarge(SourceError):
    """The source is beyond a stated limit."""


class SourceTimeout(SourceError):
    """The command did not answer in time."""


class BriefError(SkillFleetError):
    """The task is empty or too short to rank evidence by."""


class NeedsPerson(SkillFleetError):
    """A step cannot go on as things stand. The job asks a person, and after `proceed` the step is tried anew."""


class AuthorError(NeedsPerson):
    """The one who writes cannot."""


class AuthorAway(AuthorError):
    """The provider is overloaded, out of reach or too slow, after all attempts."""


class AuthorRefused(AuthorError):
    """The provider refuses: a wrong key, an unknown model, no credit, a request that is too long."""


class AuthorUnusable(AuthorError):
    """The model answered, and none of its answers could be read as what was asked for."""


class BudgetSpent(AuthorError):
    """The next request would go beyond what the job may spend."""


class NotFound(SkillFleetError):
    """Nothing has that name or id."""


class Conflict(SkillFleetError):
    """The change would overwrite or contradict something that is there."""


class AlreadyAnswered(Conflict):
    """Somebody answered the prompt before: `winner` says who, through what and when."""

    def __init__(self, message: str, hint: str = "", winner: str = "") -> None:
        super().__init__(message, hint)
        self.args = (message, hint, winner)
        self.winner = winner


class NotWaiting(Conflict):
    """The prompt is closed or has expired, the job is over, or the action is not among those it takes."""


class Unclear(SkillFleetError):
    """A reply that is no action: nothing is changed, and the question stands."""


class GateFailed(SkillFleetError):
    """A draft has findings that block its promotion."""


class MetricError(SkillFleetError):
    """A metric cannot be loaded, does not answer with a number from 0 to 1, or lacks what it measures against."""


class EvalsError(SkillFleetError):
    """Cases, or the files of a run, are malformed."""


class AgentError(SkillFleetError):
    """The program is missing, the key is refused, the answer has no known form."""


class AgentAway(AgentError):
    """The provider is overloaded, out of reach or too slow."""


class StorageError(SkillFleetError):
    """The fleet's folder or database cannot be read or written."""


class DatabaseAway(StorageError):
    """Nothing answers where the database should be."""


class WrongRevision(StorageError):
    """The database was laid out by an older or a newer version of the program."""


class SettingsError(SkillFleetError):
    """A setting is unknown or malformed."""
