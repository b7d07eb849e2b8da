/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.serialization;

import java.util.Collection;
import java.util.Map;
import org.apache.fory.Fory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.serializer.Serializer;

/**
 * For types that a field may declare and that no value has: an interface, or Object, which is what a type variable comes to.
 *
 * <p>Fory 0.13.2 hands an enum in such a field to the serializer of the declared type, as long as the code of the field's class is not compiled (which happens in the background, and for generic
 * records that are not public never), and reads it as a value with its class before it. Its own serializer of Object writes nothing then, and what follows cannot be read. This one writes class and value.
 */
final class DeclaredTypeSerializer extends Serializer<Object> {
    @SuppressWarnings("unchecked") // values come by their declared type
    private DeclaredTypeSerializer(final Fory fory, final Class<?> declared) {
        super(fory, (Class<Object>) declared);
    }

    /** Before anything else is registered. */
    static void install(final Fory fory) {
        fory.registerSerializer(Object.class, new DeclaredTypeSerializer(fory, Object.class));
        fory.setSerializerFactory((of, type) -> isPlainInterface(type) ? new DeclaredTypeSerializer(of, type) : null);
    }

    private static boolean isPlainInterface(final Class<?> type) {
        return type.isInterface() && !Collection.class.isAssignableFrom(type) && !Map.class.isAssignableFrom(type);
    }

    @Override
    public void write(final MemoryBuffer buffer, final Object value) {
        if (value.getClass() != Object.class) {
            fory.writeNonRef(buffer, value);
        }
    }

    @Override
    public Object read(final MemoryBuffer buffer) {
        return new Object(); // any other value was read by its class, which stands before it
    }
}
