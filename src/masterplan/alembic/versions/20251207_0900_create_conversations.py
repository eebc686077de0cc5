"""Keep conversations and their messages, and journal what is asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "20251207_0900"
down_revision = "20251206_0900"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(precision=14, scale=6)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("repository", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tokens_input", sa.Integer(), nullable=False),
        sa.Column("tokens_output", sa.Integer(), nullable=False),
        sa.Column("cost_usd", MONEY, nullable=False),
        sa.Column("unpriced_requests", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])
    _create_messages()
    with op.batch_alter_table("model_requests") as batch:
        batch.alter_column("masterplan_id", existing_type=sa.String(length=36), nullable=True)
        batch.add_column(sa.Column("message_id", sa.String(length=36), nullable=True))
        batch.create_foreign_key(
            op.f("fk_model_requests_message_id_conversation_messages"),
            "conversation_messages",
            ["message_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_index("ix_model_requests_message_id", ["message_id"])


def _create_messages() -> None:
    op.create_table(
        "conversation_messages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("masterplan_id", sa.String(length=36), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("waiting_reason", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_conversation_messages_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["masterplan_id"],
            ["masterplans.id"],
            name=op.f("fk_conversation_messages_masterplan_id_masterplans"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_messages")),
    )
    op.create_index(
        "ix_conversation_messages_conversation_id_ordinal",
        "conversation_messages",
        ["conversation_id", "ordinal"],
        unique=True,
    )
    for name in ("masterplan_id", "status"):
        op.create_index(f"ix_conversation_messages_{name}", "conversation_messages", [name])


def downgrade() -> None:
    op.execute("DELETE FROM model_requests WHERE masterplan_id IS NULL")
    with op.batch_alter_table("model_requests") as batch:
        batch.drop_index("ix_model_requests_message_id")
        batch.drop_constraint(
            op.f("fk_model_requests_message_id_conversation_messages"), type_="foreignkey"
        )
        batch.drop_column("message_id")
        batch.alter_column("masterplan_id", existing_type=sa.String(length=36), nullable=False)
    op.drop_table("conversation_messages")
    op.drop_table("conversations")
