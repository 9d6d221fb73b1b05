"""The models that groups have chosen to draw with."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "chosen_models",
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("use", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("owner", "use", name="pk_chosen_models"),
    )
