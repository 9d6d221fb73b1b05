"""The schema's history. A new revision is a new file in `versions/`, written by hand with the next number.

A test compares what they build with `bot.store.schema`. Revisions never import the schema: it moves on, they do not.
None goes back: an older program refuses a newer database, and the way back is a backup.
"""

REVISION = "0008"  # the newest; known here so that a start with nothing to do need not import Alembic
