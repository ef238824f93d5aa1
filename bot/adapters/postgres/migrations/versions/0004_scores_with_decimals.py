"""A score may be a mean, or a sum times a factor"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE score ALTER COLUMN total TYPE double precision")
