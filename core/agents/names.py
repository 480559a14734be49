"""A short word for every agent, because numbers are misheard and ids cannot be spoken."""

from collections.abc import Collection
from itertools import chain, count
from typing import Final
from uuid import UUID

_NAMES: Final = (
    "Birch Cedar Maple Willow Hazel Rowan Juniper Aspen Laurel Olive Clover Fern Heather Iris Jasmine Lotus Poppy"
    " Saffron Thistle Violet Amber Copper Indigo Jade Onyx Opal Pearl Quartz Ruby Topaz Badger Falcon Heron Jaguar"
    " Lynx Magpie Otter Panda Puffin Raven Robin Salmon Sparrow Tiger Walrus Comet Meteor Nebula Orbit Saturn Venus"
).split()


def free_name(taken: Collection[str], seed: UUID) -> str:
    """A name that none of ``taken`` bears. The seed spreads names, and gives the same one for the same message."""
    start = seed.int % len(_NAMES)
    turned = [*_NAMES[start:], *_NAMES[:start]]
    # Whoever has more agents at work than there are words gets "Birch 2".
    numbered = (f"{name} {number}" for number in count(2) for name in turned)
    return next(name for name in chain(turned, numbered) if name not in taken)
