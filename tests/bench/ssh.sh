# shellcheck shell=bash
# An ssh server on loopback with keys of this run, for engines that are reached over ssh.

ssh_port=2222

ssh_start() {
  local dir=$bench_dir/ssh
  mkdir -p "$dir" "$HOME/.ssh"
  ssh-keygen -q -t ed25519 -N '' -C bench -f "$dir/host_key"
  ssh-keygen -q -t ed25519 -N '' -C bench -f "$HOME/.ssh/id_ed25519"
  cp "$HOME/.ssh/id_ed25519.pub" "$HOME/.ssh/authorized_keys"
  printf '[127.0.0.1]:%d %s\n' "$ssh_port" "$(cat "$dir/host_key.pub")" >"$HOME/.ssh/known_hosts"
  # A name as users have one in their own configuration; without it: ssh://root@127.0.0.1:2222.
  cat >"$HOME/.ssh/config" <<CONFIG
Host bench
  HostName 127.0.0.1
  Port $ssh_port
  User root
CONFIG
  chmod 600 "$HOME"/.ssh/*
  cat >"$dir/sshd_config" <<CONFIG
ListenAddress 127.0.0.1:$ssh_port
HostKey $dir/host_key
PidFile none
AuthorizedKeysFile .ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
CONFIG
  service_start sshd "$(command -v sshd)" -D -e -f "$dir/sshd_config"
  offer SMIDR_BENCH_SSH_HOST bench
  offer SMIDR_BENCH_SSH_ADDRESS "root@127.0.0.1:$ssh_port"
}

ssh_ready() {
  service_ready sshd ssh -n -o BatchMode=yes bench true
}
