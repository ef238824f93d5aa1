"""Where the team wrote, and where a colleague came and went: what waits for a person is found by it"""

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "message_of_team",
        "message",
        ["service_id", "line_id", "seq"],
        postgresql_where=text(
            "who = 'team' OR step IN ('texts:hold_began', 'texts:hold_ended', "
            "'texts:care_discharged', 'texts:care_transferred', 'texts:care_taken_back')"
        ),
    )
