from setuptools import setup

setup(name="manual-p1", version="1.0.0.dev0", packages=[])
