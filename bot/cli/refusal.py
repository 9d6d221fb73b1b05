"""How a command of the command line says no."""


class Refusal(Exception):
    """Refused: shown as one sentence on stderr, exit status 1."""
