"""Short codes and the wrong tries at them, and sessions on a shared device"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "session", sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("session", sa.Column("parent_hash", sa.LargeBinary(), nullable=True))
    op.create_index("invite_service_id_patient_id_idx", "invite", ["service_id", "patient_id"])
    op.create_table(
        "wrong_code",
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("hour", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "hour", name="wrong_code_pkey"),
    )
