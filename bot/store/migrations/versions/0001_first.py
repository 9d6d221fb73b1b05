"""Recipes, sent messages, members, groups, usage, favourites, the page's log and the files it names."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recipes",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("op", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("group_id", sa.String),
        sa.Column("parents", sa.JSON, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipes"),
    )
    op.create_table(
        "sent",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("surface", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("message_id", sa.String, nullable=False),
        sa.Column("picture", sa.String, sa.ForeignKey("recipes.id", name="fk_sent_picture_recipes")),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sent"),
        sa.UniqueConstraint("surface", "chat", "message_id", name="uq_sent_surface_chat_message_id"),
    )
    op.create_index("ix_sent_surface_chat_member_id_id", "sent", ["surface", "chat", "member_id", "id"])
    op.create_index("ix_sent_picture", "sent", ["picture"])
    op.create_table(
        "members",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("locale", sa.String),
        sa.Column("banned", sa.Boolean, nullable=False),
        sa.Column("banned_until", TIME),
        sa.Column("ban_reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("locale", sa.String),
        sa.Column("disabled", sa.JSON, nullable=False),
        sa.Column("cooldown_seconds", sa.Double),
        sa.Column("quota_per_day", sa.Integer),
        sa.Column("banned", sa.Boolean, nullable=False),
        sa.Column("banned_until", TIME),
        sa.Column("ban_reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_table(
        "usage",
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "day", name="pk_usage"),
    )
    op.create_table(
        "favourites",
        sa.Column("id", sa.Integer, autoincrement=True),
        sa.Column("member_id", sa.String, nullable=False),
        sa.Column(
            "picture", sa.String, sa.ForeignKey("recipes.id", name="fk_favourites_picture_recipes"), nullable=False
        ),
        sa.Column("face", sa.Integer, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_favourites"),
        sa.UniqueConstraint("member_id", "picture", "face", name="uq_favourites_member_id_picture_face"),
    )
    op.create_table(
        "web_log",
        sa.Column("seq", sa.Integer, autoincrement=True),
        sa.Column("visitor", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_web_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_web_log_visitor_seq", "web_log", ["visitor", "seq"])
    op.create_table(
        "file_uses",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("key", "owner", name="pk_file_uses"),
    )
    op.create_index("ix_file_uses_owner", "file_uses", ["owner"])
