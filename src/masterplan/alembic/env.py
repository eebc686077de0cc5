"""Runs migrations on the URL that `masterplan.db.alembic_config` hands over."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from masterplan.models import Base

engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        # DBOS keeps its checkpoints of our transactions in tables of its own beside ours.
        include_name=lambda name, type_, _parents: (
            type_ != "table" or name is None or name in Base.metadata.tables
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
