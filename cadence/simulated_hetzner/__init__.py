"""A Hetzner of our own: the API with its limits and moods, and servers that are processes here."""
