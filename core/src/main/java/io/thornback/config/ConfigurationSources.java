/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Collects what an operator has said, weakest first: file, environment, system properties, flags. Each call adds a layer
 * over those before; {@link #resolve} parses all of it and reports all errors at once.
 */
public final class ConfigurationSources {

    /** The environment variable that names the configuration file. */
    public static final String FILE_VARIABLE = "THORNBACK_CONF";

    private static final String ENVIRONMENT_PREFIX = "THORNBACK_";
    private static final String FILE_ORIGIN = "file ";
    private static final String PROPERTY_PREFIX = "thornback.";

    /** Variables of this prefix that belong to the launcher, to running processes and to a driver's job. */
    private static final Set<String> RESERVED_VARIABLES = Set.of(
            FILE_VARIABLE,
            "THORNBACK_HOME",
            "THORNBACK_JAVA_OPTS",
            "THORNBACK_CDS",
            "THORNBACK_SESSION",
            "THORNBACK_ROLE",
            "THORNBACK_JOB_ALLOWED_CLASSES",
            "THORNBACK_JOB_ENVIRONMENT",
            "THORNBACK_PARENT_PID",
            "THORNBACK_TOKEN");

    /** Kubernetes gives these to every pod beside a service whose name starts with "thornback". */
    private static final Pattern SERVICE_VARIABLE =
            Pattern.compile(".*_(SERVICE_(HOST|PORT)(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)|THORNBACK(_.*)?_PORT");

    /** Properties of this prefix that belong to the launcher, to running processes and to a driver's job. */
    private static final Set<String> RESERVED_PROPERTIES = Set.of(
            "thornback.home",
            "thornback.cds",
            "thornback.role",
            "thornback.version",
            "thornback.log.dir",
            "thornback.node",
            "thornback.job.allowed-classes");

    private final Map<String, Configuration.Given> given = new TreeMap<>();

    /**
     * Adds the file of {@code --config}, else of THORNBACK_CONF, else {@code <home>/conf/thornback.properties} if there
     * is one. The only step that reads something.
     *
     * @throws ConfigurationException if a file that was named cannot be read
     */
    public ConfigurationSources file(Optional<Path> named, Map<String, String> environment, Optional<Path> home) {
        Optional<Path> asked = named.or(
                () -> Optional.ofNullable(environment.get(FILE_VARIABLE)).map(Path::of));
        Optional<Path> standard =
                home.map(path -> path.resolve("conf/thornback.properties")).filter(Files::isReadable);
        Optional<Path> file = asked.or(() -> standard);
        if (file.isEmpty()) {
            return this;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file.get(), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    List.of("cannot read the configuration file " + file.get() + ": " + reason(e)));
        }
        return file(properties, file.get().toString());
    }

    /** Adds the content of a file. */
    public ConfigurationSources file(Properties properties, String name) {
        for (String key : properties.stringPropertyNames()) {
            put(key, properties.getProperty(key), FILE_ORIGIN + name);
        }
        return this;
    }

    /** Adds variables THORNBACK_…; others are ignored. */
    public ConfigurationSources environment(Map<String, String> environment) {
        environment.forEach((name, text) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !RESERVED_VARIABLES.contains(name)) {
                String key = keyOfVariable(name, text);
                if (!key.isEmpty()) {
                    put(key, text, "environment " + name);
                }
            }
        });
        return this;
    }

    private static String keyOfVariable(String name, String text) {
        for (Setting<?> setting : Settings.all()) {
            if (setting.environmentName().equals(name)) {
                return SERVICE_VARIABLE.matcher(name).matches() && text.contains("://") ? "" : setting.key();
            }
        }
        return SERVICE_VARIABLE.matcher(name).matches() ? "" : name;
    }

    /** Adds system properties thornback.…; others are ignored. */
    public ConfigurationSources systemProperties(Properties properties) {
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(PROPERTY_PREFIX) && !RESERVED_PROPERTIES.contains(name)) {
                put(name.substring(PROPERTY_PREFIX.length()), properties.getProperty(name), "system property " + name);
            }
        }
        return this;
    }

    /** Adds one flag of the command line. */
    public ConfigurationSources flag(Setting<?> setting, String text, String flag) {
        put(setting.key(), text, "flag " + flag);
        return this;
    }

    /** Adds one value that a program gave. */
    public ConfigurationSources code(Setting<?> setting, String text) {
        put(setting.key(), text, "code");
        return this;
    }

    /**
     * What a configuration would be if its file were read now: the same flags, variables and properties over the file's content of today.
     *
     * @param environment where THORNBACK_CONF is looked up, if no value came from a file
     * @param home of the installation, whose file is the last resort
     * @throws ConfigurationException that lists everything that is wrong
     */
    public static Configuration readAgain(Configuration running, Map<String, String> environment, Optional<Path> home) {
        ConfigurationSources sources = new ConfigurationSources();
        Map<String, Configuration.Given> before = running.overrides();
        Optional<Path> file = before.values().stream()
                .filter(value -> value.origin().startsWith(FILE_ORIGIN))
                .map(value -> Path.of(value.origin().substring(FILE_ORIGIN.length())))
                .findFirst();
        sources.file(file, environment, home);
        before.forEach((key, value) -> {
            if (!value.origin().startsWith(FILE_ORIGIN)) {
                sources.given.put(key, value);
            }
        });
        return sources.resolve();
    }

    private void put(String key, String text, String origin) {
        given.put(key, new Configuration.Given(text, origin));
    }

    /**
     * The effective configuration.
     *
     * @throws ConfigurationException that lists everything that is wrong
     */
    public Configuration resolve() {
        return Configuration.resolve(given);
    }

    private static String reason(Exception e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.toString();
    }
}
