"""Fly.io as a host: a machine of its own for every run, from a pool that is kept warm."""
