"""A release keeps the files it was built from; editors' drafts and signatures"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release", sa.Column("put_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.execute("UPDATE release SET put_at = made_at")
    op.alter_column("release", "put_at", nullable=False)
    op.create_table(
        "content_file",
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("content_file_pkey")),
    )
    op.create_table(
        "draft",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("by_id", sa.UUID(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("service_id", "file", "n", name=op.f("draft_pkey")),
    )
    op.create_table(
        "signature",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("by_id", sa.UUID(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Text(), nullable=False),
        sa.Column("review_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "file", "sha256", "by_id", name=op.f("signature_pkey")),
    )
