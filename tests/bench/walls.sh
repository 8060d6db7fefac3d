# shellcheck shell=bash
# What the new namespaces still share with the machine is covered here, before anything starts.

walls_raise() {
  ip link set lo up

  # /run: the sockets of the user's engines are not even visible inside, and ours may have the usual names.
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/lock /run/sshd /run/smidr-bench/etc /run/smidr-bench/work

  # /etc: may be written to inside (engines keep keys and configuration there); the writes end with the bench.
  mount -t overlay -o lowerdir=/etc,upperdir=/run/smidr-bench/etc,workdir=/run/smidr-bench/work overlay /etc
  rm -rf /etc/docker /etc/containers /etc/containerd /etc/cni
  printf '127.0.0.1 localhost\n' >/etc/hosts
  walls_rename_home

  # AppArmor profiles are loaded into the one kernel: an engine that sees no AppArmor loads none.
  if [[ -d /sys/kernel/security/apparmor ]]; then mount -t tmpfs -o ro tmpfs /sys/kernel/security; fi

  export HOME=$bench_dir/home TMPDIR=$bench_dir/tmp CARGO_NET_OFFLINE=true
  export XDG_CONFIG_HOME=$HOME/.config XDG_STATE_HOME=$HOME/.local/state XDG_DATA_HOME=$HOME/.local/share
  export XDG_CACHE_HOME=$HOME/.cache
  unset XDG_RUNTIME_DIR SSH_AUTH_SOCK DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY \
    DOCKER_API_VERSION CONTAINER_HOST CONTAINERD_ADDRESS CONTAINERD_NAMESPACE
  unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
  offer SMIDR_BENCH "$bench_id"
  offer SMIDR_BENCH_DIR "$bench_dir"
}

# ssh takes the home directory from the password file and not from HOME. The account must not be locked either, or the
# ssh server refuses it before it looks at the key.
walls_rename_home() {
  local shell
  shell=$(getent passwd root | cut -d: -f7)
  sed -i "s|^root:.*|root:x:0:0:root:$bench_dir/home:${shell:-/bin/bash}|" /etc/passwd
  sed -i 's|^root:[^:]*:|root:*:|' /etc/shadow
  chmod 700 "$bench_dir/home"
}
