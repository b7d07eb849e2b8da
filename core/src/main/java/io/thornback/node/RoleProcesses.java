/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.posix.ChildProcess;
import io.thornback.posix.ExitStatus;
import io.thornback.posix.ProcessControl;
import io.thornback.posix.ProcessWatcher;
import io.thornback.posix.Signals;
import io.thornback.posix.SpawnRequest;
import io.thornback.posix.Spawner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;

/**
 * The processes of a node's roles: spawned, listened to and watched. What they say and their ends arrive in one queue. One thread
 * for the watcher, one for the spawner, one per role that is blocked on its status pipe.
 */
final class RoleProcesses implements AutoCloseable {

    private static final Duration ORPHANS_LIMIT = Duration.ofMillis(200);

    private final SessionLayout session;
    private final BlockingQueue<SupervisorEvent> events;
    private final Map<String, String> given;
    private final Spawner spawner = new Spawner();
    private final ProcessWatcher watcher = new ProcessWatcher("watcher");
    private final Map<String, RoleProcess> roles = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param given facts that every role is told, by {@code role.fact}
     */
    RoleProcesses(SessionLayout session, BlockingQueue<SupervisorEvent> events, Map<String, String> given) {
        this.session = session;
        this.events = events;
        this.given = given;
    }

    /** Has all of them finish what they have taken on. */
    void drain() {
        roles.values().forEach(RoleProcess::drain);
    }

    /** Whether none has anything to finish any more. */
    boolean allDrained() {
        return roles.values().stream().noneMatch(RoleProcess::drains);
    }

    /** Spawns a role's process, in the place of one that has ended if there was one; it waits for GO. */
    void spawn(RoleSpec spec) {
        JvmCommand command = JvmCommand.of("io.thornback.node.RoleMain")
                .flags(JvmCommand.SMALL)
                .flags(spec.jvmFlags())
                .heap(spec.heapBytes())
                .logsAs(spec.name(), session)
                .arguments(List.of(
                        spec.name(),
                        spec.className(),
                        session.dir().toString(),
                        session.session().toString(),
                        session.shm().toString()));
        Map<String, String> environment = JvmCommand.environment(session, spec.name());
        ChildProcess child = spawner.spawn(
                SpawnRequest.of(JvmCommand.java(), command.toArguments(), environment, session.out(spec.name()))
                        .withStatusPipe());
        RoleProcess before = roles.get(spec.name());
        RoleProcess role = new RoleProcess(spec, child, before == null ? Map.of() : before.legacy());
        roles.put(spec.name(), role);
        Thread reader = new Thread(null, () -> readStatus(role), "status-" + spec.name(), 256 << 10);
        reader.setDaemon(true);
        role.readBy(reader);
        watcher.watch(child.identity(), identity -> events.add(SupervisorEvent.exited(spec.name())));
    }

    private void readStatus(RoleProcess role) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(role.child().status(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                ControlLine said = ControlLine.parse(line);
                role.heard(said);
                events.add(SupervisorEvent.status(role, said));
            }
        } catch (IOException | IllegalArgumentException e) {
            events.add(SupervisorEvent.status(
                    role, new ControlLine(ControlLine.FAILED, Map.of("reason", "its status pipe is broken: " + e))));
        }
    }

    RoleProcess get(String name) {
        return roles.get(name);
    }

    /** All of them, in the order of their start. */
    List<RoleProcess> all() {
        return new ArrayList<>(roles.values());
    }

    boolean allReady() {
        return roles.values().stream().allMatch(role -> role.life().state() == LifeCycle.State.READY);
    }

    boolean allExited() {
        return roles.values().stream().allMatch(RoleProcess::exited);
    }

    /** Sends GO to every role whose dependencies are ready and that was not told yet. */
    void goWhereReady() {
        for (RoleProcess role : roles.values()) {
            if (!role.told() && dependenciesReady(role)) {
                Map<String, String> facts = new LinkedHashMap<>(given);
                role.former().forEach((fact, value) -> facts.put(role.name() + "." + fact, value));
                for (String name : role.spec().dependencies()) {
                    roles.get(name).facts().forEach((fact, value) -> facts.put(name + "." + fact, value));
                }
                role.go(facts);
            }
        }
    }

    private boolean dependenciesReady(RoleProcess role) {
        return role.spec().dependencies().stream()
                .allMatch(name -> roles.get(name).life().state() == LifeCycle.State.READY);
    }

    /** True if a living role depends on this one. */
    boolean isNeeded(RoleProcess role) {
        return roles.values().stream()
                .anyMatch(
                        other -> !other.exited() && other.spec().dependencies().contains(role.name()));
    }

    /** Takes the exit status of a role that has ended; the rest of its process group is killed first. */
    ExitStatus reap(RoleProcess role) throws InterruptedException {
        role.child().signalGroup(Signals.KILL);
        role.awaitLastWords();
        role.onExit();
        return role.child().reap();
    }

    /** Kills what has not ended, each with its group. */
    void killAll() {
        for (RoleProcess role : roles.values()) {
            if (!role.exited()) {
                role.child().signalGroup(Signals.KILL);
            }
        }
    }

    /** Ends the orphans that this process has adopted, if it is a subreaper, when all roles have ended. */
    void endOrphans() {
        if (ProcessControl.isSubreaper() && !spawner.endAdopted(ORPHANS_LIMIT)) {
            NodeLog.log().warn("orphans that have been killed are still there");
        }
    }

    @Override
    public void close() {
        watcher.close();
        spawner.close();
    }
}
