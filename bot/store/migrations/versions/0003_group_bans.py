"""Members whom a group's admins have banned there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "group_bans",
        sa.Column("group_id", sa.String, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("group_id", "member_id", name="pk_group_bans"),
    )
    op.create_index("ix_group_bans_member_id", "group_bans", ["member_id"])
