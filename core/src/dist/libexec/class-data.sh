# Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
#
# Sourced by bin/thornback. A class-data archive holds the classes of libexec/classes.lst, parsed and checked, in a file
# that every JVM of a node maps: they start in about 60 % of the time, and share those pages.
#
# An archive fits one build of one JVM and one class path, so it is made where it is used, at the first command, in about
# two seconds. It is written beside its place and renamed, so a concurrent start sees all of it or none. Not being able to
# make one costs nothing but that speed: the reason is kept in a file '<archive>.failed', and not tried again until that
# file is deleted.

# In: home, java_key, class_path, JAVA_HOME. Sets class_data to an archive, or to nothing.
find_class_data() {
    class_data=
    [ "${THORNBACK_CDS:-on}" != off ] || return 0
    [ -r "$home/libexec/classes.lst" ] || return 0

    if [ -w "$home" ]; then
        _folder=$home/cds
    else
        # Shared and read-only: each user has archives of their own, one folder per place of installation.
        _folder=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/thornback/cds$home
    fi
    _archive=$_folder/$java_key.jsa

    # An archive knows its class path, but jars only by size and time, and these have the same time in every build.
    IFS= read -r _build <"$home/libexec/build-id" || return 0
    _mark="$_build $home"
    if [ -f "$_archive" ] && [ -r "$_archive.mark" ]; then
        IFS= read -r _made_for <"$_archive.mark"
        if [ "$_made_for" = "$_mark" ]; then
            class_data=$_archive
            return 0
        fi
    fi
    if [ -r "$_archive.failed" ]; then
        IFS= read -r _made_for <"$_archive.failed"
        if [ "$_made_for" = "$_mark" ]; then return 0; fi
    fi
    make_class_data
    return 0
}

# One process makes the archive; the others start without it meanwhile. The lock names its holder, so that one left by a
# killed process is recognised.
make_class_data() {
    mkdir -p "$_folder" 2>/dev/null || return 0
    _lock=$_archive.lock
    if ! (set -C && echo $$ >"$_lock") 2>/dev/null; then
        _holder=
        read -r _holder <"$_lock" 2>/dev/null
        if [ -n "$_holder" ] && [ -d "/proc/$_holder" ]; then return 0; fi
        rm -f "$_lock"
        (set -C && echo $$ >"$_lock") 2>/dev/null || return 0
    fi
    trap 'rm -f "$_lock" "$_archive.$$"; exit 130' INT TERM HUP

    [ -t 2 ] && printf 'thornback: preparing faster starts for Java %s (once, two seconds)\n' "$java_major" >&2
    # The heap part can only be written by G1; the JVMs that use it may have any collector.
    if "$JAVA_HOME/bin/java" -Xshare:dump -XX:+UseG1GC -Xmx256m \
        "-XX:SharedClassListFile=$home/libexec/classes.lst" "-XX:SharedArchiveFile=$_archive.$$" \
        -cp "$class_path" >"$_archive.log" 2>&1 </dev/null && [ -s "$_archive.$$" ] &&
        rm -f "$_archive.mark" && mv -f "$_archive.$$" "$_archive" &&
        printf '%s\n' "$_mark" >"$_archive.mark.$$" && mv -f "$_archive.mark.$$" "$_archive.mark"; then
        class_data=$_archive
        rm -f "$_archive.failed" "$_archive.log"
    else
        rm -f "$_archive.$$" "$_archive.mark.$$"
        { printf '%s\n' "$_mark" && cat "$_archive.log"; } >"$_archive.failed" 2>/dev/null
        rm -f "$_archive.log"
    fi
    rm -f "$_lock"
    trap - INT TERM HUP
}
