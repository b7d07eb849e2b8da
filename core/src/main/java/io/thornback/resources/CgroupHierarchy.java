/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the directories of the control groups that bind this process, for one controller: its own group first, then
 * each parent up to the mount point, since a limit anywhere above binds as well.
 *
 * <p>Sources: {@code cgroups(7)} for {@code /proc/self/cgroup} ({@code id:controllers:path}, version 2 has id 0 and no
 * controllers) and {@code proc(5)} for {@code /proc/self/mountinfo} (field 4 is the root of the mount within its file
 * system, field 5 the mount point, after {@code " - "} the type and the super-block's options). In a container the
 * group's path may lie outside the mount's root, or start with {@code /..}: then only the mount point is visible, and
 * it is the container's own group.
 */
final class CgroupHierarchy {
    private static final int MAX_DEPTH = 64;

    private final Path root;
    private final List<String> groups;
    private final List<String> mounts;

    private CgroupHierarchy(Path root, List<String> groups, List<String> mounts) {
        this.root = root;
        this.groups = groups;
        this.mounts = mounts;
    }

    /** Reads both tables below {@code root} ({@code /} on a real host); a missing file is an empty table. */
    static CgroupHierarchy read(Path root) throws IOException {
        return new CgroupHierarchy(
                root, lines(root.resolve("proc/self/cgroup")), lines(root.resolve("proc/self/mountinfo")));
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    }

    /** The directories of the version 1 controller, innermost first; empty if it is not mounted. */
    List<Path> version1(String controller) {
        return directories(controller);
    }

    /** The directories of the unified hierarchy, innermost first; empty if it is not mounted. */
    List<Path> version2() {
        return directories("");
    }

    private List<Path> directories(String controller) {
        final Optional<String> group = groupPath(controller);
        final Optional<String[]> mount = mount(controller);
        if (group.isEmpty() || mount.isEmpty()) {
            return List.of();
        }
        final String mountRoot = unescape(mount.get()[3]);
        final Path mountPoint = root.resolve(unescape(mount.get()[4]).substring(1));
        final List<Path> found = new ArrayList<>();
        Path directory = mountPoint.resolve(below(mountRoot, group.get())).normalize();
        while (directory != null && directory.startsWith(mountPoint) && found.size() < MAX_DEPTH) {
            found.add(directory);
            directory = directory.getParent();
        }
        return found;
    }

    private static String below(String mountRoot, String group) {
        if (group.startsWith("/..")) {
            return "";
        }
        if (mountRoot.equals("/")) {
            return group.substring(1);
        }
        return group.startsWith(mountRoot + "/") ? group.substring(mountRoot.length() + 1) : "";
    }

    private Optional<String> groupPath(String controller) {
        for (String line : groups) {
            final String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[2].startsWith("/") && hasController(fields, controller)) {
                return Optional.of(fields[2]);
            }
        }
        return Optional.empty();
    }

    private static boolean hasController(String[] fields, String controller) {
        if (controller.isEmpty()) {
            return fields[0].equals("0") && fields[1].isEmpty();
        }
        return Arrays.asList(fields[1].split(",", -1)).contains(controller);
    }

    private Optional<String[]> mount(String controller) {
        final String type = controller.isEmpty() ? "cgroup2" : "cgroup";
        for (String line : mounts) {
            final int separator = line.indexOf(" - ");
            if (separator < 0) {
                continue;
            }
            final String[] before = line.substring(0, separator).split(" ", -1);
            final String[] after = line.substring(separator + 3).split(" ", -1);
            if (before.length >= 6
                    && after.length >= 3
                    && after[0].equals(type)
                    && before[4].startsWith("/")
                    && (controller.isEmpty()
                            || Arrays.asList(after[2].split(",", -1)).contains(controller))) {
                return Optional.of(before);
            }
        }
        return Optional.empty();
    }

    /** Space, tab, newline and backslash stand as octal, such as {@code \040}, in mountinfo. */
    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        final StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '\\' && text.substring(i + 1).matches("[0-7]{3}.*")) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
