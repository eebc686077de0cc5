"""Store budgets per task, what they were raised to, what is waited for and unknown prices."""

import sqlalchemy as sa
from alembic import op

revision = "20251201_0930"
down_revision = "20251201_0900"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(precision=14, scale=6)


def _unpriced() -> sa.Column[int]:
    return sa.Column("unpriced_requests", sa.Integer(), server_default="0", nullable=False)


def upgrade() -> None:
    with op.batch_alter_table("masterplans") as batch:
        batch.add_column(sa.Column("pause_reason", sa.Text(), nullable=True))
        batch.add_column(_unpriced())
        batch.add_column(sa.Column("raised_budget_usd", MONEY, nullable=True))
        batch.add_column(sa.Column("raised_budget_tokens", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("masterplan_tasks") as batch:
        batch.add_column(_unpriced())
        batch.add_column(sa.Column("approved_budget_usd", MONEY, nullable=True))
        batch.add_column(sa.Column("approved_budget_tokens", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("raised_budget_usd", MONEY, nullable=True))
        batch.add_column(sa.Column("raised_budget_tokens", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("waiting_reason", sa.Text(), nullable=True))
    with op.batch_alter_table("attempts") as batch:
        batch.add_column(_unpriced())


def downgrade() -> None:
    with op.batch_alter_table("attempts") as batch:
        batch.drop_column("unpriced_requests")
    with op.batch_alter_table("masterplan_tasks") as batch:
        for name in (
            "waiting_reason",
            "waiting_since",
            "raised_budget_tokens",
            "raised_budget_usd",
            "approved_budget_tokens",
            "approved_budget_usd",
            "unpriced_requests",
        ):
            batch.drop_column(name)
    with op.batch_alter_table("masterplans") as batch:
        for name in (
            "raised_budget_tokens",
            "raised_budget_usd",
            "unpriced_requests",
            "pause_reason",
        ):
            batch.drop_column(name)
