/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.worker;

import io.thornback.runtime.CallDecoder;
import io.thornback.serialization.Payload;
import io.thornback.transport.wire.TaskOutcome;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * What a call has given, encoded.
 *
 * @param outcome whether it is values, or what was thrown, or it is to be run again.
 * @param single the value or error; null if there are several values, or nothing is to be told.
 * @param several the values of a call that makes several objects; null if there is one value, or an error.
 */
record CallResult(TaskOutcome outcome, Payload single, List<Payload> several) {
    static CallResult of(final Payload value) {
        return new CallResult(TaskOutcome.OK, value, null);
    }

    /** It is to be run again; nobody is told what it threw. */
    static CallResult retry() {
        return new CallResult(TaskOutcome.RETRY, null, null);
    }

    static CallResult failed(final Payload error) {
        return new CallResult(TaskOutcome.FAILED, error, null);
    }

    /**
     * The elements of what a call has given that makes several objects.
     *
     * @throws IllegalStateException if it is no list or array, or has another number of elements than was said.
     */
    static CallResult ofEach(final CallDecoder.ReadyCall call, final Object result, final CallDecoder decoder) {
        final int wanted = call.options().returns();
        final int given = lengthOf(result);
        if (given != wanted) {
            final String what = given >= 0
                    ? given + " values"
                    : result == null ? "null" : "a " + result.getClass().getName();
            throw new IllegalStateException(call.function().displayName() + " gave " + what + ", but was submitted with"
                    + " returns=" + wanted + ": it must give a List or an array of exactly " + wanted);
        }
        final List<Payload> several = new ArrayList<>(given);
        if (result instanceof List<?> list) {
            list.forEach(value -> several.add(decoder.encode(value)));
        } else {
            for (int i = 0; i < given; i++) {
                several.add(decoder.encode(Array.get(result, i)));
            }
        }
        return new CallResult(TaskOutcome.OK, null, several);
    }

    private static int lengthOf(final Object result) {
        if (result instanceof List<?> list) {
            return list.size();
        }
        return result != null && result.getClass().isArray() ? Array.getLength(result) : -1;
    }
}
