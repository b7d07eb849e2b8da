/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.config;

import io.thornback.ThornbackException;
import java.util.List;

/** The configuration has errors; all of them are listed, each with the setting, the value and where it was given. */
public class ConfigurationException extends ThornbackException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    ConfigurationException(List<String> problems) {
        super(Code.CONFIGURATION, String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line per error. */
    public List<String> problems() {
        return problems;
    }
}
