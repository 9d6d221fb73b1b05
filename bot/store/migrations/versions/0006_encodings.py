"""What saved faces that were made of a member's own picture are drawn from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "encodings",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("picture", sa.String, nullable=False),
        sa.Column("face", sa.Integer, nullable=False),
        sa.Column("file", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["picture"], ["recipes.id"], name="fk_encodings_picture_recipes"),
        sa.PrimaryKeyConstraint("id", name="pk_encodings"),
        sa.UniqueConstraint("member_id", "picture", "face", name="uq_encodings_member_id_picture_face"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_encodings_picture", "encodings", ["picture"])
