"""What is fast and how we know: `python -m bot bench` runs all of it and prints a table.

Machines differ and are noisy, so each claim is a ratio of two things measured in turn in one run.
"""
