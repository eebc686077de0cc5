"""Keep the file that a plan was imported from."""

import sqlalchemy as sa
from alembic import op

revision = "20251126_0900"
down_revision = "20251125_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "masterplan_sources",
        sa.Column("masterplan_id", sa.String(length=36), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("sync_path", sa.Text(), nullable=True),
        sa.Column("sync_node", sa.String(length=36), nullable=True),
        sa.Column("sync_notices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_masterplan_sources_masterplan_id_masterplans"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("masterplan_id", name=op.f("pk_masterplan_sources")),
    )


def downgrade() -> None:
    op.drop_table("masterplan_sources")
