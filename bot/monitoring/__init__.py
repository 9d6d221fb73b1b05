"""What whoever runs the bot gets to know: the log, the metrics."""
