"""Real people in photographs: found, framed as drawn heads are, looked at. OpenCV and numpy only, for the picture lane.

Light to import: the modules load cv2.
"""
