"""What goes in and what comes out, as in pesto/api/input_schema.json and output_schema.json."""

from dataclasses import dataclass, field
from typing import Optional


@dataclass
class Input:
    pixels: list
    threshold: Optional[float] = None
    metadata: dict = field(default_factory=dict)


@dataclass
class Output:
    ships: list
    areas: list
    metadata: dict
