"""Quiet hours of groups; claims and leases, for several processes on one database."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("groups") as groups:
        groups.add_column(sa.Column("quiet", sa.String))
    op.create_table(
        "claims",
        sa.Column("surface", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("surface", "chat", "message_id", name="pk_claims"),
    )
    op.create_index("ix_claims_created", "claims", ["created"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
