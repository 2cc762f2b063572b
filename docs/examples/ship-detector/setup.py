from setuptools import setup

setup(
    name="ship-detector",
    version="1.0.0.dev0",
    description="Finds ships in a grid of pixels",
    packages=["algorithm"],
    python_requires=">=3.7",
)
