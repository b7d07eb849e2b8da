/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.cli;

import io.thornback.node.NodeException;
import io.thornback.node.NodeFile;
import io.thornback.node.NodeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thornback token}. */
@Command(
        name = "token",
        sortOptions = false,
        description = "Prints the cluster's token, with which another host joins. Who has it can join: keep it secret.",
        footer = {
            "",
            "Examples:",
            "  (umask 077; thornback token > thornback.token)",
            "  thornback token | ssh host2 'umask 077; cat > thornback.token'",
            "  thornback token --json",
            "",
            "The head makes the token; a node that has joined knows it too. It stays the same as long as the head keeps its --dir.",
            "Exit code 3 if no node is running."
        })
final class TokenCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON: the token and the address to join.")
    private boolean json;

    @Mixin
    private FolderFlags folder;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return NodeView.withNode(folder, spec, this::print);
    }

    private int print(NodeFile node) {
        String token = read(node);
        if (json) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("token", token);
            values.put("gcs", node.gcsAddress());
            spec.commandLine().getOut().println(Json.write(values));
        } else {
            spec.commandLine().getOut().println(token);
        }
        return 0;
    }

    private static String read(NodeFile node) {
        Path file = node.session().token();
        try {
            String token = Files.readString(file).strip();
            if (!token.isEmpty()) {
                return token;
            }
            throw new NodeException("the token's file " + file + " is empty", remedy(node));
        } catch (NoSuchFileException e) {
            throw new NodeException("this node has no token: there is no " + file, remedy(node), e);
        } catch (IOException e) {
            throw new NodeException("cannot read the token's file " + file + ": " + e, remedy(node), e);
        }
    }

    private static String remedy(NodeFile node) {
        return node.kind() == NodeKind.JOINED
                ? "run 'thornback token' on the host of the head, " + node.gcsAddress()
                : "start the node again; only a head that was started with 'thornback start --head' makes one";
    }
}
