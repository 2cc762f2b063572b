"""Greetings by the hour, for the example of a Poetry project."""


def greeting(hour):
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 18 else "Good evening"
