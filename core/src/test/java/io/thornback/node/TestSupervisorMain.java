/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.config.Configuration;
import io.thornback.posix.ProcessControl;
import java.io.IOException;
import java.util.List;

/** A supervisor of the roles that the system property test.roles names. */
public final class TestSupervisorMain {

    private TestSupervisorMain() {}

    public static void main(String[] args) throws IOException {
        Configuration configuration = Configuration.decode(List.of(args));
        ProcessControl.becomeSubreaper();
        Runtime.getRuntime()
                .halt(SupervisorMain.supervise(
                        configuration, NodeRoles.head(TestRoles.decode(System.getProperty("test.roles")))));
    }
}
