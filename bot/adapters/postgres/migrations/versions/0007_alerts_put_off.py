"""Alerts that are put off for a while, and how often one came back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("snoozed_until", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("reopened", sa.Integer(), nullable=False, server_default=sa.text("0")))
