#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Creates the certificates of the TLS tests in a directory: certs.sh DIR
#
#   ca.pem                          the authority to trust
#   server.pem server.key           for 127.0.0.1, ::1 and localhost
#   expired.pem expired.key         the same names, expired long ago
#   othername.pem othername.key     for coder.example.com only
#   selfsigned.pem selfsigned.key   right names, no authority
#   client-ca.pem                   the authority of client certificates
#   client.pem client.key           a client certificate
#   client-other.pem client-other.key   a client certificate of no known authority
set -eu
umask 077
[ $# -eq 1 ] || {
	echo "usage: certs.sh DIR" >&2
	exit 2
}
mkdir -p "$1"
cd "$1"

LOCAL="subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost"
SERVER="extendedKeyUsage=serverAuth"
CLIENT="extendedKeyUsage=clientAuth"

key() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null
}

# authority NAME: a root of its own
authority() {
	key "$1"
	openssl req -x509 -new -key "$1.key" -sha256 -days 3650 -subj "/CN=sandbox $1" \
		-addext "basicConstraints=critical,CA:TRUE" \
		-addext "keyUsage=critical,keyCertSign,cRLSign" -out "$1.pem" 2>/dev/null
}

# issue NAME AUTHORITY SUBJECT EXTENSION...: a certificate that is valid for a year
issue() {
	name=$1 authority=$2 subject=$3
	shift 3
	key "$name"
	printf '%s\n' "basicConstraints=CA:FALSE" "$@" >"$name.ext"
	openssl req -new -key "$name.key" -subj "/CN=$subject" -out "$name.csr" 2>/dev/null
	openssl x509 -req -in "$name.csr" -CA "$authority.pem" -CAkey "$authority.key" \
		-CAcreateserial -sha256 -days 365 -extfile "$name.ext" -out "$name.pem" 2>/dev/null
	rm -f "$name.ext" "$name.csr"
}

# expired_certificate NAME AUTHORITY: uses `openssl ca`, because `x509 -req` of 3.0 cannot set dates
expired_certificate() {
	key "$1"
	openssl req -new -key "$1.key" -subj "/CN=127.0.0.1" -out "$1.csr" 2>/dev/null
	mkdir -p "$1.db"
	: >"$1.db/index"
	cat >"$1.cnf" <<-END
		[ca]
		default_ca = own
		[own]
		database = $1.db/index
		new_certs_dir = $1.db
		rand_serial = yes
		default_md = sha256
		policy = any
		[any]
		commonName = supplied
		[ext]
		basicConstraints = CA:FALSE
		$SERVER
		$LOCAL
	END
	openssl ca -batch -config "$1.cnf" -extensions ext -in "$1.csr" -notext \
		-startdate 20200101000000Z -enddate 20200201000000Z \
		-cert "$2.pem" -keyfile "$2.key" -out "$1.pem" 2>/dev/null
	rm -rf "$1.db" "$1.cnf" "$1.csr"
}

authority ca
authority client-ca
authority unknown-ca
issue server ca 127.0.0.1 "$SERVER" "$LOCAL"
issue othername ca coder.example.com "$SERVER" "subjectAltName=DNS:coder.example.com"
expired_certificate expired ca
issue client client-ca "sandbox client" "$CLIENT"
issue client-other unknown-ca "sandbox client" "$CLIENT"
key selfsigned
openssl req -x509 -new -key selfsigned.key -sha256 -days 365 -subj "/CN=127.0.0.1" \
	-addext "basicConstraints=CA:FALSE" -addext "$LOCAL" -out selfsigned.pem 2>/dev/null
rm -f ./*.srl unknown-ca.key
