"""Where people chat. A surface turns a platform's events into `Incoming` and the bot's answers into its messages."""
