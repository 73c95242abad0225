"""What a person can set, and where each value comes from.

    flag  >  variable  >  project file  >  user file  >  default

The project file is the nearest `skill-fleet.toml`, or `pyproject.toml` with a `[tool.skill-fleet]` table, going up
from the current folder. The user file is `config.toml` in the user's configuration folder for skill-fleet. A variable
is called SKILL_FLEET_ and the setting's name; FLEET_MODEL_ and the name of a role or a task says which model has it.
Tables are put together key by key, but for the connection to a model: who names a model also says its address and the
variable of its key.
"""

from __future__ import annotations

from skill_fleet.settings.layers import MODEL_PREFIX, load_settings, origins, user_file
from skill_fleet.settings.secrets import HIDDEN, hide_keys
from skill_fleet.settings.tables import (
    CONNECTION,
    DEFAULT_TABLE,
    TABLE_KEYS,
    TABLES,
    Adapter,
    ModelTable,
    Price,
    Role,
    Task,
    parse_model,
)
from skill_fleet.settings.values import (
    ENV_PREFIX,
    MEMORY,
    AuthorName,
    LogLevel,
    ReviewPolicy,
    Settings,
    Style,
    cache_folder,
    database_url,
    home_folder,
)

__all__ = [
    "CONNECTION",
    "DEFAULT_TABLE",
    "ENV_PREFIX",
    "HIDDEN",
    "MEMORY",
    "MODEL_PREFIX",
    "TABLES",
    "TABLE_KEYS",
    "Adapter",
    "AuthorName",
    "LogLevel",
    "ModelTable",
    "Price",
    "ReviewPolicy",
    "Role",
    "Settings",
    "Style",
    "Task",
    "cache_folder",
    "database_url",
    "hide_keys",
    "home_folder",
    "load_settings",
    "origins",
    "parse_model",
    "user_file",
]
