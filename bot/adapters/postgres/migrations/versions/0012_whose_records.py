"""The second lock: what the desk reads it reads under a role whose policies hold it to whom somebody may open"""

import sqlalchemy as sa
from alembic import op

from bot.core.errors import Misuse

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Roles belong to the whole cluster: another record's migration may be making it in this moment.
ROLE = """
DO $$
BEGIN
  FOR n IN 1..20 LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bounceback_desk') THEN
        CREATE ROLE bounceback_desk NOLOGIN NOINHERIT;
      END IF;
      IF NOT pg_has_role(current_user, 'bounceback_desk', 'SET') THEN
        GRANT bounceback_desk TO CURRENT_USER;
      END IF;
      RETURN;
    EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
      PERFORM pg_sleep(0.05);
    END;
  END LOOP;
  RAISE EXCEPTION 'bounceback_desk is being changed by others';
END $$
"""
MAY_MAKE_IT = """
SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = 'bounceback_desk'
                               AND pg_has_role(current_user, oid, 'SET'))
       OR (SELECT rolsuper OR (rolcreaterole AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bounceback_desk'))
             FROM pg_roles WHERE rolname = current_user)
"""

# What the transaction says of itself; without it nothing is there.
WHO = """
CREATE FUNCTION bounceback_service() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('bounceback.service', true), '')::uuid $$;
CREATE FUNCTION bounceback_staff() RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('bounceback.staff', true), '')::uuid $$;
CREATE FUNCTION bounceback_at() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT nullif(current_setting('bounceback.at', true), '')::timestamptz $$
"""

HAS_A_ROLE = """
CREATE FUNCTION bounceback_has(wanted text[]) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  RETURN EXISTS (SELECT FROM staff s WHERE s.service_id = bounceback_service() AND s.staff_id = bounceback_staff()
                    AND s.left_at IS NULL AND s.roles && wanted);
END $$
"""

EVERYBODY = "'{duty,lead,clinical_lead,service_lead}'"
CASELOAD = "'{therapist,clinician}'"
ROOMS = "'{duty,lead,clinical_lead,service_lead,therapist,clinician,host}'"

LINES = f"""
CREATE FUNCTION bounceback_lines() RETURNS SETOF uuid
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 100 AS $$
DECLARE
  here uuid := bounceback_service();
  me uuid := bounceback_staff();
  moment timestamptz := bounceback_at();
  theirs uuid[];
  called boolean;
BEGIN
  IF bounceback_has({ROOMS}) THEN
    RETURN QUERY SELECT r.line_id FROM room r WHERE r.service_id = here;
  END IF;
  IF NOT bounceback_has({CASELOAD}) THEN
    RETURN;
  END IF;
  theirs := ARRAY(
    WITH RECURSIVE those(staff_id) AS (
      SELECT me
       UNION
      SELECT l.staff_id FROM leave l JOIN those t ON l.cover_id = t.staff_id
       WHERE l.service_id = here AND l.from_at <= moment AND l.until_at > moment)
    SELECT t.staff_id FROM those t);
  called := EXISTS (SELECT FROM shift h WHERE h.service_id = here AND h.staff_id = me
                       AND h.from_at <= moment AND h.until_at > moment);
  RETURN QUERY
    SELECT p.line_id FROM person p WHERE p.service_id = here
       AND (p.owner_id = ANY(theirs) OR p.clinician_id = ANY(theirs) OR (p.owner_id IS NULL AND p.clinician_id IS NULL));
  RETURN QUERY
    SELECT a.line_id FROM alert a WHERE a.service_id = here AND a.state <> 'resolved'
       AND (called OR a.acted_by = me OR a.owner_id = ANY(theirs)
            OR EXISTS (SELECT FROM delivery d WHERE d.service_id = here AND d.alert_id = a.alert_id AND d.staff_id = me));
  RETURN QUERY
    SELECT a.line_id FROM alert a WHERE a.service_id = here AND a.state = 'resolved'
       AND a.acted_by = me AND a.resolved_at > moment - interval '14 days';
END $$
"""

# A table that holds rows of patients: by the column that names the Line. A later migration calls it for its own tables.
LOCK = f"""
CREATE FUNCTION bounceback_lock(locked regclass, by_column name, more text DEFAULT 'false') RETURNS void
  LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', locked);
  EXECUTE format(
    'CREATE POLICY whom_they_may_open ON %s TO bounceback_desk USING (service_id = (SELECT bounceback_service())
       AND ((SELECT bounceback_has({EVERYBODY.replace("'", "''")})) OR %I IN (SELECT bounceback_lines()) OR %s))',
    locked, by_column, more);
  EXECUTE format('GRANT SELECT ON %s TO bounceback_desk', locked);
END $$
"""

LOCKED = {
    "person": "line_id",
    "message": "line_id",
    "score": "line_id",
    "module_run": "line_id",
    "journal": "line_id",
    "alert": "line_id",
    "evidence": "line_id",
    "screen_mark": "line_id",
    "room": "line_id",
    "member": "line_id",
    "post": "line_id",
}
# Whoever may open a room reads what its members wrote there, and the names that they chose for it.
WORDS = (
    f"kind IN (''post'', ''pseudonym'') AND (SELECT bounceback_has({ROOMS.replace(chr(39), chr(39) * 2)}))"
)
NOT_READ = ("heard", "timer", "outbox", "session", "invite")
"""Rows of patients that no page shows: locked, and nothing is granted."""


def upgrade() -> None:
    op.add_column("person", sa.Column("clinician_id", sa.UUID(), nullable=True))
    op.create_index("person_service_id_owner_id_idx", "person", ["service_id", "owner_id"])
    op.create_index("person_service_id_clinician_id_idx", "person", ["service_id", "clinician_id"])
    op.create_index(
        "alert_closed_by",
        "alert",
        ["service_id", "acted_by", "resolved_at"],
        postgresql_where=sa.text("state = 'resolved'"),
    )
    _role()
    for one in WHO.split(";\n"):
        op.execute(one)
    for function in (HAS_A_ROLE, LINES, LOCK):
        op.execute(function)
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO bounceback_desk', current_schema()); END $$"
    )
    op.execute("GRANT SELECT (service_id, staff_id, roles, left_at) ON staff TO bounceback_desk")
    op.execute("GRANT SELECT ON leave, shift TO bounceback_desk")
    for table, column in LOCKED.items():
        op.execute(f"SELECT bounceback_lock('{table}', '{column}')")
    op.execute(f"SELECT bounceback_lock('word', 'owner_id', '{WORDS}')")
    op.execute("SELECT bounceback_lock('audit', 'chain', 'chain = (SELECT bounceback_service())')")
    op.execute("GRANT INSERT ON audit TO bounceback_desk")
    op.execute("GRANT INSERT, UPDATE, DELETE ON screen_mark TO bounceback_desk")
    _line()
    for table in ("delivery", "notice"):
        _of_alerts(table)
    for table in NOT_READ:
        op.execute(f"SELECT bounceback_lock('{table}', '{_column(table)}')")
        op.execute(f"REVOKE SELECT ON {table} FROM bounceback_desk")


def _role() -> None:
    who, may = op.get_bind().execute(sa.text(MAY_MAKE_IT)).one()
    if not may:
        raise Misuse(
            f"the desk reads the record under a role of its own, which {who} may neither make nor take on: let an administrator "
            f'run CREATE ROLE bounceback_desk NOLOGIN NOINHERIT (if it is not there) and GRANT bounceback_desk TO "{who}", '
            "then start again"
        )
    op.execute(ROLE)


def _column(table: str) -> str:
    return {"session": "subject_id", "invite": "patient_id"}.get(table, "line_id")


def _line() -> None:
    """Where a conversation stands and its key are not for pages."""
    op.execute("SELECT bounceback_lock('line', 'line_id')")
    op.execute("REVOKE SELECT ON line FROM bounceback_desk")
    op.execute("GRANT SELECT (service_id, line_id, kind, version, seq) ON line TO bounceback_desk")


def _of_alerts(table: str) -> None:
    """Of the alerts that they may open, as the policy of these says."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY whom_they_may_open ON {table} TO bounceback_desk USING (service_id = (SELECT bounceback_service()) "
        "AND alert_id IN (SELECT a.alert_id FROM alert a WHERE a.service_id = (SELECT bounceback_service())))"
    )
    op.execute(f"GRANT SELECT ON {table} TO bounceback_desk")
