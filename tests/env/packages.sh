#!/bin/sh
# packages.sh build|demo|test|tidy: installs the Debian 12 packages that are missing.
#
# build  what `make` needs
# demo   the same, and an engine with what the example's base image is made of
# test   the same, and what `make check` and `make test` need
# tidy   what `make tidy` needs
#
# Nothing happens, and the network is left alone, when all is there. Neither root nor sudo: the
# commands to run are printed, exit 1.
set -eu
. "$(dirname "$0")/common.sh"

# libc6-dev by name: gcc only recommends it.
BUILD="gcc libc6-dev make pkg-config libcjson-dev libgit2-dev libcurl4-openssl-dev libpcre2-dev
	libnghttp2-dev libprotobuf-c-dev protobuf-c-compiler protobuf-compiler libyaml-dev
	libarchive-dev libssl-dev libncurses-dev"
# The wheels are served by index.py; iptables and runc are what dockerd calls.
DEMO="docker.io runc iptables ca-certificates git debootstrap python3 python3-pip-whl
	python3-setuptools-whl python3-wheel-whl"
TEST="clang libclang-rt-14-dev libcmocka-dev ncurses-term tmux buildah podman jq busybox-static
	openssh-server openssl zsh fish man-db mandoc docker-registry curl
	python3-yaml"

# missing PACKAGE...: those that are not installed, one a line.
missing() {
	for package; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
		[ "$status" = installed ] || echo "$package"
	done
}

install_packages() {
	apt="env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600"
	need_root "packages have to be installed" "apt-get update" \
		"apt-get install --no-install-recommends $*"
	say "installing $*"
	# One source of several that does not answer is no reason to stop: the install will tell.
	as_root $apt update || complain "apt-get update failed; going on with the lists that are there"
	as_root $apt install --no-install-recommends "$@"
}

case $* in
build) wanted=$BUILD ;;
demo) wanted="$BUILD $DEMO" ;;
test) wanted="$BUILD $DEMO $TEST" ;;
tidy) wanted="$BUILD clang-tidy" ;;
*) complain "usage: packages.sh build|demo|test|tidy"; exit 2 ;;
esac
command -v dpkg-query >/dev/null || die "not a Debian system; install by its own means: $(echo $wanted)"
lacking=$(missing $wanted)
[ -z "$lacking" ] || install_packages $lacking
