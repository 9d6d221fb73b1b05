"""Neck and shoulders, and what is worn on them."""
