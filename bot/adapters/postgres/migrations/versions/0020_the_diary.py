"""The diary: what patients write down between check-ins, a row each"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "diary",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("word_id", sa.UUID(), nullable=True),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id", "line_id"],
            ["line.service_id", "line.line_id"],
            name="diary_service_id_line_id_fkey",
        ),
        sa.PrimaryKeyConstraint("service_id", "line_id", "entry_id", name="diary_pkey"),
    )
    op.create_index("diary_by_time", "diary", ["service_id", "line_id", "at"])
    op.execute("SELECT bounceback_lock('diary', 'line_id')")
