/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.resources;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Amounts by resource name: what a task asks for, or what a node has. Zero amounts are left out, so two sets are equal
 * when they mean the same. Immutable; any thread. Names are kept sorted, so iteration and text are the same everywhere.
 */
public final class ResourceSet {
    /** Processors; a task asks for one unless it says otherwise. */
    public static final String CPU = "cpu";

    /** Bytes of memory for workers (not the store's). */
    public static final String MEMORY = "memory";

    /** The most names in one set. */
    public static final int MAX_NAMES = 256;

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.:/-]{0,127}");

    public static final ResourceSet EMPTY = new ResourceSet(new TreeMap<>());

    private final SortedMap<String, ResourceAmount> amounts;
    /** Made when it is first asked for. A benign race: whoever sees null makes an equal one. */
    private String text;

    private ResourceSet(SortedMap<String, ResourceAmount> amounts) {
        this.amounts = amounts;
    }

    public static ResourceSet of(String name, ResourceAmount amount) {
        return EMPTY.with(name, amount);
    }

    public static ResourceSet of(String name, double amount) {
        return EMPTY.with(name, ResourceAmount.of(amount));
    }

    public static ResourceSet cpus(double amount) {
        return of(CPU, amount);
    }

    /**
     * Copies a map.
     *
     * @throws IllegalArgumentException for a bad name, or more than {@link #MAX_NAMES} names
     */
    public static ResourceSet copyOf(Map<String, ResourceAmount> amounts) {
        final TreeMap<String, ResourceAmount> copy = new TreeMap<>();
        amounts.forEach((name, amount) -> put(copy, name, amount));
        return copy.isEmpty() ? EMPTY : new ResourceSet(copy);
    }

    /** This set with one name's amount replaced; zero removes it. */
    public ResourceSet with(String name, ResourceAmount amount) {
        final TreeMap<String, ResourceAmount> copy = new TreeMap<>(amounts);
        put(copy, name, amount);
        return new ResourceSet(copy);
    }

    private static void put(SortedMap<String, ResourceAmount> into, String name, ResourceAmount amount) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a resource name: '" + name + "' (a letter, then letters, digits and _ . : / -, at most 128)");
        }
        if (amount.isZero()) {
            into.remove(name);
            return;
        }
        into.put(name, amount);
        if (into.size() > MAX_NAMES) {
            throw new IllegalArgumentException("too many resource names in one set: limit=" + MAX_NAMES);
        }
    }

    public ResourceSet plus(ResourceSet other) {
        final TreeMap<String, ResourceAmount> sum = new TreeMap<>(amounts);
        other.forEach((name, amount) -> put(sum, name, get(name).plus(amount)));
        return new ResourceSet(sum);
    }

    /** The difference; throws {@link IllegalArgumentException} if {@code other} has more of anything. */
    public ResourceSet minus(ResourceSet other) {
        final TreeMap<String, ResourceAmount> difference = new TreeMap<>(amounts);
        other.forEach((name, amount) -> put(difference, name, get(name).minus(amount)));
        return new ResourceSet(difference);
    }

    /** The amount under this name; zero if there is none. */
    public ResourceAmount get(String name) {
        return amounts.getOrDefault(name, ResourceAmount.ZERO);
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(amounts.keySet());
    }

    public void forEach(BiConsumer<String, ResourceAmount> action) {
        amounts.forEach(action);
    }

    public Map<String, ResourceAmount> asMap() {
        return Collections.unmodifiableMap(amounts);
    }

    public int size() {
        return amounts.size();
    }

    public boolean isEmpty() {
        return amounts.isEmpty();
    }

    /** Whether this set has at least what {@code other} has, of everything. */
    public boolean covers(ResourceSet other) {
        for (Map.Entry<String, ResourceAmount> entry : other.amounts.entrySet()) {
            if (get(entry.getKey()).compareTo(entry.getValue()) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof ResourceSet other && amounts.equals(other.amounts);
    }

    @Override
    public int hashCode() {
        return amounts.hashCode();
    }

    /** {@code cpu=2, gpu=0.5}; made once. */
    public String text() {
        String made = text;
        if (made == null) {
            final String braced = amounts.toString();
            made = braced.substring(1, braced.length() - 1);
            text = made;
        }
        return made;
    }

    /** {@code {cpu=2, gpu=0.5}}. */
    @Override
    public String toString() {
        return "{" + text() + "}";
    }
}
