"""Webhooks, devices and further places that hear of alerts besides e-mail, and what became of each telling"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "channel",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ok_at", moment, nullable=True),
        sa.Column("failing_at", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("service_id", "channel_id", name="channel_pkey"),
    )
    op.create_table(
        "notice",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("outbox_id", sa.UUID(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("alert_id", sa.UUID(), nullable=False),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("service_id", "outbox_id", "channel_id", name="notice_pkey"),
    )
    op.create_index("notice_service_id_alert_id_idx", "notice", ["service_id", "alert_id"])
    op.create_table(
        "push_key",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("service_id", name="push_key_pkey"),
    )
