/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.gcs;

import io.thornback.transport.net.NetConnection;
import io.thornback.transport.net.NetFrame;
import io.thornback.transport.net.NetRefusedException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has to tell of its jobs. Each piece of news is a request; it is told until the GCS has noted it, over the next connection
 * again if need be. Jobs that run are told over each new connection, noted or not: that GCS may know nothing of them. Of each job the
 * latest counts.
 *
 * <p>At most {@value #MOST} jobs are remembered; then those are let go that the GCS has noted, before those that have ended.
 * Thread-safe; nothing here waits.
 */
final class JobNews {
    static final int MOST = 10_000;
    /** Requests without an answer; more wait here. */
    static final int WINDOW = 64;

    private static final Logger LOG = LoggerFactory.getLogger(JobNews.class);
    private static final long AGAIN_MS = 1_000;

    /** A job's latest state. Guarded by the news' monitor. */
    private static final class News {
        private JobInfo job;
        /** Counts what was told of the job; an answer is to one of these. */
        private int version;

        private boolean noted;
        private boolean queued;

        News(JobInfo job) {
            this.job = job;
        }
    }

    private final long timeoutNs;
    private final ObjLongConsumer<Runnable> later;
    private final Map<Integer, News> jobs = new LinkedHashMap<>();
    private final Queue<News> unsent = new ArrayDeque<>();
    /** Null while the node is not registered. */
    private NetConnection connection;
    /** Requests over this connection that have no answer. */
    private int inFlight;

    /**
     * Nothing to tell yet.
     *
     * @param timeoutNs how long an answer may take before the news is told again
     * @param later runs something after so many milliseconds
     */
    JobNews(long timeoutNs, ObjLongConsumer<Runnable> later) {
        this.timeoutNs = timeoutNs;
        this.later = later;
    }

    /** Tells of a job, now if that is possible. */
    synchronized void tell(JobInfo job) {
        News news = jobs.get(job.jobId());
        if (news == null) {
            makeRoom();
            news = new News(job);
            jobs.put(job.jobId(), news);
        }
        news.job = job;
        news.version++;
        news.noted = false;
        enqueue(news);
        send();
    }

    /** The node is registered over this connection: what is not noted, and what runs, is told. */
    synchronized void connected(NetConnection to) {
        connection = to;
        inFlight = 0;
        unsent.clear();
        for (News news : jobs.values()) {
            news.queued = false;
            news.noted &= !news.job.isRunning();
            enqueue(news);
        }
        send();
    }

    /** The connection fell. */
    synchronized void disconnected() {
        connection = null;
    }

    private void enqueue(News news) {
        if (!news.noted && !news.queued) {
            news.queued = true;
            unsent.add(news);
        }
    }

    private void send() {
        while (connection != null && inFlight < WINDOW && !unsent.isEmpty()) {
            final News news = unsent.remove();
            news.queued = false;
            inFlight++;
            final NetConnection over = connection;
            final int version = news.version;
            final CompletableFuture<NetFrame> told = over.request(GcsCodec.jobUpdate(news.job), timeoutNs)
                    .whenComplete((answer, failure) -> answered(over, news, version, failure));
            if (told.isCompletedExceptionally()) {
                return; // no room, or no connection any more: at once again would be in vain
            }
        }
    }

    private synchronized void answered(NetConnection over, News news, int version, Throwable failure) {
        if (over != connection) {
            return; // told again over the next
        }
        inFlight--;
        if (failure == null || failure instanceof NetRefusedException) {
            if (failure != null) {
                LOG.warn("the gcs does not keep job {}: {}", news.job.jobId(), failure.getMessage());
            }
            settle(news, version);
            send();
        } else if (over.isOpen()) {
            LOG.debug("job {} is told again: {}", news.job.jobId(), failure.getMessage());
            enqueue(news);
            later.accept(this::sendAgain, AGAIN_MS);
        }
    }

    private synchronized void sendAgain() {
        send();
    }

    private void settle(News news, int version) {
        if (news.version == version) {
            news.noted = true;
            if (!news.job.isRunning()) {
                jobs.remove(news.job.jobId(), news);
            }
        }
    }

    private void makeRoom() {
        if (jobs.size() >= MOST && !forgetFirst(news -> news.noted) && !forgetFirst(news -> !news.job.isRunning())) {
            forgetFirst(news -> true);
        }
    }

    private boolean forgetFirst(Predicate<News> condition) {
        for (News news : jobs.values()) {
            if (condition.test(news)) {
                jobs.remove(news.job.jobId());
                news.noted = true;
                LOG.warn("more than {} jobs: the gcs is told no more of job {}", MOST, news.job.jobId());
                return true;
            }
        }
        return false;
    }
}
