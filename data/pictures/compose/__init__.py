"""Heads put onto the faces of pictures and animations."""

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.compose import compose, compose_frames
from data.pictures.compose.drawn import Sitter
from data.pictures.compose.head import Cut, Head, Sits
from data.pictures.compose.tracks import Track, tracks_of

__all__ = ["Anchors", "Cut", "Head", "Sits", "Sitter", "Track", "compose", "compose_frames", "tracks_of"]
