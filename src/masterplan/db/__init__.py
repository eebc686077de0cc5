"""The database: how it is opened, how a unit of work begins and ends, how it is migrated.

`database` is what everything else uses; `sqlite` and `postgres` know how each is opened, `signals`
tells other processes of commits, `migrations` brings a database to the newest revision.
"""

from masterplan.db.database import (
    CHANGED_CONVERSATIONS,
    CHANGED_PLANS,
    CommitListener,
    ConversationListener,
    Database,
)
from masterplan.db.migrations import alembic_config, migrate
from masterplan.db.urls import database_url

__all__ = [
    "CHANGED_CONVERSATIONS",
    "CHANGED_PLANS",
    "CommitListener",
    "ConversationListener",
    "Database",
    "alembic_config",
    "database_url",
    "migrate",
]
