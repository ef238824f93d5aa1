"""Who is away with who covers, who is on call, and the calendars that said so"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _id(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, postgresql.UUID(as_uuid=True), nullable=null)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "leave",
        *(_id("service_id"), _id("leave_id"), _id("staff_id"), _time("from_at"), _time("until_at")),
        _id("cover_id", null=True),
        sa.PrimaryKeyConstraint("service_id", "leave_id", name="leave_pkey"),
    )
    op.create_index("leave_by_end", "leave", ["service_id", "until_at"])
    op.create_table(
        "shift",
        *(_id("service_id"), _id("shift_id"), _id("staff_id"), _time("from_at"), _time("until_at")),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "shift_id", name="shift_pkey"),
    )
    op.create_index("shift_by_end", "shift", ["service_id", "until_at"])
    op.create_table(
        "rota_feed",
        *(_id("service_id"), _id("feed_id")),
        sa.Column("place", sa.Text(), nullable=False),
        _time("seen_at"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("service_id", "feed_id", name="rota_feed_pkey"),
        sa.UniqueConstraint("service_id", "place", name="rota_feed_service_id_place_key"),
    )
