"""Keep what was found in the repository that a plan is made for."""

import sqlalchemy as sa
from alembic import op

revision = "20251204_0900"
down_revision = "20251203_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "masterplan_discoveries",
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("commit", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_masterplan_discoveries_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("masterplan_id", name=op.f("pk_masterplan_discoveries")),
    )


def downgrade() -> None:
    op.drop_table("masterplan_discoveries")
