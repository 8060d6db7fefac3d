# shellcheck shell=bash
# Two registries on loopback: one open, one with a password.

registry_open=127.0.0.1:5000
registry_locked=127.0.0.1:5001
registry_user=builder
# Wherever these fall in the credentials, their base64 has a `+` and a `/`, which engines and clients are known to lose.
registry_password='?>~???~~~'

registry_start() {
  local dir=$bench_dir/registry
  mkdir -p "$dir"
  htpasswd -nbBC 4 "$registry_user" "$registry_password" >"$dir/htpasswd" # cheap on purpose: every request pays it
  registry_config open "$registry_open" >"$dir/open.yml"
  registry_config locked "$registry_locked" >"$dir/locked.yml"
  printf 'auth:\n  htpasswd:\n    realm: bench\n    path: %s\n' "$dir/htpasswd" >>"$dir/locked.yml"
  service_start registry-open docker-registry serve "$dir/open.yml"
  service_start registry-locked docker-registry serve "$dir/locked.yml"
  offer SMIDR_BENCH_REGISTRY "$registry_open"
  offer SMIDR_BENCH_REGISTRY_AUTH "$registry_locked"
  offer SMIDR_BENCH_REGISTRY_USER "$registry_user"
  offer SMIDR_BENCH_REGISTRY_PASSWORD "$registry_password"
}

registry_config() { # NAME ADDRESS
  cat <<YAML
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: $bench_dir/registry/$1}
http: {addr: "$2", secret: bench}
YAML
}

registry_ready() {
  service_ready registry-open port_open "${registry_open##*:}"
  service_ready registry-locked port_open "${registry_locked##*:}"
}
