/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.fuzz;

import io.thornback.gcs.GcsTargets;
import io.thornback.node.NodeTargets;
import io.thornback.objectstore.StoreTargets;
import io.thornback.raylet.RayletTargets;
import io.thornback.runtime.RuntimeTargets;
import io.thornback.transport.ipc.LaneTargets;
import io.thornback.transport.net.NetTargets;
import io.thornback.transport.trust.TrustTargets;
import io.thornback.transport.wire.WireTargets;
import io.thornback.worker.WorkerTargets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All that reads what others have written, and what some of it needs to run. */
final class FuzzTargets implements AutoCloseable {
    private final LaneTargets lanes = new LaneTargets();
    private final StoreTargets store = new StoreTargets();
    private final NetTargets net = new NetTargets();
    private final List<FuzzTarget> all = new ArrayList<>();

    FuzzTargets() throws Exception {
        all.addAll(WireTargets.all());
        all.addAll(GcsTargets.all());
        all.addAll(RuntimeTargets.all());
        all.addAll(WorkerTargets.all());
        all.addAll(RayletTargets.all());
        all.addAll(TrustTargets.all());
        all.addAll(NodeTargets.all());
        all.addAll(lanes.all());
        all.addAll(store.all());
        all.addAll(net.all());
    }

    List<FuzzTarget> all() {
        return all;
    }

    @Override
    public void close() throws IOException {
        net.close();
        store.close();
        lanes.close();
    }
}
