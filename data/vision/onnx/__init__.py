"""Other people's networks as ONNX files, which onnxruntime runs (the extra `[onnx]`): heads and faces, tags, ratings.

A file is named by its path and trusted in nothing: only numbers come out of it, of shapes and ranges that are checked.
Never to be used in the event loop's process. Importing this loads cv2, and onnxruntime where a file is opened.
"""

from data.vision.onnx.rating import Rater
from data.vision.onnx.session import OnnxUnavailable
from data.vision.onnx.tagger import Tagger
from data.vision.onnx.yolo import YoloFinder

__all__ = ["OnnxUnavailable", "Rater", "Tagger", "YoloFinder"]
