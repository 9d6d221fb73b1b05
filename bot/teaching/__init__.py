"""What members read when they teach the bot a character: sheets, sums and sentences, of which plugins make answers."""
