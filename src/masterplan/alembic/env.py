"""Runs migrations on the URL that `masterplan.db.alembic_config` hands over."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from masterplan.db.sqlite import migrating_engine
from masterplan.db.urls import is_sqlite
from masterplan.models import Base

url = context.config.attributes["url"]
engine = (
    migrating_engine(url)
    if is_sqlite(url)
    else create_engine(url, poolclass=NullPool, hide_parameters=True)
)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        # DBOS once kept checkpoints of our transactions in a table of its own beside ours.
        include_name=lambda name, type_, _parents: (
            type_ != "table" or name is None or name in Base.metadata.tables
        ),
        # SQLite does not tell that an index descends, so this one always seems to differ.
        include_object=lambda _object, name, type_, _reflected, _compared: (
            (type_, name) != ("index", "ix_masterplan_tasks_start_order")
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
