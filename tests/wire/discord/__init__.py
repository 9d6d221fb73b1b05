"""What `tests.wire.fake_discord` is made of."""
