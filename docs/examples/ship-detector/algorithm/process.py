"""What PESTO's web service calls."""

import json
import os

import geotools
import tinystat

from algorithm import detect
from algorithm.input_output import Input, Output

CONFIGURATION = os.environ.get("PESTO_CONFIGURATION", "/etc/pesto")


def weights():
    folder = os.environ.get("SHIP_MODEL_DIR", "/opt/models/ship-weights")
    with open(os.path.join(folder, "weights.json"), encoding="utf-8") as file:
        return json.load(file)


def configuration():
    with open(os.path.join(CONFIGURATION, "config.json"), encoding="utf-8") as file:
        return json.load(file)


def kind_of(area, classes):
    """The largest class that a blob of this many cells reaches."""
    reached = [name for name, least in sorted(classes.items(), key=lambda c: c[1]) if area >= least]
    return reached[-1] if reached else "unknown"


class Process:
    classes = None
    config = None

    def on_start(self):
        Process.classes = weights()["classes"]
        Process.config = configuration()

    def process(self, input: Input):
        if Process.config is None:
            self.on_start()
        values = [value for row in input.pixels for value in row]
        factor = input.threshold if input.threshold is not None else Process.config["threshold"]
        level = tinystat.mean(values) + factor * tinystat.deviation(values)
        blobs = detect.blobs(input.pixels, level)
        ships = [{"kind": kind_of(len(blob), Process.classes), "cells": len(blob)} for blob in blobs]
        return Output(
            ships=ships,
            areas=[geotools.rectangle(*detect.box(blob)) for blob in blobs],
            metadata={
                **input.metadata,
                "profile": os.environ.get("PESTO_PROFILE", ""),
                "device": Process.config["model"].get("device", "cpu"),
            },
        )
