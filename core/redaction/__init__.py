"""Takes secrets out of whatever is stored, shown or logged."""
