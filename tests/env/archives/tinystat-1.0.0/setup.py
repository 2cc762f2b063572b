from setuptools import setup

setup(name="tinystat", version="1.0.0", description="Mean and deviation", py_modules=["tinystat"])
