"""Pictures that are on this machine already, or that another program brings: a folder, a zip, a video, gallery-dl.

They go the same way as those of the sites, into the same manifest. Each source is a place and a function from where it
stopped last time to the pictures that come after.
"""
