"""The ship detector: what PESTO's web service calls is in process.py."""
