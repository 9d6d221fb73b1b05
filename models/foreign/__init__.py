"""Checkpoints that other programs wrote, read without running anything that is in them."""
