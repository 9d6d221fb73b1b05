"""The face finder in training; the network itself stands in `data/vision/finder`, where it is used."""
