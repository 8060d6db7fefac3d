# shellcheck shell=bash
# Certificates for this run only: an authority, a server, a client, and a client whose authority nobody trusts.

tls_make() {
  local dir=$bench_dir/tls
  mkdir -p "$dir/server" "$dir/client" "$dir/stranger"
  tls_authority "$dir/authority" bench
  tls_authority "$dir/other" stranger
  tls_certificate "$dir/authority" "$dir/server" 'extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1,DNS:localhost'
  tls_certificate "$dir/authority" "$dir/client" 'extendedKeyUsage=clientAuth'
  tls_certificate "$dir/other" "$dir/stranger" 'extendedKeyUsage=clientAuth'
  # The stranger trusts the server; it is the server that does not trust the stranger.
  cp "$dir/authority.pem" "$dir/stranger/ca.pem"
}

tls_authority() { # FILE-WITHOUT-SUFFIX NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$2 authority" \
    -addext 'keyUsage=critical,keyCertSign' -keyout "$1-key.pem" -out "$1.pem" 2>/dev/null
}

# Leaves ca.pem, cert.pem and key.pem in the directory: the names that engines and their clients expect.
tls_certificate() { # AUTHORITY DIRECTORY EXTENSIONS
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=${2##*/}" \
    -keyout "$2/key.pem" -out "$2/request.pem" 2>/dev/null
  openssl x509 -req -in "$2/request.pem" -CA "$1.pem" -CAkey "$1-key.pem" -CAcreateserial -days 2 \
    -extfile <(printf '%b\n' "basicConstraints=CA:false\n$3") -out "$2/cert.pem" 2>/dev/null
  cp "$1.pem" "$2/ca.pem"
  rm "$2/request.pem"
}
