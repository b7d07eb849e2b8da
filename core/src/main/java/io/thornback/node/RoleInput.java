/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the supervisor hands to the role processes: configuration and plan. One line each, in {@link
 * SessionLayout#roleInput}, written before the first role is spawned.
 *
 * @param configuration the effective configuration
 * @param plan the sizes of this node
 */
record RoleInput(Configuration configuration, NodePlan plan) {

    private static final String PLAN = "PLAN";
    private static final String SETTING = "SETTING";

    void write(SessionLayout session) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(new ControlLine(PLAN, plan.encode()).toString());
        List<String> words = configuration.encode();
        for (int index = 0; index < words.size(); index += 3) {
            Map<String, String> setting = new LinkedHashMap<>();
            setting.put("key", words.get(index));
            setting.put("text", words.get(index + 1));
            setting.put("origin", words.get(index + 2));
            lines.add(new ControlLine(SETTING, setting).toString());
        }
        PrivateFiles.writeAtomically(session.roleInput(), String.join("\n", lines) + "\n");
    }

    static RoleInput read(SessionLayout session) throws IOException {
        List<String> words = new ArrayList<>();
        NodePlan plan = null;
        for (String text : Files.readAllLines(session.roleInput(), StandardCharsets.UTF_8)) {
            ControlLine line = ControlLine.parse(text);
            if (line.verb().equals(PLAN)) {
                plan = NodePlan.decode(line);
            } else {
                words.addAll(List.of(line.value("key"), line.value("text"), line.value("origin")));
            }
        }
        if (plan == null) {
            throw new IOException(session.roleInput() + " holds no plan");
        }
        return new RoleInput(Configuration.decode(words), plan);
    }
}
