"""Reminders that reach patients: their devices and numbers, when one was opened, and times in which none were given"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = postgresql.TIMESTAMP(timezone=True)
    op.add_column("reminder", sa.Column("opened_at", moment, nullable=True))
    op.create_table(
        "reach",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("reach_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ok_at", moment, nullable=True),
        sa.Column("failing_at", moment, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _of_line("reach"),
        sa.PrimaryKeyConstraint("service_id", "line_id", "reach_id", name="reach_pkey"),
    )
    op.create_table(
        "reminder_wish",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("discreet", sa.Boolean(), nullable=False),
        _of_line("reminder_wish"),
        sa.PrimaryKeyConstraint("service_id", "line_id", name="reminder_wish_pkey"),
    )
    op.create_table(
        "schedule_late",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("told_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("service_id", "began_at", name="schedule_late_pkey"),
    )
    op.create_index(
        "schedule_late_open",
        "schedule_late",
        ["service_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for table in ("reach", "reminder_wish"):
        op.execute(f"SELECT bounceback_lock('{table}', 'line_id')")


def _of_line(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["service_id", "line_id"],
        ["line.service_id", "line.line_id"],
        name=f"{table}_service_id_line_id_fkey",
    )
