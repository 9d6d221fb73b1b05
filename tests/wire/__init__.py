"""Fake peers that speak the real protocols over real sockets."""
