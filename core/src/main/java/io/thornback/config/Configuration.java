/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The effective configuration: a value for every setting, and where each came from. Immutable; safe for all threads.
 * Made by {@link ConfigurationSources}; handed from process to process as the text of what differs from the defaults.
 */
public final class Configuration {

    /**
     * One value.
     *
     * @param text as the operator wrote it
     * @param value parsed and checked
     * @param origin where it came from: "default", "file /etc/x", "environment THORNBACK_…", "flag --cpus" …
     */
    record Entry(String text, Object value, String origin) {}

    private static final String DEFAULT_ORIGIN = "default";

    private final Map<String, Entry> entries;

    private Configuration(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /** Every setting at its default. */
    public static Configuration defaults() {
        return resolve(Map.of());
    }

    /**
     * Resolves values over the defaults.
     *
     * @param given text and origin by key
     * @throws ConfigurationException that lists everything that is wrong
     */
    static Configuration resolve(Map<String, Given> given) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Setting<?> setting : Settings.all()) {
            Given source = given.get(setting.key());
            String text = source == null ? setting.defaultText() : source.text();
            String origin = source == null ? DEFAULT_ORIGIN : source.origin();
            try {
                entries.put(setting.key(), new Entry(text, setting.parse(text), origin));
            } catch (IllegalArgumentException e) {
                problems.add(say(setting.key(), text, origin) + " " + e.getMessage());
            }
        }
        for (Map.Entry<String, Given> unknown : given.entrySet()) {
            if (Settings.find(unknown.getKey()) == null) {
                problems.add("unknown setting " + unknown.getKey() + " ("
                        + unknown.getValue().origin() + "); did you mean "
                        + NearestKey.of(unknown.getKey(), Settings.keys()) + "?");
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        Configuration resolved = new Configuration(entries);
        List<String> contradictions = GcsSettings.problems(resolved);
        if (!contradictions.isEmpty()) {
            throw new ConfigurationException(contradictions);
        }
        return resolved;
    }

    /** A setting as messages name it: key, text and origin. */
    String say(Setting<?> setting) {
        Entry entry = entries.get(setting.key());
        return say(setting.key(), entry.text(), entry.origin());
    }

    private static String say(String key, String text, String origin) {
        return key + "=" + text + " (" + origin + ")";
    }

    /**
     * A value that an operator gave.
     *
     * @param text as written
     * @param origin where
     */
    record Given(String text, String origin) {}

    /** The value of a setting. */
    @SuppressWarnings("unchecked") // an entry was made by the parser of the setting with this key
    public <T> T get(Setting<T> setting) {
        return (T) entries.get(setting.key()).value();
    }

    /** The value of a setting as an operator would write it; a folder that follows from the user is written out. */
    public String text(Setting<?> setting) {
        Entry entry = entries.get(setting.key());
        return entry.value() instanceof Path path ? path.toString() : entry.text();
    }

    /** Where the value of a setting came from. */
    public String origin(Setting<?> setting) {
        return entries.get(setting.key()).origin();
    }

    /** The same with other values for some settings, as code gives them. */
    public Configuration with(Map<Setting<?>, String> values) {
        Map<String, Given> given = overrides();
        values.forEach((setting, text) -> given.put(setting.key(), new Given(text, "code")));
        return resolve(given);
    }

    /** The same with the values of some settings, and where they come from, taken from another. */
    public Configuration taking(List<Setting<?>> settings, Configuration from) {
        Map<String, Entry> taken = new LinkedHashMap<>(entries);
        settings.forEach(setting -> taken.put(setting.key(), from.entries.get(setting.key())));
        return new Configuration(taken);
    }

    Map<String, Given> overrides() {
        Map<String, Given> given = new TreeMap<>();
        entries.forEach((key, entry) -> {
            if (!entry.origin().equals(DEFAULT_ORIGIN)) {
                given.put(key, new Given(entry.text(), entry.origin()));
            }
        });
        return given;
    }

    /** What differs from the defaults, three strings each: key, text, origin; {@link #decode} reads it back. */
    public List<String> encode() {
        List<String> words = new ArrayList<>();
        overrides().forEach((key, given) -> words.addAll(List.of(key, given.text(), given.origin())));
        return words;
    }

    /** Reads what {@link #encode} wrote. */
    public static Configuration decode(List<String> words) {
        if (words.size() % 3 != 0) {
            throw new IllegalArgumentException("a configuration has three words per value, not " + words.size());
        }
        Map<String, Given> given = new TreeMap<>();
        for (int index = 0; index < words.size(); index += 3) {
            given.put(words.get(index), new Given(words.get(index + 1), words.get(index + 2)));
        }
        return resolve(given);
    }

    /** One line per setting, "key=value (origin)", sorted by key. */
    public List<String> describe() {
        return entries.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .map(e -> say(e.getKey(), e.getValue().text(), e.getValue().origin()))
                .toList();
    }

    /** The node as a whole. */
    public NodeConfig node() {
        return NodeConfig.from(this);
    }

    /** How the node belongs to a cluster. */
    public ClusterSettings cluster() {
        return ClusterSettings.from(this);
    }

    /** The control service. */
    public GcsSettings gcs() {
        return GcsSettings.from(this);
    }

    /** The object store. */
    public StoreSettings store() {
        return StoreSettings.from(this);
    }

    /** The scheduler. */
    public RayletSettings raylet() {
        return RayletSettings.from(this);
    }

    /** Worker processes. */
    public WorkerSettings worker() {
        return WorkerSettings.from(this);
    }

    /** Log files. */
    public LogSettings log() {
        return LogSettings.from(this);
    }
}
