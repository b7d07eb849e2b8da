/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.quickstart;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** A report for people. Numbers are written the same in every locale; MB is a million bytes. */
final class ReportText {
    private static final String[] TAG_NAMES = {
        "",
        "Utf8",
        "",
        "Integer",
        "Float",
        "Long",
        "Double",
        "Class",
        "String",
        "Fieldref",
        "Methodref",
        "InterfaceMethodref",
        "NameAndType",
        "",
        "",
        "MethodHandle",
        "MethodType",
        "Dynamic",
        "InvokeDynamic",
        "Module",
        "Package"
    };

    private final StringBuilder text = new StringBuilder();
    private final QuickstartReport report;

    private ReportText(QuickstartReport report) {
        this.report = report;
    }

    static String of(QuickstartReport report) {
        ReportText text = new ReportText(report);
        text.line("Counted the references in %s.", ReadableNames.printable(report.input()));
        text.ranking("Methods", report.distinctMethods(), report.topMethods(), true);
        text.ranking("Types", report.distinctTypes(), report.topTypes(), false);
        text.totals();
        text.times();
        text.check();
        return text.text.toString();
    }

    /** The name of a constant-pool tag (JVMS table 4.4-A); empty if there is none. */
    static String tagName(int tag) {
        return TAG_NAMES[tag];
    }

    private void ranking(String what, long distinct, List<Ranked> top, boolean methods) {
        if (top.isEmpty()) {
            return;
        }
        line("");
        line("%s with the most references, of %,d", what, distinct);
        for (Ranked ranked : top) {
            String name = methods ? ReadableNames.method(ranked.key()) : ReadableNames.type(ranked.key());
            line("%,10d  %s", ranked.count(), name);
        }
    }

    private void totals() {
        Totals totals = report.totals();
        line("");
        line(
                "Totals: %,d classes (%.1f MB), %,d methods, %,d fields, %,d constants:",
                totals.classes(), totals.classBytes() / 1e6, totals.methods(), totals.fields(), totals.entries());
        StringJoiner tags = new StringJoiner(", ", "  ", "");
        int inLine = 0;
        for (int tag = 0; tag < TAG_NAMES.length; tag++) {
            if (totals.entriesByTag()[tag] > 0) {
                tags.add(format("%,d %s", totals.entriesByTag()[tag], TAG_NAMES[tag]));
                if (++inLine == 6) {
                    line("%s,", tags);
                    tags = new StringJoiner(", ", "  ", "");
                    inLine = 0;
                }
            }
        }
        if (inLine > 0) {
            line("%s", tags);
        }
        if (totals.skippedFiles() > 0 || report.otherFiles() > 0) {
            skipped(totals);
        }
    }

    private void skipped(Totals totals) {
        StringJoiner reasons = new StringJoiner(", ");
        reasons.add(format("%,d other files", report.otherFiles()));
        for (SkipReason reason : SkipReason.values()) {
            if (totals.skipped()[reason.index()] > 0) {
                reasons.add(format("%,d %s", totals.skipped()[reason.index()], reason.text()));
            }
        }
        line("Left out: %s", reasons);
        report.skippedSamples().forEach(sample -> line("  %s", ReadableNames.printable(sample)));
    }

    private void times() {
        List<StageTime> stages = report.work().stages();
        long start = stages.stream().mapToLong(StageTime::startMicros).min().orElse(0);
        long end = stages.stream().mapToLong(StageTime::endMicros).max().orElse(0);
        line("");
        line("%-14s %-36s %8s %8s %8s %8s %9s", "Stage", "where", "from s", "to s", "wall s", "CPU s", "MB/s");
        for (StageTime stage : stages) {
            line(
                    "%-14s %-36s %8.2f %8.2f %8.2f %8s %9s",
                    stage.name(),
                    stage.where(),
                    (stage.startMicros() - start) / 1e6,
                    (stage.endMicros() - start) / 1e6,
                    stage.wallMicros() / 1e6,
                    stage.cpuMs() < 0 ? "" : format("%.2f", stage.cpuMs() / 1e3),
                    stage.bytes() == 0 ? "" : format("%,.0f", stage.bytesPerSecond() / 1e6));
        }
        QuickstartReport.Work work = report.work();
        String spread = format("%d objects, %.1f MB in shared memory", work.objects(), work.objectBytes() / 1e6);
        line("%-14s %-36s %8.2f %8.2f %8.2f", "total", spread, 0.0, (end - start) / 1e6, (end - start) / 1e6);
    }

    private void check() {
        line("");
        if (report.agrees()) {
            line(
                    "Check: a plain count in one thread agrees in all %,d keys and totals.",
                    report.distinctMethods() + report.distinctTypes());
        } else {
            line("Check FAILED: a plain count in one thread differs. If the input did not change meanwhile, this is a");
            line("fault of Thornback; please report it with these lines:");
            report.differences().forEach(difference -> line("  %s", ReadableNames.printable(difference)));
        }
        line("sha256 %s", report.digest());
    }

    private void line(String format, Object... values) {
        text.append(format(format, values).stripTrailing()).append('\n');
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
