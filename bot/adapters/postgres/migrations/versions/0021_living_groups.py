"""Groups that are alive: several rooms a group, reactions, the record of moderation, hosts' notes"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Whoever may open a room reads what its members wrote there, what they say to a decision, and the names they chose.
ROOMS = "''{duty,lead,clinical_lead,service_lead,therapist,clinician,host}''"
WORDS = f"kind IN (''post'', ''pseudonym'', ''appeal'') AND (SELECT bounceback_has({ROOMS}))"
TIME = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("room", sa.Column("n", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("room", sa.Column("hosts", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("room", sa.Column("open_until", TIME, nullable=True))
    op.add_column("room", sa.Column("week", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("room", sa.Column("over", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.drop_constraint("room_service_id_group_key_key", "room", type_="unique")
    op.create_unique_constraint("room_service_id_group_key_n_key", "room", ["service_id", "group_key", "n"])
    op.add_column("member", sa.Column("read_at", TIME, nullable=True))
    op.add_column(
        "member", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("post", "word_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("post", sa.Column("shown_at", TIME, nullable=True))
    bind = op.get_bind()
    for service in bind.execute(sa.text("SELECT service_id FROM service")).scalars().all():
        seen = sa.text("UPDATE post SET shown_at = at WHERE service_id = :service AND status = 'shown'")
        bind.execute(seen, {"service": service})
    op.add_column("post", sa.Column("why", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column(
        "post", sa.Column("distress", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("post", sa.Column("warning", sa.Text(), nullable=True))
    op.add_column("post", sa.Column("mentions", postgresql.ARRAY(sa.UUID()), nullable=True))
    op.add_column("post", sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'post'")))
    op.add_column("post", sa.Column("about", sa.Text(), nullable=True))
    op.create_index("post_by_time", "post", ["service_id", "line_id", "shown_at"])
    _create(
        "reaction",
        ["line_id", "seq", "patient_id", "kind"],
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )
    op.create_index("reaction_service_id_patient_id_idx", "reaction", ["service_id", "patient_id"])
    _create(
        "moderation",
        ["line_id", "case_n"],
        sa.Column("case_n", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.UUID(), nullable=True),
        sa.Column("of_case", sa.BigInteger(), nullable=True),
        sa.Column("word_id", sa.UUID(), nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
    )
    op.create_index(
        "moderation_open",
        "moderation",
        ["service_id", "line_id"],
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_index("moderation_service_id_member_id_idx", "moderation", ["service_id", "member_id"])
    _create(
        "host_note",
        ["line_id", "word_id"],
        sa.Column("word_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("to_id", sa.UUID(), nullable=True),
        sa.Column("about_id", sa.UUID(), nullable=True),
        sa.Column("at", TIME, nullable=False),
    )

    op.execute("DROP POLICY whom_they_may_open ON word")
    op.execute(f"SELECT bounceback_lock('word', 'owner_id', '{WORDS}')")


def _create(table: str, key: list[str], *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("service_id", sa.UUID(), nullable=False),
        sa.Column("line_id", sa.UUID(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("service_id", *key, name=f"{table}_pkey"),
        sa.ForeignKeyConstraint(
            ["service_id", "line_id"],
            ["line.service_id", "line.line_id"],
            name=f"{table}_service_id_line_id_fkey",
        ),
    )
    op.execute(f"SELECT bounceback_lock('{table}', 'line_id')")
