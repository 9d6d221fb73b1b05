"""The heads that groups have of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "heads",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("place", sa.JSON, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heads"),
        sa.UniqueConstraint("owner", "folded", name="uq_heads_owner_folded"),
        # Numbers are never given twice: files are needed by number.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_heads_member_id", "heads", ["member_id"])
