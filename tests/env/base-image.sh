#!/bin/sh
# base-image.sh [example] [docker|buildah|poetry|tar]...: the base images of the examples and tests.
#
# Puts into each store named (default: both, docker only if an engine answers) what it lacks:
#   mortar-example-base:12      Debian 12 or a registry's Python image, with python3 and pip
#   mortar-example-base:12-gpu  the same with what a GPU image would announce
#   mortar-test-busybox:1       static busybox alone, for builds that take a second; not with
#                               `example`: the demo leaves nothing of the tests in an engine
#
# `poetry` puts into docker alone what Poetry projects stand on, which takes longer:
#   mortar-test-poetry:12       Debian 12 with its python3-poetry, for builder stages
#   mortar-test-python:12       the same without Poetry, for runtime stages
#
# A registry is asked first (MORTAR_REGISTRY_IMAGE, empty: do not ask); when it does not answer,
# debootstrap makes the tree, once: $MORTAR_ENV_DIR/base-<revision>.tar is kept. `tar` makes that
# alone, for somebody who is not root.
set -eu
. "$(dirname "$0")/common.sh"

REGISTRY_IMAGE=${MORTAR_REGISTRY_IMAGE-python:3.11-slim-bookworm}
LABEL=mortar.env.revision
BASE_TAR=$MORTAR_ENV_DIR/base-$BASE_REVISION.tar
POETRY_TAR=$MORTAR_ENV_DIR/poetry-$BASE_REVISION.tar
BUSYBOX_TAR=$MORTAR_ENV_DIR/busybox-$BASE_REVISION.tar
BASE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# pip asks its own index and this one, each without retries: so the image serves whether or not
# PyPI answers when it is used.
base_pip_conf() {
	cat <<-END
	[global]
	extra-index-url = $INDEX_URL
	trusted-host = 127.0.0.1
	retries = 0
	timeout = 5
	disable-pip-version-check = true
	no-cache-dir = true
	END
}

# base_mirror: the archive this machine's apt uses; nothing: debootstrap knows one itself.
base_mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Release: bookworm' 'Component: main' \
		'Created-By: Packages' 2>/dev/null | head -n 1
}

base_tree_clean() {
	as_root rm -rf "$1/var/cache/apt" "$1/var/lib/apt/lists" "$1/usr/share/doc" \
		"$1/usr/share/man" "$1/usr/share/locale" "$1/usr/share/info" "$1/var/log"
	as_root mkdir -p "$1/var/cache/apt/archives/partial" "$1/var/lib/apt/lists/partial" "$1/var/log"
	# PEP 668: pip would refuse to install into a distribution's Python.
	as_root find "$1/usr/lib" -name EXTERNALLY-MANAGED -delete
	base_pip_conf | as_root tee "$1/etc/pip.conf" >/dev/null
}

# base_tar_make: in a folder of its own, renamed at the end, so that a killed run leaves no half.
base_tar_make() {
	[ ! -s "$BASE_TAR" ] || return 0
	command -v debootstrap >/dev/null || die "debootstrap is missing; run tests/env/packages.sh demo"
	need_root "a Debian base has to be made" \
		"env MORTAR_ENV_DIR=$MORTAR_ENV_DIR sh $ENV_HERE/base-image.sh tar"
	say "making a Debian base with debootstrap (once, about a minute)"
	# Not below the env folder: a home may be mounted without devices, which debootstrap needs.
	tree=$(mktemp -d "${TMPDIR:-/tmp}/mortar-base.XXXXXX")
	trap 'as_root rm -rf "$tree"' EXIT
	as_root debootstrap --variant=minbase --include=python3,python3-pip bookworm \
		"$tree/root" $(base_mirror) >"$MORTAR_ENV_DIR/debootstrap.log" 2>&1 ||
		{ tail -n 5 "$MORTAR_ENV_DIR/debootstrap.log" >&2; die "debootstrap failed"; }
	base_tree_clean "$tree/root"
	tree_tar "$tree/root" "$BASE_TAR"
	as_root rm -rf "$tree"
	trap - EXIT
}

# tree_tar TREE TAR
tree_tar() {
	as_root tar -C "$1" --sort=name --one-file-system --exclude='./dev/*' -cf - . >"$2.new"
	mv "$2.new" "$2"
}

# poetry_tar_make: the Debian base with what its own apt adds.
poetry_tar_make() {
	[ ! -s "$POETRY_TAR" ] || return 0
	base_tar_make
	need_root "a Debian base with Poetry has to be made" \
		"env MORTAR_ENV_DIR=$MORTAR_ENV_DIR sh $ENV_HERE/base-image.sh poetry"
	say "adding Debian's Poetry to the base (once, about a minute)"
	tree=$(mktemp -d "${TMPDIR:-/tmp}/mortar-poetry.XXXXXX")
	trap 'as_root rm -rf "$tree"' EXIT
	mkdir "$tree/root"
	as_root tar -C "$tree/root" -xf "$BASE_TAR"
	as_root mknod -m 666 "$tree/root/dev/null" c 1 3 2>/dev/null || :
	as_root mknod -m 666 "$tree/root/dev/urandom" c 1 9 2>/dev/null || :
	as_root cp /etc/resolv.conf "$tree/root/etc/resolv.conf"
	{ as_root chroot "$tree/root" apt-get -q update &&
	  as_root chroot "$tree/root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		apt-get -q -y install --no-install-recommends python3-poetry; } \
		>"$MORTAR_ENV_DIR/poetry.log" 2>&1 ||
		{ tail -n 5 "$MORTAR_ENV_DIR/poetry.log" >&2; die "Poetry could not be added"; }
	base_tree_clean "$tree/root"
	tree_tar "$tree/root" "$POETRY_TAR"
	as_root rm -rf "$tree"
	trap - EXIT
}

busybox_tar_make() {
	[ ! -s "$BUSYBOX_TAR" ] || return 0
	busybox=$(command -v busybox) || die "busybox is missing; run tests/env/packages.sh test"
	tree=$(mktemp -d "${TMPDIR:-/tmp}/mortar-busybox.XXXXXX")
	mkdir -p "$tree/bin" "$tree/etc" "$tree/root" "$tree/tmp" "$tree/usr/bin"
	chmod 755 "$tree"
	chmod 1777 "$tree/tmp"
	cp "$busybox" "$tree/bin/busybox"
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"
	done
	ln -s ../../bin/busybox "$tree/usr/bin/env"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$tree/etc/passwd"
	echo 'root:x:0:' >"$tree/etc/group"
	tar -C "$tree" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$BUSYBOX_TAR.new" .
	mv "$BUSYBOX_TAR.new" "$BUSYBOX_TAR"
	rm -rf "$tree"
}

# docker_lacks IMAGE: absent, or made by another revision of this script.
docker_lacks() {
	[ "$("$DOCKER" image inspect -f "{{index .Config.Labels \"$LABEL\"}}" "$1" 2>/dev/null)" \
		!= "$BASE_REVISION" ]
}

# docker_import TAR IMAGE
docker_import() {
	"$DOCKER" import -c "ENV PATH=$BASE_PATH" -c 'CMD ["/bin/sh"]' \
		-c "LABEL $LABEL=$BASE_REVISION" "$1" "$2" >/dev/null
}

# docker_derive FROM TO: stdin has the instructions, the context is pip.conf.
docker_derive() {
	context=$(mktemp -d "${TMPDIR:-/tmp}/mortar-derive.XXXXXX")
	{ echo "FROM $1"; cat; echo "LABEL $LABEL=$BASE_REVISION"; } >"$context/Dockerfile"
	base_pip_conf >"$context/pip.conf"
	derived=0
	DOCKER_BUILDKIT=0 "$DOCKER" build -q --network host -t "$2" "$context" >/dev/null || derived=1
	rm -rf "$context"
	return $derived
}

docker_pull() {
	[ -n "$REGISTRY_IMAGE" ] || return 1
	timeout 120 "$DOCKER" pull -q "$REGISTRY_IMAGE" >/dev/null 2>&1 || return 1
	echo "COPY pip.conf /etc/pip.conf" | docker_derive "$REGISTRY_IMAGE" "$BASE_IMAGE" || return 1
	say "docker: $BASE_IMAGE stands on the registry's $REGISTRY_IMAGE"
}

docker_make() {
	if [ -z "$example_alone" ] && docker_lacks "$BUSYBOX_IMAGE"; then
		busybox_tar_make
		docker_import "$BUSYBOX_TAR" "$BUSYBOX_IMAGE"
		say "docker: $BUSYBOX_IMAGE made"
	fi
	if docker_lacks "$BASE_IMAGE"; then
		docker_pull || { base_tar_make; docker_import "$BASE_TAR" "$BASE_IMAGE"; }
		say "docker: $BASE_IMAGE made"
	fi
	if docker_lacks "$BASE_IMAGE_GPU"; then
		echo "ENV NVIDIA_VISIBLE_DEVICES=all" | docker_derive "$BASE_IMAGE" "$BASE_IMAGE_GPU"
		say "docker: $BASE_IMAGE_GPU made"
	fi
}

# The same Python at the same place in both, whatever the example's base stands on.
poetry_make() {
	docker_lacks "$POETRY_IMAGE" || docker_lacks "$PYTHON_IMAGE" || return 0
	poetry_tar_make
	base_tar_make
	docker_import "$BASE_TAR" "$PYTHON_IMAGE"
	docker_import "$POETRY_TAR" "$POETRY_IMAGE"
	say "docker: $POETRY_IMAGE, $PYTHON_IMAGE made"
}

buildah_lacks() {
	[ "$(buildah inspect --type image -f "{{index .OCIv1.Config.Labels \"$LABEL\"}}" \
		"localhost/$1" 2>/dev/null)" != "$BASE_REVISION" ]
}

# buildah_commit FROM IMAGE TAR-OR-EMPTY ENV: no daemon and no RUN, so no isolation to choose.
buildah_commit() {
	worker=$(buildah from --pull-never "$1")
	trap 'buildah rm "$worker" >/dev/null' EXIT
	[ -z "$3" ] || buildah add -q "$worker" "$3" / >/dev/null
	buildah config --env "$4" --cmd /bin/sh --label "$LABEL=$BASE_REVISION" "$worker"
	buildah commit -q --format docker "$worker" "localhost/$2" >/dev/null
	buildah rm "$worker" >/dev/null
	trap - EXIT
	say "buildah: $2 made"
}

buildah_make() {
	if [ -z "$example_alone" ] && buildah_lacks "$BUSYBOX_IMAGE"; then
		busybox_tar_make
		buildah_commit scratch "$BUSYBOX_IMAGE" "$BUSYBOX_TAR" "PATH=$BASE_PATH"
	fi
	if buildah_lacks "$BASE_IMAGE"; then
		base_tar_make
		buildah_commit scratch "$BASE_IMAGE" "$BASE_TAR" "PATH=$BASE_PATH"
	fi
	if buildah_lacks "$BASE_IMAGE_GPU"; then
		buildah_commit "localhost/$BASE_IMAGE" "$BASE_IMAGE_GPU" "" NVIDIA_VISIBLE_DEVICES=all
	fi
}

mkdir -p "$MORTAR_ENV_DIR"
example_alone=
if [ "${1:-}" = example ]; then
	example_alone=yes
	shift
fi
[ $# -gt 0 ] || set -- docker buildah
for store; do
	case $store in
	docker)
		if "$DOCKER" version >/dev/null 2>&1; then
			docker_make
		elif [ $# = 1 ]; then
			die "no docker engine answers; run tests/env/engine.sh start"
		fi ;;
	buildah)
		if command -v buildah >/dev/null; then
			buildah_make
		elif [ $# = 1 ]; then
			die "buildah is missing; run tests/env/packages.sh test"
		fi ;;
	poetry) poetry_make ;;
	tar) base_tar_make ;;
	*) complain "usage: base-image.sh [example] [docker|buildah|poetry|tar]..."; exit 2 ;;
	esac
done
