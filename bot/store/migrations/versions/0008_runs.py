"""The training of characters: versions and what they learnt from, runs, votes, schedules."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("character", sa.Integer, nullable=False),
        sa.Column("parent", sa.String, nullable=False),
        sa.Column("run", sa.Integer),
        sa.Column("kimg", sa.Double, nullable=False),
        sa.Column("data", sa.String, nullable=False),
        sa.Column("pictures", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("numbers", sa.JSON, nullable=False),
        sa.Column("tainted", sa.Boolean, nullable=False),
        sa.Column("pruned", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promoted", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_versions"),
    )
    op.create_index("ix_versions_character", "versions", ["character"])
    op.create_table(
        "version_contributions",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("contribution", sa.Integer, nullable=False),
        sa.Column("held_out", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["version"], ["versions.id"], name="fk_version_contributions_version_versions"),
        sa.PrimaryKeyConstraint("version", "contribution", name="pk_version_contributions"),
    )
    op.create_index("ix_version_contributions_contribution", "version_contributions", ["contribution"])
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("character", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("member_id", sa.String),
        sa.Column("group_id", sa.String),
        sa.Column("minutes", sa.Double, nullable=False),
        sa.Column("device", sa.String),
        sa.Column("base", sa.String),
        sa.Column("data", sa.String),
        sa.Column("pictures", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("progress", sa.JSON, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("version", sa.String),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True)),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        # Numbers are never given twice: they name folders.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_character", "runs", ["character"])
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_table(
        "votes",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("picture", sa.String, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["versions.id"], name="fk_votes_version_versions"),
        sa.PrimaryKeyConstraint("version", "picture", "member_id", name="pk_votes"),
    )
    op.create_index("ix_votes_member_id", "votes", ["member_id"])
    op.create_table(
        "schedules",
        sa.Column("character", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("cron", sa.String, nullable=False),
        sa.Column("timezone", sa.String),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("minutes", sa.Double),
        sa.Column("least", sa.Integer),
        sa.PrimaryKeyConstraint("character", name="pk_schedules"),
    )
