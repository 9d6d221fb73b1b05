"""What a model cannot do."""


class BadRequest(ValueError):
    """A request that no model could answer; the message is for the log, never for a member."""
