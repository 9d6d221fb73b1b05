"""`python -m bot`: run the bot."""

from bot.cli.refusal import Refusal


def run() -> None:
    """Run the bot: the chat page, QQ, and whatever else is configured in .env."""
    from bot.settings import load

    settings = load()

    from bot.pool.lane import can_fork
    from bot.pool.local import preload

    if can_fork():
        preload("models.runner")  # torch takes longer to load than all the rest: the two go on beside each other

    from bot.monitoring.log import configure
    from bot.monitoring.redaction import Redaction, secrets_of

    secrets = secrets_of(settings)
    # before the libraries are imported, which have things to say about themselves
    configure(settings.log_level, settings.log_format, secrets)

    from bot.app import start
    from bot.server import CannotStart
    from bot.store import StoreError

    try:
        start(settings)
    except (CannotStart, StoreError) as error:
        raise Refusal(Redaction(secrets)(f"The bot cannot start: {error}")) from None
    except KeyboardInterrupt:
        raise SystemExit(0) from None
