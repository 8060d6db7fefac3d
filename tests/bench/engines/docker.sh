# shellcheck shell=bash
# Docker: one dockerd with its own containerd, reached by a unix socket, by TLS, by plain TCP and by ssh.
#
# An engine is one file here. It adds to `packages_needs` and defines NAME_start, NAME_ready, NAME_fill (load the
# images), NAME_leaks (print what tests left behind), NAME_clear (remove containers, so that it stops at once).

packages_needs+=("dockerd:docker.io" "docker:docker-cli|docker.io")

docker_start() {
  local tls=$bench_dir/tls/server
  docker_socket=/run/smidr-bench/docker.sock
  # The second socket has the usual name: where discovery looks, and what the far end of ssh offers.
  service_start dockerd "$bench_scripts/dockerd" "$bench_dir/docker" /run/smidr-bench/docker \
    -H "unix://$docker_socket" -H unix:///run/docker.sock -H tcp://127.0.0.1:2376 \
    --tlsverify --tlscacert "$tls/ca.pem" --tlscert "$tls/cert.pem" --tlskey "$tls/key.pem"
  # One dockerd has TLS on all of its TCP addresses or on none. Plain bytes need no engine to pass them on.
  service_start docker-tcp socat -t 86400 TCP-LISTEN:2375,bind=127.0.0.1,reuseaddr,fork,backlog=64 "UNIX-CONNECT:$docker_socket"
  offer SMIDR_BENCH_DOCKER "unix://$docker_socket"
  offer SMIDR_BENCH_DOCKER_TCP tcp://127.0.0.1:2375
  offer SMIDR_BENCH_DOCKER_TLS tcp://127.0.0.1:2376
  offer SMIDR_BENCH_DOCKER_SSH ssh://bench
  offer SMIDR_BENCH_DOCKER_CERTS "$bench_dir/tls/client"
  offer SMIDR_BENCH_DOCKER_STRANGER_CERTS "$bench_dir/tls/stranger"
  offer SMIDR_BENCH_DOCKERD_PID "$(service_pid dockerd)"
  offer SMIDR_BENCH_DOCKERD "$bench_scripts/dockerd"
}

docker_here() { docker --host "unix://$docker_socket" "$@"; }

docker_ready() {
  service_ready dockerd docker_here version
  service_ready docker-tcp port_open 2375
}

docker_fill() {
  local image config=$bench_dir/docker-config
  mkdir -p "$config"
  docker_import busybox "$images_shell" --change 'CMD ["/bin/sh"]' --change 'ENV PATH=/bin'
  docker_import noshell "$images_noshell" --change 'CMD ["/bin/sleep", "600"]' --change 'ENV PATH=/bin'
  docker_here import --change 'CMD ["/bin/bash"]' "${debian_archive:?}" "$images_debian" >/dev/null
  # For engines that a test starts for itself.
  docker_here save --output "$bench_dir/images/all.tar" "$images_shell" "$images_noshell"
  offer SMIDR_BENCH_IMAGES_TAR "$bench_dir/images/all.tar"
  docker_images=$(docker_here image ls --quiet --no-trunc | sort -u)

  # Credentials written as `docker login` does it, without its warning.
  printf '{"auths":{"%s":{"auth":"%s"}}}\n' "$registry_locked" \
    "$(printf '%s:%s' "$registry_user" "$registry_password" | base64 -w0)" >"$config/config.json"
  offer SMIDR_BENCH_DOCKER_CONFIG "$config"
  for image in "${images_to_pull[@]}"; do docker_publish "$image"; done
  docker_networks=$(docker_here network ls --quiet --no-trunc | sort -u)
}

docker_import() { # ROOT-DIRECTORY IMAGE OPTIONS...
  local dir=$bench_dir/images/$1 image=$2
  shift 2
  tar -C "$dir" --numeric-owner -c . | docker_here import "$@" - "$image" >/dev/null
}

# Pushes an image to both registries that the engine itself does not keep.
docker_publish() { # IMAGE
  local dir
  dir=$(mktemp -d)
  head -c 1048576 /dev/urandom >"$dir/payload"
  tar -C "$dir" -c payload | docker_here import - "$1" >/dev/null
  rm -r "$dir"
  for registry in "$registry_open" "$registry_locked"; do
    docker_here tag "$1" "$registry/$1"
    docker_here --config "$bench_dir/docker-config" push --quiet "$registry/$1" >/dev/null
  done
  docker_here image rm "$1" "$registry_open/$1" "$registry_locked/$1" >/dev/null
}

# What tests left in the engine, one finding a line.
docker_leaks() {
  docker_here ps --all --format 'container {{.Names}} ({{.Status}})'
  docker_here volume ls --format 'volume {{.Name}}'
  docker_here network ls --quiet --no-trunc | sort -u | comm -13 <(printf '%s\n' "$docker_networks") - | sed 's/^/network /'
  docker_here image ls --quiet --no-trunc | sort -u | comm -13 <(printf '%s\n' "$docker_images") - | sed 's/^/image /'
}

docker_clear() {
  docker_here ps --all --quiet | xargs -r docker --host "unix://$docker_socket" rm --force --volumes >/dev/null
}
