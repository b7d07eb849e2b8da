/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.transport;

/**
 * What went wrong between two processes. Expected outcomes (full, closed, too long) are return codes, not exceptions;
 * this hierarchy is for what the caller cannot simply try again. Every message says what happened, with
 * {@code name=value} pairs, and ends with the {@linkplain #remedy() remedy}.
 */
public class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is; stable, for programs that decide by it. */
    public enum Code {
        /** The peer was built with another layout or schema version. */
        VERSION_MISMATCH,
        /** No such inbox, or its owner is dead. */
        PEER_NOT_FOUND,
        /** The receiver died while this process was talking to it. */
        PEER_DIED,
        /** The receiver closed its inbox, or this lane, in good order. */
        PEER_CLOSED,
        /** The receiver has no free slot for another sender. */
        INBOX_FULL,
        /** A living process already owns an inbox of that name. */
        INBOX_TAKEN,
        /** The receiver did not make room within the time allowed. */
        BACK_PRESSURE,
        /** Something found in shared memory cannot be true. */
        CORRUPT,
        /** The message does not fit. */
        TOO_LONG,
        /** This end was closed by its owner. */
        CLOSED,
        /** The waiting thread was interrupted. */
        INTERRUPTED,
        /** The peer was refused, or refused us, at the hello. */
        REFUSED,
        /** The operating system refused a call. */
        IO
    }

    private final Code code;
    private final String remedy;

    public TransportException(Code code, String what, String remedy) {
        this(code, what, remedy, null);
    }

    public TransportException(Code code, String what, String remedy, Throwable cause) {
        super(what + "; " + remedy, cause);
        this.code = code;
        this.remedy = remedy;
    }

    /** The kind of failure. */
    public final Code code() {
        return code;
    }

    /** What to do about it, one clause without a full stop. */
    public final String remedy() {
        return remedy;
    }
}
