"""The digest of routine alerts: its days, each person's letter, and who wants none"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "digest_day",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "day", name="digest_day_pkey"),
    )
    op.create_table(
        "digest",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("listed", postgresql.JSONB(), nullable=True),
        sa.Column("fresh", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("service_id", "staff_id", "day", name="digest_pkey"),
    )
    op.create_table(
        "digest_off",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("service_id", "staff_id", name="digest_off_pkey"),
    )
