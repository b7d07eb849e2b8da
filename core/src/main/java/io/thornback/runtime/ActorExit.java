/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.Thornback;

/** How an actor leaves by itself: what the threads that run its calls are asked. Any thread. */
public final class ActorExit {
    private static final ThreadLocal<Runnable> OF_THREAD = new ThreadLocal<>();

    private ActorExit() {}

    /**
     * The calling thread runs an actor's calls.
     *
     * @param exit has the actor end after the call that the thread runs when this is called.
     */
    public static void bindToThread(final Runnable exit) {
        OF_THREAD.set(exit);
    }

    /** See {@link Thornback#exitActor()}. */
    static void request() {
        final Runnable exit = OF_THREAD.get();
        if (exit == null) {
            throw new IllegalStateException(
                    "exitActor() is for the calls of an actor, on the thread that runs one; to end an actor from outside use"
                            + " ActorRef.terminate() or kill()");
        }
        exit.run();
    }

    /** What {@link io.thornback.ActorRef#terminate()} calls, as any other function of the actor's. */
    static void leave(@SuppressWarnings("unused") final Object actor) {
        request();
    }
}
