/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every setting there is, in the order of the documentation. */
public final class Settings {

    private static final Map<String, Setting<?>> BY_KEY = byKey();

    private Settings() {}

    private static Map<String, Setting<?>> byKey() {
        Map<String, Setting<?>> byKey = new LinkedHashMap<>();
        sections()
                .values()
                .forEach(settings -> settings.forEach(setting -> {
                    if (byKey.put(setting.key(), setting) != null) {
                        throw new IllegalStateException("two settings are called " + setting.key());
                    }
                }));
        return byKey;
    }

    /** The settings by component. */
    static Map<String, List<Setting<?>>> sections() {
        Map<String, List<Setting<?>>> sections = new LinkedHashMap<>();
        sections.put("Node", NodeConfig.settings());
        sections.put("Cluster", ClusterSettings.settings());
        sections.put("GCS", GcsSettings.settings());
        sections.put("Object store", StoreSettings.settings());
        sections.put("Raylet", RayletSettings.settings());
        sections.put("Workers", WorkerSettings.settings());
        sections.put("Logs", LogSettings.settings());
        return sections;
    }

    /** All of them. */
    public static List<Setting<?>> all() {
        return new ArrayList<>(BY_KEY.values());
    }

    /** The setting of that key, or null. */
    static Setting<?> find(String key) {
        return BY_KEY.get(key);
    }

    static List<String> keys() {
        return new ArrayList<>(BY_KEY.keySet());
    }
}
