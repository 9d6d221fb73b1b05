"""What is behind a head."""
