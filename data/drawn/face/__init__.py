"""The face: its contour and skin, eyes, mouth."""
