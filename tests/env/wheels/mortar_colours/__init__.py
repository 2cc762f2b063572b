"""Bold text for terminals, for the example of a Poetry project."""


def bold(text):
    return "\x1b[1m%s\x1b[0m" % text
