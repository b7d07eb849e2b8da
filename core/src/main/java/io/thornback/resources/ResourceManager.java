/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * One node's resources: what there is in all, what is in use, and so what is available.
 *
 * <p>A request is granted whole or refused with the reason. Totals may change while requests hold resources: raised,
 * the surplus is available at once; lowered below what is in use, nothing is taken away from its holders, available is
 * zero until enough came back ({@link #overcommitted()} tells by how much).
 *
 * <p>Invariants, checked on each change: in use is the sum of what was granted and not released, never negative; with
 * constant totals, in use + available = total. Not thread-safe: the raylet's agent owns it.
 */
public final class ResourceManager {
    /** Changes that are remembered. */
    public static final int HISTORY = 256;

    private static final class Account {
        private long totalUnits;
        private long usedUnits;

        private long availableUnits() {
            return Math.max(0, totalUnits - usedUnits);
        }
    }

    private final Map<String, Account> accounts = new HashMap<>();
    /** The last changes, that of version v at (v - 1) % HISTORY: in fields of its own each, so that a grant allocates nothing for its history. */
    private final ResourceChange.Kind[] kinds = new ResourceChange.Kind[HISTORY];

    private final ResourceSet[] amounts = new ResourceSet[HISTORY];
    private final long[] timesNs = new long[HISTORY];
    private final LongSupplier clock;
    private ResourceSet total = ResourceSet.EMPTY;
    private long version;
    private long totalVersion;

    /** Begins with nothing in use. */
    public ResourceManager(ResourceSet total) {
        this(total, System::nanoTime);
    }

    /** As the other, with the clock that stamps the history. */
    public ResourceManager(ResourceSet total, LongSupplier clockNs) {
        this.clock = clockNs;
        setTotal(total);
    }

    private void changed(ResourceChange.Kind kind, ResourceSet which) {
        final int index = (int) (version % HISTORY);
        version++;
        kinds[index] = kind;
        amounts[index] = which;
        timesNs[index] = clock.getAsLong();
    }

    /** The last {@value #HISTORY} changes, oldest first. */
    public List<ResourceChange> history() {
        final List<ResourceChange> changes = new ArrayList<>();
        for (long i = Math.max(0, version - HISTORY); i < version; i++) {
            final int index = (int) (i % HISTORY);
            changes.add(new ResourceChange(i + 1, timesNs[index], kinds[index], amounts[index]));
        }
        return changes;
    }

    /** Grants the whole request, or takes nothing and says what is missing. */
    public Optional<Refusal> tryAllocate(ResourceSet request) {
        final Optional<Refusal> refusal = check(request);
        if (refusal.isPresent()) {
            return refusal;
        }
        request.forEach((name, amount) -> accounts.get(name).usedUnits += amount.units());
        changed(ResourceChange.Kind.GRANTED, request);
        return Optional.empty();
    }

    /** Why the request would not be granted now; empty if it would. Takes nothing. */
    public Optional<Refusal> check(ResourceSet request) {
        for (Map.Entry<String, ResourceAmount> entry : request.asMap().entrySet()) {
            final Account account = accounts.get(entry.getKey());
            final long available = account == null ? 0 : account.availableUnits();
            if (entry.getValue().units() > available) {
                return Optional.of(new Refusal(
                        entry.getKey(),
                        entry.getValue(),
                        ResourceAmount.ofUnits(available),
                        total.get(entry.getKey())));
            }
        }
        return Optional.empty();
    }

    /**
     * Gives back what {@link #tryAllocate} granted, in whole or in part.
     *
     * @throws IllegalStateException if more comes back than is in use; nothing is changed then
     */
    public void release(ResourceSet granted) {
        granted.forEach((name, amount) -> {
            final Account account = accounts.get(name);
            final long used = account == null ? 0 : account.usedUnits;
            if (amount.units() > used) {
                throw new IllegalStateException("released more than is in use: " + name + "=" + amount + " inUse="
                        + ResourceAmount.ofUnits(used));
            }
        });
        granted.forEach((name, amount) -> {
            final Account account = accounts.get(name);
            account.usedUnits -= amount.units();
            if (account.usedUnits == 0 && account.totalUnits == 0) {
                accounts.remove(name);
            }
        });
        changed(ResourceChange.Kind.RELEASED, granted);
    }

    /** Replaces the totals, both ways; names that are not in {@code newTotal} fall to zero. */
    public void setTotal(ResourceSet newTotal) {
        for (Account account : accounts.values()) {
            account.totalUnits = 0;
        }
        newTotal.forEach(
                (name, amount) -> accounts.computeIfAbsent(name, n -> new Account()).totalUnits = amount.units());
        accounts.values().removeIf(account -> account.totalUnits == 0 && account.usedUnits == 0);
        total = newTotal;
        totalVersion++;
        changed(ResourceChange.Kind.TOTAL, newTotal);
    }

    public ResourceSet total() {
        return total;
    }

    /** Whether {@link #tryAllocate} would grant the request now. Allocates nothing. */
    public boolean canAllocate(ResourceSet request) {
        for (Map.Entry<String, ResourceAmount> entry : request.asMap().entrySet()) {
            final Account account = accounts.get(entry.getKey());
            if (account == null || entry.getValue().units() > account.availableUnits()) {
                return false;
            }
        }
        return true;
    }

    /** What is available under one name. */
    public ResourceAmount available(String name) {
        final Account account = accounts.get(name);
        return account == null ? ResourceAmount.ZERO : ResourceAmount.ofUnits(account.availableUnits());
    }

    public ResourceSet available() {
        return collect(Account::availableUnits);
    }

    public ResourceSet inUse() {
        return collect(account -> account.usedUnits);
    }

    /** What is in use beyond the totals, after they were lowered; empty in the normal case. */
    public ResourceSet overcommitted() {
        return collect(account -> Math.max(0, account.usedUnits - account.totalUnits));
    }

    private ResourceSet collect(ToLongFunction<Account> units) {
        final TreeMap<String, ResourceAmount> collected = new TreeMap<>();
        accounts.forEach((name, account) -> collected.put(name, ResourceAmount.ofUnits(units.applyAsLong(account))));
        return ResourceSet.copyOf(collected);
    }

    /** In use / total of one resource, 0 to 1 (more than 1 while overcommitted); 0 if the node has none. */
    public double utilisation(String name) {
        final Account account = accounts.get(name);
        return account == null ? 0 : utilisation(account);
    }

    /** The highest utilisation of all resources: what the scheduling policy compares with its threshold. */
    public double criticalUtilisation() {
        double highest = 0;
        for (Account account : accounts.values()) {
            highest = Math.max(highest, utilisation(account));
        }
        return highest;
    }

    private static double utilisation(Account account) {
        if (account.totalUnits == 0) {
            return account.usedUnits == 0 ? 0 : 1;
        }
        return (double) account.usedUnits / account.totalUnits;
    }

    /** Grows with each change; a heartbeat that carries the same version carries the same amounts. */
    public long version() {
        return version;
    }

    /** Grows when the totals change: what was infeasible may be feasible now, and the other way round. */
    public long totalVersion() {
        return totalVersion;
    }
}
