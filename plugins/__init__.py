"""What the bot is for: one file a family of commands. The bot finds them by walking this package."""
