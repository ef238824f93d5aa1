"""Reminders of patients: each from its plan to its end, and by which ways it was sent"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "reminder",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("reminder_id", sa.UUID(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id", "line_id"],
            ["line.service_id", "line.line_id"],
            name="reminder_service_id_line_id_fkey",
        ),
        sa.PrimaryKeyConstraint("service_id", "line_id", "reminder_id", name="reminder_pkey"),
    )
    op.create_index(
        "reminder_planned",
        "reminder",
        ["service_id", "due_at"],
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "reminder_sent",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("reminder_id", sa.UUID(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("opened_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("service_id", "line_id", "reminder_id", "way", name="reminder_sent_pkey"),
    )
    for table in ("reminder", "reminder_sent"):
        op.execute(f"SELECT bounceback_lock('{table}', 'line_id')")
