"""The one training loop that every network uses, and what it writes: state, statistics, curves, sheets, film."""
