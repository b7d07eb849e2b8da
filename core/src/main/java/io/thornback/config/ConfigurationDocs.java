/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code docs/configuration.md} and the sample {@code conf/thornback.properties} from the settings. */
public final class ConfigurationDocs {

    private static final String HEAD = """
            # Configuration

            <!-- Generated from the settings in io.thornback.config by ConfigurationDocs; a test fails when it is stale. -->

            A value is taken from the strongest place that names it: flag, system property, environment, file, default.

            | place | form | example |
            |---|---|---|
            | flag | see `thornback start --help` | `--store-memory 2g` |
            | system property | `thornback.<key>` | `-Dthornback.store.memory=2g` |
            | environment | `THORNBACK_<KEY>`, dots and dashes as underscores | `THORNBACK_STORE_MEMORY=2g` |
            | file | a properties file, given by `--config` or `THORNBACK_CONF`; else `conf/thornback.properties` of the installation | `store.memory=2g` |

            Sizes: `1048576`, `512k`, `64m`, `2g`, `1t` (powers of 1,024). Shares: `30%`. Durations: `250ms`, `5s`, `2m`, `1h`.
            All errors are reported at once; an unknown key is an error that names the nearest key. The effective values, and where
            each came from, are written to `logs/supervisor.log` at the start. Variables that Kubernetes sets for a service
            (`…_SERVICE_HOST`, `…_PORT_6379_TCP`) are ignored.
            """;

    private static final String SAMPLE_HEAD = """
            # Configuration of Thornback nodes of this installation. Every line shows a default; take away its # to change it.
            # Environment, system properties and flags are stronger. docs/configuration.md explains the forms.
            """;

    private ConfigurationDocs() {}

    /** The whole page. */
    static String render() {
        StringBuilder page = new StringBuilder(HEAD);
        Settings.sections().forEach((section, settings) -> {
            page.append("\n## ").append(section).append("\n\n");
            page.append("| key | default | range | what it does |\n|---|---|---|---|\n");
            for (Setting<?> setting : settings) {
                String standard = setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`";
                page.append("| `").append(setting.key()).append("` | ").append(standard);
                page.append(" | ").append(setting.range()).append(" | ");
                page.append(setting.text()).append(" |\n");
            }
        });
        return page.toString();
    }

    /** The sample: every setting, commented out, with its default. */
    static String renderSample() {
        StringBuilder sample = new StringBuilder(SAMPLE_HEAD);
        Settings.sections().forEach((section, settings) -> {
            sample.append("\n# ---- ").append(section).append(" ----\n");
            for (Setting<?> setting : settings) {
                sample.append("\n# ").append(setting.text()).append('\n');
                sample.append("# ").append(setting.range()).append('\n');
                sample.append('#').append(setting.key()).append('=');
                sample.append(setting.defaultText()).append('\n');
            }
        });
        return sample.toString();
    }

    /**
     * Writes both files.
     *
     * @param args two: the page, the sample
     */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), render(), StandardCharsets.UTF_8);
        Files.writeString(Path.of(args[1]), renderSample(), StandardCharsets.UTF_8);
    }
}
