/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ThornbackException.Code;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How tasks have failed, by what they threw or with their worker, until somebody hears of it: by {@code get}, as the failure of a task that was given the result, or from the log, when the last reference is gone or
 * the connection closes. So the error of a task without a result is not lost with a reference that nobody kept. Any thread.
 */
final class UnseenFailures {
    private static final Logger LOG = LoggerFactory.getLogger(UnseenFailures.class);
    private static final int MOST_LOGGED_AT_CLOSE = 10;

    private final Map<ObjectEntry.ObjectLife, String> messages = new ConcurrentHashMap<>();

    void add(final ObjectEntry.ObjectLife object, final Failure failure) {
        if (failure.code() == Code.TASK_FAILED
                || failure.code() == Code.WORKER_DIED
                || failure.code() == Code.OUT_OF_MEMORY) {
            messages.put(object, failure.message());
        }
    }

    void seen(final ObjectEntry.ObjectLife object) {
        messages.remove(object);
    }

    /** Nobody can ask any more. */
    void unreachable(final ObjectEntry.ObjectLife object) {
        final String message = messages.remove(object);
        if (message != null) {
            LOG.warn("{}; nobody asked for its result", message);
        }
    }

    /** Nobody will. */
    void close() {
        int logged = 0;
        for (final Iterator<ObjectEntry.ObjectLife> all = messages.keySet().iterator();
                all.hasNext() && logged < MOST_LOGGED_AT_CLOSE;
                logged++) {
            unreachable(all.next());
        }
        if (!messages.isEmpty()) {
            LOG.warn("{} more tasks have failed whose results nobody asked for", messages.size());
            messages.clear();
        }
    }

    int size() {
        return messages.size();
    }
}
