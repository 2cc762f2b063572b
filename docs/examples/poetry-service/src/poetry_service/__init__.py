"""Says hello by the hour of the day; in bold where the extra `colour` is installed."""

import datetime
import sys

from mortar_phrases import greeting


def sentence(names, hour):
    return "%s, %s!" % (greeting(hour), " and ".join(names) or "everybody")


def main():
    text = sentence(sys.argv[1:], datetime.datetime.now().hour)
    try:
        from mortar_colours import bold
    except ImportError:
        print(text)
    else:
        print(bold(text))
