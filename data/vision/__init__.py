"""Seeing: what is in a picture, by networks that are trained in `models/`."""
