"""What Cadence costs, next to a baseline of the same run: ``make bench``."""
