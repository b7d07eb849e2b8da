/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What was thrown in another process.
 *
 * @param className class of the throwable.
 * @param message its message, or null.
 * @param stackTrace its stack trace with causes, as text; cut, as the message is, so that the whole fits a message.
 * @param throwable the thing itself, or null where it could not be sent.
 */
public record RemoteError(String className, String message, String stackTrace, Throwable throwable) {
    private static final int MAX_NAME_BYTES = 500;

    private static final int MAX_MESSAGE_BYTES = 3_000;
    private static final int MAX_TRACE_BYTES = 4_500;

    /** The most that the written form of the throwable may have; a longer one arrives as text. */
    private static final int MAX_OBJECT_BYTES = 6_000;

    /** The throwable, or one that stands for it. */
    public Throwable toThrowable() {
        return throwable != null ? throwable : new RemoteException(className, message);
    }

    /** @param references gets those that are in it. */
    static byte[] write(final Throwable error, final GraphCodec graphs, final List<Contained> references) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                DataOutputStream out = new DataOutputStream(bytes)) {
            writeText(out, error.getClass().getName(), MAX_NAME_BYTES);
            writeText(out, messageOf(error), MAX_MESSAGE_BYTES);
            writeText(out, traceOf(error), MAX_TRACE_BYTES);
            final byte[] object = writeObject(error, graphs, references);
            out.writeInt(object.length);
            out.write(object);
            return bytes.toByteArray();
        } catch (final IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    static RemoteError read(final byte[] bytes, final GraphCodec graphs) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            final String className = readText(in);
            final String message = readText(in);
            final String trace = readText(in);
            final byte[] object = in.readNBytes(in.readInt());
            return new RemoteError(className, message, trace, readObject(object, graphs));
        } catch (final IOException e) {
            throw new UncheckedIOException("an error report of " + bytes.length + " bytes is cut off", e);
        }
    }

    /** Whatever its own methods throw when they are asked. */
    private static String messageOf(final Throwable error) {
        try {
            return error.getMessage();
        } catch (final RuntimeException | StackOverflowError e) {
            return "(its message cannot be had: " + e.getClass().getName() + ")";
        }
    }

    private static String traceOf(final Throwable error) {
        final StringWriter trace = new StringWriter();
        try {
            error.printStackTrace(new PrintWriter(trace));
        } catch (final RuntimeException | StackOverflowError e) { // many thousand causes, one inside the other
            trace.append("(its stack trace cannot be had: ")
                    .append(e.getClass().getName())
                    .append(')');
        }
        return trace.toString();
    }

    private static byte[] writeObject(
            final Throwable error, final GraphCodec graphs, final List<Contained> references) {
        try {
            final GraphCodec.Written written = graphs.write(error);
            if (written.bytes().length > MAX_OBJECT_BYTES) {
                return new byte[0];
            }
            references.addAll(written.references());
            return written.bytes();
        } catch (final RuntimeException e) {
            return new byte[0]; // Then the text has to do; that is what it is for.
        }
    }

    private static Throwable readObject(final byte[] object, final GraphCodec graphs) {
        if (object.length == 0) {
            return null;
        }
        try {
            return graphs.read(ByteBuffer.wrap(object)) instanceof Throwable t ? t : null;
        } catch (final RuntimeException e) {
            return null; // The class is not known here; the text has to do.
        }
    }

    private static void writeText(final DataOutputStream out, final String text, final int limitBytes)
            throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > limitBytes) {
            bytes = (new String(bytes, 0, limitBytes, StandardCharsets.UTF_8) + "\n…").getBytes(StandardCharsets.UTF_8);
        }
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(final DataInputStream in) throws IOException {
        final int length = in.readInt();
        return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
