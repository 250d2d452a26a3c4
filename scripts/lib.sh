# Sourced by the other scripts: where things are, which JDK, what must be installed, how the jar is built.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
JAR="$ROOT/target/millrace.jar"
JVM_ARGS="$ROOT/scripts/jvm.args"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Prints the text of the comment block at the head of the calling script.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# The major version of the JDK in a folder, or nothing.
jdk_version() {
  [ -x "$1/bin/javac" ] || return 0
  "$1/bin/java" -version 2>&1 | sed -n '/version "/{s/.*version "\([0-9]*\).*/\1/p;q}' # variables of the environment may make it say more
}

# Sets JAVA_HOME to the newest JDK of at least 21: JAVA_HOME itself if it will do, then the one on the PATH, then the usual folders.
find_jdk() {
  local best='' best_version=0 candidate version
  local candidates=()
  [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
  if command -v javac >/dev/null 2>&1; then
    candidates+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  fi
  for candidate in /usr/lib/jvm/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
    [ -d "$candidate" ] && candidates+=("$candidate")
  done
  for candidate in "${candidates[@]}"; do
    version=$(jdk_version "$candidate")
    [ -n "$version" ] || continue
    if [ "$version" -ge 21 ] && [ "$version" -gt "$best_version" ]; then
      best=$candidate best_version=$version
    fi
  done
  [ -n "$best" ] || die "A JDK of version 21 or newer is needed (25 is the one this is tested on). On Debian: apt-get install openjdk-21-jdk, or a Temurin 25 package."
  export JAVA_HOME=$best JDK_VERSION=$best_version
  export PATH="$JAVA_HOME/bin:$PATH"
}

# Its terminal library resets colours at the end even when there were none and nobody is at a terminal, unless it is told not to.
MAVEN_JVM="-Xmx1g -Djansi.noreset=true"

# Maven without colours and downloads chatter; JDK 25 makes Maven 3.8 print warnings about Unsafe that say nothing about us.
maven() {
  (cd "$ROOT" && MAVEN_OPTS="${MAVEN_OPTS:-} $MAVEN_JVM" mvn -q -B -Dstyle.color=never "$@") 2> >(grep -v -e 'sun.misc.Unsafe' -e 'terminally deprecated' -e 'consider reporting this to the maintainers' >&2)
}

# Maven running tests: says which classes passed, and everything about those that failed.
maven_tests() {
  (cd "$ROOT" && MAVEN_OPTS="${MAVEN_OPTS:-} $MAVEN_JVM" mvn -B -ntp -Dstyle.color=never "$@") 2>&1 \
    | grep --line-buffered -v -e '^\[INFO\] *$' -e '^\[INFO\] ---' -e '^\[INFO\] Scanning' -e '^\[INFO\] Building' -e '^\[INFO\] Total' -e '^\[INFO\] Finished' \
      -e '^\[INFO\] BUILD SUCCESS' -e '^\[INFO\] Running ' -e 'sun.misc.Unsafe' -e 'terminally deprecated' -e 'consider reporting this to the maintainers'
}

# Installs Debian packages that are missing: needs "command:package" pairs.
needs() {
  local missing=() pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing+=("${pair##*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null 2>&1 || die "Missing: ${missing[*]}. Install them with the package manager of this system."
  local sudo=''
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  say "installing ${missing[*]}"
  $sudo apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A hash of all that goes into the jar; the jar is built again only when it changed.
sources_hash() {
  (cd "$ROOT" && { find pom.xml src/main db -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum; echo "$JDK_VERSION"; } | sha256sum | cut -c1-16)
}

build() {
  local hash stamp="$ROOT/target/millrace.jar.sources"
  hash=$(sources_hash)
  if [ -f "$JAR" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$hash" ]; then
    return 0
  fi
  command -v mvn >/dev/null 2>&1 || die "Maven is needed to build. On Debian: apt-get install maven"
  say "building the jar"
  maven -Dquick -DskipTests -Dspotless.check.skip=true package
  echo "$hash" >"$stamp"
}

# To be said beside -XX:AOTCache: what of the cache does not fit is made anew, and the JVM need not warn of it.
AOT_LOG=-Xlog:aot=error,aot+codecache+stubs=error

# The cache that makes the JVM start faster, named by the hash of jar, JDK and flags: one made from another jar would run the
# other jar's classes. Prints its path; makes it when it is missing, by training a server on a folder of its own.
aot_cache() {
  [ "$JDK_VERSION" -ge 25 ] || return 0
  local hash folder cache
  hash=$({ sha256sum <"$JAR"; "$JAVA_HOME/bin/java" -version 2>&1; cat "$JVM_ARGS"; } | sha256sum | cut -c1-16)
  folder="$ROOT/target/aot"
  cache="$folder/$hash.aot"
  if [ ! -f "$cache" ]; then
    say "making the start-up cache (once for each build)"
    rm -rf "$folder" && mkdir -p "$folder"
    if ! "$ROOT/scripts/train" "$folder/$hash.tmp" >"$folder/train.log" 2>&1; then
      say "the start-up cache could not be made; starting without it (see $folder/train.log)"
      return 0
    fi
    mv "$folder/$hash.tmp" "$cache"
  fi
  echo "$cache"
}
