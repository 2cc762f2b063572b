from setuptools import setup

setup(name="manual-xxx", version="1.0.0.dev0", packages=[])
