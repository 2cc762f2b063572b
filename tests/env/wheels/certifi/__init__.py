"""A stand-in for certifi: the certificates are those the distribution installed."""


def where():
    return "/etc/ssl/certs/ca-certificates.crt"


def contents():
    with open(where(), encoding="ascii") as bundle:
        return bundle.read()
