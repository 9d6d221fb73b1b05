"""Characters that groups teach the bot, and the pictures that their members contribute."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "characters",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("folded", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("aliases", sa.JSON, nullable=False),
        sa.Column("description", sa.String, nullable=False),
        sa.Column("licence", sa.String, nullable=False),
        sa.Column("contributors", sa.String, nullable=False),
        sa.Column("review", sa.String, nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_characters"),
        sa.UniqueConstraint("owner", "folded", name="uq_characters_owner_folded"),
        # Numbers are never given twice: models are called by them.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_characters_member_id", "characters", ["member_id"])
    op.create_table(
        "default_characters",
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("character_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_default_characters"),
        sa.ForeignKeyConstraint(
            ["character_id"],
            ["characters.id"],
            name="fk_default_characters_character_id_characters",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_default_characters_character_id", "default_characters", ["character_id"])
    op.create_table(
        "contributions",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("character_id", sa.Integer, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("batch", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("file", sa.String, nullable=True),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("phash", sa.LargeBinary, nullable=False),
        sa.Column("whole", sa.LargeBinary, nullable=False),
        sa.Column("embedding", sa.LargeBinary, nullable=True),
        sa.Column("side", sa.Integer, nullable=False),
        sa.Column("sharpness", sa.Double, nullable=False),
        sa.Column("likeness", sa.Double, nullable=True),
        sa.Column("nsfw", sa.Double, nullable=True),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contributions"),
        sa.ForeignKeyConstraint(["character_id"], ["characters.id"], name="fk_contributions_character_id_characters"),
        sa.UniqueConstraint("character_id", "sha256", name="uq_contributions_character_id_sha256"),
        # Numbers are never given twice: versions remember what they were trained on.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contributions_character_id_state_id", "contributions", ["character_id", "state", "id"])
    op.create_index("ix_contributions_member_id", "contributions", ["member_id"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_member_id", "consents", ["member_id"])
    op.create_table(
        "refused_hashes",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("phash", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refused_hashes"),
        sa.UniqueConstraint("owner", "phash", name="uq_refused_hashes_owner_phash"),
    )
    op.create_index("ix_refused_hashes_member_id", "refused_hashes", ["member_id"])
