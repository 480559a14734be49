"""Hetzner's cloud: which server to take, what it is made of, and the API it is asked for by."""
