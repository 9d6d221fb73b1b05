"""How a file of somebody else's is refused. Each message is the rest of a sentence that the file's name begins."""


class Unreadable(Exception):
    """The file is no checkpoint that can be read here: damaged, cut short, of another kind."""


class Forbidden(Unreadable):
    """The file asks for something that weights never need. Whoever wrote it may want more than to be read."""


class Asks(Forbidden):
    """It names a function or class that is not on the list."""


def named(text: object) -> str:
    """A name out of a file as a message can show it: short, and of printable ASCII."""
    shown = "".join(c if " " <= c <= "~" else "?" for c in str(text)[:81])
    return shown if len(shown) <= 80 else f"{shown[:79]}…"
