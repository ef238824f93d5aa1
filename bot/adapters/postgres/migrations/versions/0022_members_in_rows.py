"""Members of a group in rows of their own, as its Line's state has them: no turn writes the others again"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# As the how-manieth each came last, by the facts of their room.
CAME = """
SELECT f.fact ->> 'patient' AS patient, max(f.n) AS came
  FROM (SELECT e.fact, row_number() OVER (ORDER BY j.version, e.at) AS n
          FROM journal j, json_array_elements(j.facts) WITH ORDINALITY e(fact, at)
         WHERE j.service_id = :service AND j.line_id = :line
           AND e.fact ->> 'type' IN ('member_waits', 'member_joined')) f
 GROUP BY 1
"""
MEMBER = """
UPDATE member SET state = cast(:state AS jsonb)
 WHERE service_id = :service AND line_id = :line AND patient_id = cast(:patient AS uuid)
"""
LINE = "UPDATE line SET state = cast(:state AS json) WHERE service_id = :service AND line_id = :line"


def upgrade() -> None:
    op.add_column(
        "room", sa.Column("members_version", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("member", sa.Column("state", JSONB(), nullable=True))
    bind = op.get_bind()
    for service in bind.execute(sa.text("SELECT service_id FROM service")).scalars().all():
        rooms = sa.text("SELECT line_id FROM line WHERE service_id = :service AND kind = 'group'")
        for line in bind.execute(rooms, {"service": service}).scalars().all():
            _split(bind, {"service": service, "line": line})
    op.alter_column("member", "state", nullable=False)


def _split(bind: sa.Connection, room: dict[str, object]) -> None:
    read = sa.text("SELECT state::text FROM line WHERE service_id = :service AND line_id = :line")
    state = json.loads(bind.execute(read, room).scalar_one())
    members = state.pop("members", {})
    came = {row.patient: row.came for row in bind.execute(sa.text(CAME), room)}
    for patient, member in members.items():
        row = {"patient": patient, "state": json.dumps(member | {"came": came[patient]})}
        bind.execute(sa.text(MEMBER), room | row)
    bind.execute(sa.text(LINE), room | {"state": json.dumps(state)})
