"""What a group teaches the bot: characters, pictures of them, and what is learnt from those. No chat, no surface."""
