"""What developers alone need, for the example of a Poetry project."""


def check_is_text(value):
    if not isinstance(value, str) or not value:
        raise AssertionError("not a text: %r" % (value,))
