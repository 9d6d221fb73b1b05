"""The features network in training; the network itself stands in `data/vision/features`, where it is used."""
