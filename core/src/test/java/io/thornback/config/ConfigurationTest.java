/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {

    private static Properties properties(String key, String value) {
        Properties properties = new Properties();
        properties.setProperty(key, value);
        return properties;
    }

    @Test
    void theStrongestPlaceThatNamesAValueWins() {
        ConfigurationSources sources = new ConfigurationSources();
        assertEquals(0, sources.resolve().node().cpus());
        sources.file(properties("node.cpus", "1"), "a.properties");
        assertEquals(1, sources.resolve().node().cpus());
        sources.environment(Map.of("THORNBACK_NODE_CPUS", "2"));
        assertEquals(2, sources.resolve().node().cpus());
        sources.systemProperties(properties("thornback.node.cpus", "3"));
        assertEquals(3, sources.resolve().node().cpus());
        sources.flag(NodeConfig.CPUS, "4", "--cpus");
        assertEquals(4, sources.resolve().node().cpus());
        assertEquals("flag --cpus", sources.resolve().origin(NodeConfig.CPUS));
    }

    @Test
    void allErrorsAreReportedAtOnceEachWithItsOrigin() {
        ConfigurationSources sources = new ConfigurationSources()
                .file(properties("store.memory", "lots"), "a.properties")
                .environment(Map.of("THORNBACK_NODE_STOP_TIMEOUT", "5"))
                .flag(GcsSettings.PORT, "70000", "--port");
        List<String> problems =
                assertThrows(ConfigurationException.class, sources::resolve).problems();
        assertEquals(
                List.of(
                        "node.stop-timeout=5 (environment THORNBACK_NODE_STOP_TIMEOUT) is not a duration such as 250ms,"
                                + " 5s, 2m or 1h",
                        "gcs.port=70000 (flag --port) is outside 0 to 65535",
                        "store.memory=lots (file a.properties) is not a size such as 512m or 2g"),
                problems);
    }

    private static ConfigurationSources withHost(String host) {
        return new ConfigurationSources().environment(Map.of("THORNBACK_GCS_HOST", host));
    }

    @Test
    void plainTextIsRefusedOnAnAddressThatOtherHostsReach() {
        for (String host :
                List.of("0.0.0.0", "10.0.0.1", "::", "127.0.0.1.example.org", "127.1", "127.0.0.256", "head")) {
            assertEquals(host, withHost(host).resolve().gcs().host());
            ConfigurationSources insecure = withHost(host).flag(GcsSettings.INSECURE, "true", "--insecure");
            assertEquals(
                    List.of(
                            "gcs.insecure=true (flag --insecure) would show the cluster's token to other hosts: gcs.host="
                                    + host + " (environment THORNBACK_GCS_HOST) is not localhost, 127.x.y.z or ::1"),
                    assertThrows(ConfigurationException.class, insecure::resolve, host)
                            .problems());
        }
        for (String host : List.of("127.0.0.1", "127.3.2.1", "::1", "localhost")) {
            ConfigurationSources insecure = withHost(host).flag(GcsSettings.INSECURE, "true", "--insecure");
            assertTrue(insecure.resolve().gcs().insecure(), host);
        }
        assertFalse(withHost("10.0.0.1").resolve().gcs().insecure());
    }

    @Test
    void whatIsNoAddressIsRefused() {
        for (String host : List.of("10.0.0.1:6379", "head:1", "[::1]:5", "http://head", "a b", "-x")) {
            List<String> problems = assertThrows(
                            ConfigurationException.class, () -> withHost(host).resolve(), host)
                    .problems();
            assertTrue(problems.get(0).startsWith("gcs.host=" + host + " (environment THORNBACK_GCS_HOST)"), host);
        }
    }

    @Test
    void timesThatContradictEachOtherAreNamedTogether() {
        ConfigurationSources sources = new ConfigurationSources()
                .file(properties("gcs.heartbeat", "5s"), "a.properties")
                .environment(Map.of("THORNBACK_GCS_DEAD_AFTER", "3s"));
        assertEquals(
                List.of(
                        "gcs.suspect-after=3s (default) is not longer than gcs.heartbeat=5s (file a.properties)",
                        "gcs.dead-after=3s (environment THORNBACK_GCS_DEAD_AFTER) is not longer than"
                                + " gcs.suspect-after=3s (default)"),
                assertThrows(ConfigurationException.class, sources::resolve).problems());
    }

    @Test
    void anUnknownKeyIsAnErrorThatNamesTheNearest() {
        ConfigurationSources sources =
                new ConfigurationSources().file(properties("store.memroy", "1g"), "a.properties");
        assertEquals(
                List.of("unknown setting store.memroy (file a.properties); did you mean store.memory?"),
                assertThrows(ConfigurationException.class, sources::resolve).problems());
        ConfigurationSources variable = new ConfigurationSources().environment(Map.of("THORNBACK_STORE_MEMROY", "1g"));
        assertThrows(ConfigurationException.class, variable::resolve);
        ConfigurationSources property =
                new ConfigurationSources().systemProperties(properties("thornback.gcs.prot", "1"));
        assertThrows(ConfigurationException.class, property::resolve);
    }

    @Test
    void variablesThatKubernetesSetsForAServiceAreIgnored() {
        Configuration configuration = new ConfigurationSources()
                .environment(Map.of(
                        "THORNBACK_SERVICE_HOST", "10.0.0.1",
                        "THORNBACK_GCS_PORT", "tcp://10.0.0.1:6379",
                        "THORNBACK_GCS_PORT_6379_TCP_ADDR", "10.0.0.1"))
                .resolve();
        assertEquals(0, configuration.gcs().port());
    }

    @Test
    void aFileThatWasNamedAndIsNotThereIsAnError(@TempDir Path folder) {
        Path missing = folder.resolve("x.properties");
        ConfigurationException error = assertThrows(ConfigurationException.class, () -> new ConfigurationSources()
                .file(Optional.of(missing), Map.of(), Optional.empty()));
        assertEquals(List.of("cannot read the configuration file " + missing + ": no such file"), error.problems());
    }

    @Test
    void theFileOfTheInstallationIsReadWhereNoneIsNamed(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("conf"));
        Files.writeString(home.resolve("conf/thornback.properties"), "node.name=näme\n", StandardCharsets.UTF_8);
        Configuration configuration = new ConfigurationSources()
                .file(Optional.empty(), Map.of(), Optional.of(home))
                .resolve();
        assertEquals("näme", configuration.node().name());
    }

    @Test
    void whatADriversJobIsToldIsNoSetting() {
        new ConfigurationSources()
                .environment(Map.of("THORNBACK_JOB_ALLOWED_CLASSES", "a.*", "THORNBACK_JOB_ENVIRONMENT", "v=A=b"))
                .systemProperties(properties("thornback.job.allowed-classes", "a.*"))
                .resolve();
    }

    @Test
    void whatIsEncodedForAnotherProcessHasTheSameValuesAndOrigins() {
        Configuration configuration = new ConfigurationSources()
                .environment(Map.of("THORNBACK_NODE_RESOURCES", "gpu=2, disk=0.5"))
                .flag(NodeConfig.START_TIMEOUT, "2m", "--x")
                .resolve();
        Configuration decoded = Configuration.decode(configuration.encode());
        assertEquals(configuration.describe(), decoded.describe());
        assertEquals(Map.of("gpu", 2.0, "disk", 0.5), decoded.node().resources());
        assertEquals(Duration.ofMinutes(2), decoded.node().startTimeout());
    }

    @Test
    void sizesAreBytesOrSharesOrLeftToTheNode() {
        assertEquals(512L << 20, MemoryAmount.parse("512m").resolve(0).orElseThrow());
        assertEquals(3L << 29, MemoryAmount.parse("1.5 GiB").resolve(0).orElseThrow());
        assertEquals(300, MemoryAmount.parse("30%").resolve(1000).orElseThrow());
        assertTrue(MemoryAmount.parse("auto").resolve(1000).isEmpty());
        for (String wrong : List.of("", "12q", "0", "0%", "101%", "-5m", "9999999t", "%", "x%")) {
            assertThrows(IllegalArgumentException.class, () -> MemoryAmount.parse(wrong), wrong);
        }
    }

    @Test
    void bytesAreDescribedForPeople() {
        assertEquals("512 MiB", MemoryAmount.describe(512L << 20));
        assertEquals("1.5 GiB", MemoryAmount.describe(3L << 29));
        assertEquals("0 B", MemoryAmount.describe(0));
    }

    @Test
    void theFileInTheInstallationNamesOnlySettingsThatExist() throws Exception {
        Properties sample = new Properties();
        for (String line : Files.readAllLines(Path.of("../conf/thornback.properties"))) {
            String setting = line.replaceFirst("^#(?=[a-z-]+(\\.[a-z-]+)?=)", "");
            sample.load(new java.io.StringReader(setting));
        }
        Configuration resolved =
                new ConfigurationSources().file(sample, "sample").resolve();
        assertEquals(Settings.keys().size(), sample.size(), "every setting is in the sample");
        for (Setting<?> setting : Settings.all()) {
            assertEquals(
                    setting.defaultText(), sample.getProperty(setting.key()), setting.key() + " shows its default");
        }
        assertEquals("file sample", resolved.origin(NodeConfig.CPUS));
    }

    @Test
    void theFilesThatAreMadeFromTheSettingsAreFresh() throws Exception {
        String remedy = "stale: run ConfigurationDocs with docs/configuration.md and conf/thornback.properties";
        assertEquals(ConfigurationDocs.render(), Files.readString(Path.of("../docs/configuration.md")), remedy);
        assertEquals(
                ConfigurationDocs.renderSample(), Files.readString(Path.of("../conf/thornback.properties")), remedy);
    }

    @Test
    void theAddressOfAGcsIsTakenApartWithoutLookingAnythingUp() {
        assertEquals(new HostAndPort("head.example", 6379), HostAndPort.parse(" head.example:6379 "));
        assertEquals(new HostAndPort("fd00::7", 1), HostAndPort.parse("[fd00::7]:1"));
        assertEquals("[fd00::7]:1", HostAndPort.parse("[fd00::7]:1").toString());
        assertEquals("10.0.0.7:65535", HostAndPort.parse("10.0.0.7:65535").toString());
        for (String wrong :
                List.of("head", "head:", ":6379", "fd00::7:6379", "head:x", "[]:1", "a b:1", "http://h:1")) {
            IllegalArgumentException error =
                    assertThrows(IllegalArgumentException.class, () -> HostAndPort.parse(wrong), wrong);
            assertTrue(error.getMessage().startsWith("is not HOST:PORT"), error.getMessage());
        }
        for (String wrong : List.of("head:0", "head:65536", "head:-1")) {
            IllegalArgumentException error =
                    assertThrows(IllegalArgumentException.class, () -> HostAndPort.parse(wrong), wrong);
            assertEquals("has a port outside 1 to 65535", error.getMessage());
        }
    }

    @Test
    void theTokenIsNoSetting() {
        Configuration configuration = new ConfigurationSources()
                .environment(Map.of("THORNBACK_TOKEN", "s3cret", "THORNBACK_CLUSTER_ADDRESS", "head:6379"))
                .resolve();
        assertEquals(
                Optional.of(new HostAndPort("head", 6379)),
                configuration.cluster().address());
        assertFalse(String.join(" ", configuration.describe()).contains("s3cret"));
        assertFalse(String.join(" ", configuration.encode()).contains("s3cret"));
    }

    @Test
    void theGcsHasRoomForTheNodesThatItMayHave() {
        assertEquals(64L << 20, new ConfigurationSources().resolve().gcs().heapBytes());
        ConfigurationSources many = new ConfigurationSources().flag(GcsSettings.MAX_NODES, "10000", "test");
        assertTrue(many.resolve().gcs().heapBytes() > 200L << 20);
        many.flag(GcsSettings.HEAP, "1g", "test");
        assertEquals(1L << 30, many.resolve().gcs().heapBytes());
    }
}
