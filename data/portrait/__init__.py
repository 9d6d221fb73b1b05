"""One head out of one picture, to be learnt from: framed, judged, measured. Requests are for the picture lane."""
