/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.observe;

/** Names of constants as JSON and the descriptors' tables have them: TASKS_QUEUED is tasksQueued. */
final class CamelCase {

    private CamelCase() {}

    static String of(final Enum<?> constant) {
        final StringBuilder name = new StringBuilder();
        boolean isUpper = false;
        for (final char letter : constant.name().toCharArray()) {
            if (letter != '_') {
                name.append(isUpper ? letter : Character.toLowerCase(letter));
            }
            isUpper = letter == '_';
        }
        return name.toString();
    }
}
