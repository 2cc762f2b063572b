# peer.sh: the peer of tests/fake/buildkitd.h for end-to-end tests; read after lib.sh.
PEER=${BUILD:-build}/tests/fake/buildkitd
P=$T/project
PEERS=

mkdir -p "$P"
printf 'FROM scratch\nCOPY a /a\n' >"$P/Dockerfile"
echo hello >"$P/a"

# What a daemon does with such a project.
cat >"$T/good" <<'EOF'
vertex d "[internal] load build definition from Dockerfile"
start d
ask dockerfile follow=Dockerfile
end d
vertex c "[internal] load build context"
start c
ask context follow=a
end c
vertex s "[1/1] COPY a /a" input=c
start s
end s
answer containerimage.digest=sha256:1111111111111111111111111111111111111111111111111111111111111111
EOF

# peer NAME [OPTION…]: starts one; its port is in $PORT, what it writes down in $T/NAME.log.
peer() {
	peer_name=$1
	shift
	rm -f "$T/$peer_name.port"
	"$PEER" --port-file "$T/$peer_name.port" "$@" >"$T/$peer_name.log" 2>&1 &
	PEERS="$PEERS $!"
	until_ms 10000 test -s "$T/$peer_name.port" || not_ok "the peer $peer_name listens" "$T/$peer_name.log"
	PORT=$(cat "$T/$peer_name.port")
}

# peers_end: all of them.
peers_end() {
	for peer_pid in $PEERS; do kill "$peer_pid" 2>/dev/null; done
	wait
	PEERS=
}
cleanup() { peers_end; }
