/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;

/** A report for programs: one JSON object (RFC 8259). Keys are in internal form; times are in milliseconds. */
final class ReportJson {
    private ReportJson() {}

    static String of(QuickstartReport report) {
        Totals totals = report.totals();
        return object(
                field("input", string(report.input())),
                field("agrees", String.valueOf(report.agrees())),
                field("sha256", string(report.digest())),
                field("differences", array(report.differences(), ReportJson::string)),
                field("classes", totals.classes()),
                field("classBytes", totals.classBytes()),
                field("methods", totals.methods()),
                field("fields", totals.fields()),
                field("constants", constants(totals)),
                field("skipped", skipped(totals)),
                field("skippedSamples", array(report.skippedSamples(), ReportJson::string)),
                field("otherFiles", report.otherFiles()),
                field("distinctMethods", report.distinctMethods()),
                field("distinctTypes", report.distinctTypes()),
                field("topMethods", array(report.topMethods(), ReportJson::ranked)),
                field("topTypes", array(report.topTypes(), ReportJson::ranked)),
                field("objects", report.work().objects()),
                field("objectBytes", report.work().objectBytes()),
                field("workers", report.work().workers()),
                field("stages", array(report.work().stages(), ReportJson::stage)));
    }

    private static String constants(Totals totals) {
        StringJoiner fields = new StringJoiner(",", "{", "}");
        for (int tag = 0; tag < totals.entriesByTag().length; tag++) {
            if (!ReportText.tagName(tag).isEmpty()) {
                fields.add(field(ReportText.tagName(tag), totals.entriesByTag()[tag]));
            }
        }
        return fields.toString();
    }

    private static String skipped(Totals totals) {
        StringJoiner fields = new StringJoiner(",", "{", "}");
        for (SkipReason reason : SkipReason.values()) {
            fields.add(field(reason.name(), totals.skipped()[reason.index()]));
        }
        return fields.toString();
    }

    private static String ranked(Ranked ranked) {
        return object(field("key", string(ranked.key())), field("count", ranked.count()));
    }

    private static String stage(StageTime stage) {
        return object(
                field("name", string(stage.name())),
                field("where", string(stage.where())),
                field("startMs", stage.startMicros() / 1_000),
                field("wallMs", stage.wallMicros() / 1_000),
                field("cpuMs", stage.cpuMs() < 0 ? "null" : String.valueOf(stage.cpuMs())),
                field("bytes", stage.bytes()));
    }

    private static String object(String... fields) {
        return "{" + String.join(",", fields) + "}";
    }

    private static <T> String array(List<T> values, Function<T, String> toJson) {
        StringJoiner array = new StringJoiner(",", "[", "]");
        values.forEach(value -> array.add(toJson.apply(value)));
        return array.toString();
    }

    private static String field(String name, long value) {
        return field(name, String.valueOf(value));
    }

    private static String field(String name, String json) {
        return string(name) + ":" + json;
    }

    static String string(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7E) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
