"""Finds aircraft types: `build()` gives the finder that models/config.cfg names.

shapes.py     how designations, series and marks are written
families.py   what is known of types: families and variants, makers, ICAO Doc 8643
passage.py    a Doc as the steps see it, and what speaks for and against a type at a place
makers.py     a maker's name alone: "the Antonov", "two Tupolevs"
finder.py     the steps in their order
"""

from __future__ import annotations

from pipeline.entities.aircraft.finder import Aircraft, build

__all__ = ["Aircraft", "build"]
