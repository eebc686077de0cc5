"""Record the events of a plan, numbered without a gap."""

import sqlalchemy as sa
from alembic import op

revision = "20251103_0930"
down_revision = "20251103_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=50), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_events_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("masterplan_id", "seq", name=op.f("pk_events")),
    )


def downgrade() -> None:
    op.drop_table("events")
