"""The facts of a turn stand in one row"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("facts", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "line_id", "version", name=op.f("journal_pkey")),
    )
    op.execute(
        "INSERT INTO journal (service_id, line_id, version, facts, at) "
        "SELECT service_id, line_id, version, json_agg(body ORDER BY n), min(at) FROM fact "
        "GROUP BY service_id, line_id, version"
    )
    op.drop_table("fact")
    op.execute("ALTER TABLE word ALTER COLUMN body TYPE bytea USING nonce || body")
    op.drop_column("word", "nonce")
    op.execute("ALTER TABLE line ALTER COLUMN state TYPE json USING state::text::json")
    # A state is written anew in each turn: squeezing it costs a fifth of the commit. What is sealed cannot be squeezed.
    op.execute("ALTER TABLE line SET (toast_tuple_target = 8160)")
    op.execute("ALTER TABLE word ALTER COLUMN body SET STORAGE EXTERNAL")
