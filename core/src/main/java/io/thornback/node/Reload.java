/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.config.ConfigurationException;
import io.thornback.config.ConfigurationSources;
import io.thornback.config.LogSettings;
import io.thornback.config.Setting;
import io.thornback.config.Settings;
import io.thornback.logging.RoleLogging;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What SIGHUP to the supervisor does about settings: the file is read again; what is said of logs is taken over at once, what else has changed waits for
 * the next start, and the log says so. A file with errors changes nothing. Roles are told by the supervisor, and workers by the raylet.
 */
public final class Reload {

    private Reload() {}

    /** The configuration as the file and all stronger places say it now; the running one if there are errors. */
    static Configuration read(Configuration running) {
        try {
            Optional<Path> home = Optional.ofNullable(System.getProperty(JvmCommand.HOME_PROPERTY))
                    .map(Path::of);
            return ConfigurationSources.readAgain(running, System.getenv(), home);
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> NodeLog.log().error("the configuration stays as it was: {}", problem));
            return running;
        }
    }

    /** Says in the log what has changed. */
    static void tell(Configuration running, Configuration read) {
        for (Setting<?> setting : Settings.all()) {
            String text = read.text(setting);
            if (!text.equals(running.text(setting))) {
                boolean isTaken = LogSettings.settings().contains(setting);
                NodeLog.log()
                        .info(
                                "{}={} ({}) {}",
                                setting.key(),
                                text,
                                read.origin(setting),
                                isTaken
                                        ? "from now on"
                                        : "is for the next start: it cannot be changed while the node runs");
            }
        }
    }

    /** What roles and workers are told. */
    public static ControlLine line(LogSettings log) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("level", log.level());
        values.put("maxFileBytes", Long.toString(log.maxFileBytes()));
        values.put("maxFiles", Integer.toString(log.maxFiles()));
        values.put("format", log.format());
        values.put("maxTotalBytes", Long.toString(log.maxTotalBytes()));
        return new ControlLine(ControlLine.RELOAD, values);
    }

    /** Takes over what {@link #line} says, for this process's own log, which is opened again. */
    public static LogSettings take(ControlLine line) {
        LogSettings settings = settings(line);
        RoleLogging.use(settings);
        RoleLogging.reopen();
        return settings;
    }

    private static LogSettings settings(ControlLine line) {
        return new LogSettings(
                line.value("level"),
                Long.parseLong(line.value("maxFileBytes")),
                Integer.parseInt(line.value("maxFiles")),
                line.value("format"),
                Long.parseLong(line.value("maxTotalBytes")));
    }
}
