# Everything a packager edits.  Values from the environment or the command line
# win over these; config.local.mk (not kept by git) wins over this file.
-include config.local.mk

PREFIX ?= /usr/local
DESTDIR ?=

CC ?= cc
BUILD ?= build
CFLAGS ?= -O2 -g

# One line per library; each is included by its own room alone (tests/lint/layers.sh).
LIBS_CORE = libcjson libpcre2-8 libnghttp2 libprotobuf-c yaml-0.1 libcrypto libssl
# Not linked but loaded with the first call (core/ext/lazy.h): prefix of its functions=library.
LIBS_LAZY = curl=libcurl git=libgit2 archive=libarchive
LIBS_TUI  = ncursesw
LIBS_TEST = cmocka

PKG_CONFIG ?= pkg-config
PROTOC_C   ?= protoc-c

VERSION = 0.1.0
# Of the version, for the manual page.
VERSION_DATE = 2026-11-21
