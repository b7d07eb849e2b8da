# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
#
# Sourced by bin/thornback and by the launcher of a source checkout. Finds a Java of at least version 17 without
# starting one: the version stands in its 'release' file. Sets JAVA_HOME, java_major and java_key (which names one
# build of one JVM: class-data archives of another one are of no use to it).

fail() {
    printf 'thornback: %s\n' "$1" >&2
    exit 1
}

# $1: a directory that may hold a Java. Sets java_major (0: unknown) and java_key; false if there is none.
read_java_release() {
    java_major=0 java_key=
    [ -x "$1/bin/java" ] || return 1
    _version= _runtime= _vendor= _arch=
    if [ -r "$1/release" ]; then
        while IFS='=' read -r _name _value; do
            _value=${_value#\"} _value=${_value%\"}
            case $_name in
                JAVA_VERSION) _version=$_value ;;
                JAVA_RUNTIME_VERSION) _runtime=$_value ;;
                IMPLEMENTOR) _vendor=${_value%% *} ;;
                OS_ARCH) _arch=$_value ;;
                SOURCE) break ;;
            esac
        done <"$1/release"
    fi
    if [ -z "$_version" ]; then
        _version=$("$1/bin/java" -version 2>&1) || return 1
        _version=${_version#*\"} _version=${_version%%\"*}
    fi
    java_major=${_version%%[!0-9]*}
    : "${java_major:=0}"
    java_key=${_runtime:-$_version}-${_vendor:-unknown}-${_arch:-unknown}
    case $java_key in *[!A-Za-z0-9.+_-]*) java_key=$_version ;; esac
}

# $1: 'jdk' if a compiler is needed, else 'jre'.
find_java() {
    _what="Java 17 or later"
    [ "$1" = jdk ] && _what="a JDK 17 or later"

    if [ -n "${JAVA_HOME:-}" ]; then
        read_java_release "$JAVA_HOME" ||
            fail "JAVA_HOME is $JAVA_HOME, which holds no bin/java: point it at $_what, or unset it."
        [ "$java_major" -ge 17 ] ||
            fail "JAVA_HOME is $JAVA_HOME, which is Java $java_major: point it at $_what, or unset it."
        [ "$1" = jre ] || [ -x "$JAVA_HOME/bin/javac" ] ||
            fail "JAVA_HOME is $JAVA_HOME, which has no compiler (bin/javac): point it at $_what, or unset it."
        return
    fi

    _found=
    if _java=$(command -v java); then
        _java=$(readlink -f -- "$_java")
        JAVA_HOME=${_java%/bin/java}
        if read_java_release "$JAVA_HOME"; then
            _found=" (the one on PATH is Java $java_major)"
            if [ "$java_major" -ge 17 ] && { [ "$1" = jre ] || [ -x "$JAVA_HOME/bin/javac" ]; }; then
                export JAVA_HOME
                return
            fi
        fi
    fi

    _best=0
    for _home in "${THORNBACK_JVM_DIR:-/usr/lib/jvm}"/*; do
        if read_java_release "$_home" && [ "$java_major" -ge 17 ] && [ "$java_major" -gt "$_best" ]; then
            if [ "$1" = jre ] || [ -x "$_home/bin/javac" ]; then
                _best=$java_major
                JAVA_HOME=$_home
            fi
        fi
    done
    [ "$_best" -gt 0 ] ||
        fail "no $_what found$_found: install one (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME."
    read_java_release "$JAVA_HOME"
    export JAVA_HOME
}

# Sets os_arch. The kernel's name is asked, not guessed from files.
require_linux() {
    _kernel=$(uname -sm 2>/dev/null) || _kernel=unknown
    case $_kernel in
        Linux\ *) os_arch=${_kernel#Linux } ;;
        *) fail "this is ${_kernel%% *}; Thornback needs Linux 5.4 or later (futexes, pidfds, tmpfs): run it in a Linux machine or container." ;;
    esac
}
