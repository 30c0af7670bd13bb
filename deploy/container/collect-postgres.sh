#!/bin/sh
# Installs Debian's PostgreSQL in a stage that is thrown away, and gathers in the folder $1 what the server needs:
# programs, modules, shared data, the libraries that the base does not have, and the names of their packages.
# Left behind: the just-in-time compiler (our sessions run with jit off) and everything that an installation
# writes on the way, such as a certificate of its own.
set -eu
root=$1
find /usr/lib -name '*.so*' | sort > /tmp/before
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql > /tmp/said 2>&1 || {
    tail -5 /tmp/said
    exit 1
}
rm -rf /usr/lib/postgresql/*/lib/bitcode /usr/lib/postgresql/*/lib/llvmjit*
mkdir -p "$root/usr/share/dengwen"
cp -a --parents /usr/lib/postgresql /usr/share/postgresql /usr/share/zoneinfo "$root"
find "$root/usr/lib/postgresql" \( -name '*.so' -o -path '*/bin/*' \) -type f -exec ldd {} + 2>/dev/null |
    sed -n 's|.* => \(/usr\)*\(/lib/[^ ]*\) .*|/usr\2|p' | sort -u |
    while read -r library; do
        grep -qxF "$library" /tmp/before && continue
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
        dpkg -S "*/$(basename "$library")" | sed 's/:.*//'
    done > /tmp/packages
dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'postgresql-[0-9]*' 'postgresql-client-[0-9]*' |
    sed -n 's/^ii *//p' >> /tmp/packages
sort -u /tmp/packages | xargs dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' \
    > "$root/usr/share/dengwen/postgres-packages"
