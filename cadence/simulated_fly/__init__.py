"""A Fly of our own: the Machines API with its states, limits and moods, and machines that are processes here."""
