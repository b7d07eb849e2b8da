/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.runtime;

import io.thornback.ids.TaskId;
import io.thornback.objectstore.ObjectId;
import java.util.List;

/**
 * A task whose result has not come.
 *
 * @param id of the task.
 * @param name for messages.
 * @param result where the result goes.
 * @param arguments kept reachable while it runs, so that the objects they refer to are.
 * @param temporaries objects that hold its large arguments and specification; deleted when it has ended. Grows until it is sent.
 */
record PendingTask(TaskId id, String name, ObjectEntry result, List<Argument> arguments, List<ObjectId> temporaries) {}
