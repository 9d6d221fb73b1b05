"""Latent space: points by name, ways between them, styles of several. Numpy only; networks are in `models.<family>`."""
