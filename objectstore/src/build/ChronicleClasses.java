/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
import java.lang.reflect.Method;
import java.net.URI;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Run by the build: makes the class that Chronicle Map would otherwise generate and compile in every process that opens a map, and which it looks for
 * by name before it does. A Java compiler in the object store's process costs half a second of processor time and tens of megabytes.
 *
 * <p>Usage: java -cp (compile class path) ChronicleClasses.java (folder of classes)
 */
public final class ChronicleClasses {
    private static final String INTERFACE = "net.openhft.chronicle.hash.VanillaGlobalMutableState";

    private ChronicleClasses() {}

    /** Generates and compiles. */
    public static void main(final String[] args) throws Exception {
        final Class<?> type = Class.forName(INTERFACE);
        final Class<?> modelType = Class.forName("net.openhft.chronicle.values.ValueModel");
        final Object model = modelType.getMethod("acquire", Class.class).invoke(null, type);
        final Method generate = Class.forName("net.openhft.chronicle.values.Generators")
                .getDeclaredMethod("generateNativeClass", modelType, String.class);
        generate.setAccessible(true);
        final String name = type.getSimpleName() + "$$Native";
        final String source = (String) generate.invoke(null, model, name);
        final JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + INTERFACE.replace('.', '/') + "$$Native.java"),
                        JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final List<String> options = List.of(
                "--release", "17", "-nowarn", "-proc:none", "-d", args[0], "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(null, null, null, options, null, List.of(file)).call()) {
            throw new IllegalStateException("cannot compile " + name + ":\n" + source);
        }
    }
}
