/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.objectstore;

import io.thornback.transport.ipc.OutboundLane;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * One process's way to the object store of its node. Put and get touch shared memory alone and wait for nobody; only when
 * memory or an object is not at hand the store is asked, and the caller parked.
 *
 * <p><b>Threads.</b> All methods may be called by any thread; no locks on put, get and close of a buffer. The answers of the store
 * arrive in the inbox of the process; whoever polls that calls {@link #onMessage} with each message, on one thread. That thread must
 * not call the methods that wait.
 *
 * <p><b>If the store dies</b>, objects that are there can still be read, and put as long as leased memory and the lane last; other calls wait for the next store, each up to
 * its own time-out, and then throw {@link StoreUnavailableException}. The client goes on with the next store by itself; nothing that it had said is lost. Only if that
 * store could not take the files over, all calls but reading throw, and another client must be opened.
 *
 * <p>There is one client per inbox. Close it when it is used no more; its buffers that are still open are closed with it, those of which
 * slices live keep their objects until these are collected.
 */
public final class ObjectStoreClient implements AutoCloseable {
    /** Of every job: for {@link #list} and {@link #subscribe}. */
    public static final int EVERY_JOB = EventDesk.EVERY_JOB;

    private final ClientOptions options;
    final ClientFiles files;
    final StoreLane lane;
    final ClientReferences references;
    private final Replies replies;
    private final StoreLink link;
    final StoreRequests requests;
    private final Leases leases;
    private final ObjectLocator locator;
    private final Seals seals;
    private final ObjectQueries queries;
    private final MultiWait multiWait;
    final Leaks leaks;
    private final RejectedSeals rejected;
    private final Reply admission;
    /** Set once, when the store has admitted the client. */
    private volatile ClientPins pins;

    private volatile int clientId;
    private volatile boolean closed;
    /** The inbox that only this client uses, or null. */
    private volatile ClientInbox ownInbox;

    ObjectStoreClient(final ClientOptions options, final ClientFiles files, final OutboundLane outbound) {
        this.options = options;
        this.files = files;
        this.rejected = new RejectedSeals(options.onSealRejected());
        this.replies = new Replies(rejected::add, this::abort, options.isFeeder());
        this.link = new StoreLink(options, files, replies, outbound);
        this.lane = new StoreLane(link);
        this.references = new ClientReferences(lane);
        this.requests = new StoreRequests(lane, replies);
        this.leaks = new Leaks(this, options.traceLeaks());
        this.leases = new Leases(files, lane, replies, () -> openBuffers() + leaks.openUnsealed());
        this.locator = new ObjectLocator(files);
        this.seals = new Seals(files, lane, locator, requests, options.createTimeout());
        this.queries = new ObjectQueries(lane, replies, requests);
        this.multiWait = new MultiWait(locator, lane, replies);
        this.admission = replies.expect(new Admission(replies.nextCorrelationId(), this::admitted));
        link.onResumed(epoch -> {
            seals.sayAgain(clientId);
            references.sayAgain(epoch);
            replies.sendAgain();
        });
        replies.onRestarted(link::restarted);
        ClientPins.unmapWhenUnreachable(this, files);
    }

    /**
     * Attaches to the store and asks to be admitted, without waiting for the answer: the caller goes on to poll its inbox, and any other
     * thread calls {@link #awaitAdmission()}. Blocks for the connect time-out while there is no store.
     *
     * @throws StoreVersionException if the store is of another release
     * @throws StoreUnavailableException if there is none in time
     */
    public static ObjectStoreClient start(final ClientOptions options) {
        return ClientConnector.start(options);
    }

    /**
     * Attaches and waits until admitted, with an inbox of its own, named as the options say, polled by a thread of its own that ends
     * with the client. For processes that receive nothing else.
     *
     * @throws StoreVersionException if the store is of another release
     * @throws StoreUnavailableException if there is none in time
     * @throws StoreRefusedException if the store admits nobody more
     */
    public static ObjectStoreClient connect(final ClientOptions options) {
        return ClientConnector.connect(options);
    }

    /**
     * Waits until the store has admitted the client; returns at once when it has. Not on the thread that feeds it.
     *
     * @throws StoreUnavailableException if the store does not answer within the connect time-out
     * @throws StoreRefusedException if it admits nobody more
     */
    public void awaitAdmission() {
        final long deadlineNs = System.nanoTime() + options.connectTimeout().toNanos();
        if (pins == null && !replies.await(admission, deadlineNs, lane::isStoreAlive)) {
            throw new StoreUnavailableException(
                    "the object store did not answer within " + options.connectTimeout(),
                    "check that inbox " + options.inboxName() + " is polled and that the store is running");
        }
    }

    /**
     * Takes one message of the inbox.
     *
     * @param templateId of the message
     * @param buffer holds the SBE header at {@code offset}; not kept
     * @param offset in bytes
     * @param length header and message
     * @return true if it was for this client
     */
    public boolean onMessage(final int templateId, final DirectBuffer buffer, final int offset, final int length) {
        return replies.onMessage(templateId, buffer, offset, length);
    }

    /** As {@link #create(ObjectId, long, Duration)}, with the time-out of the options. */
    public WritableObject create(final ObjectId id, final long sizeBytes) {
        return create(id, sizeBytes, options.createTimeout());
    }

    /**
     * Takes memory for a new object. Does not wait when a leased cell is at hand.
     *
     * @param id of the object; no other live one may have it
     * @param sizeBytes 0 or more
     * @param timeout how long to wait for memory
     * @throws StoreFullException if there is none in time
     * @throws ObjectTooLargeException if there never can be
     */
    public WritableObject create(final ObjectId id, final long sizeBytes, final Duration timeout) {
        return create(id, sizeBytes, CreateOptions.DEFAULT.withTimeout(timeout));
    }

    /** As {@link #create(ObjectId, long, Duration)}, with metadata beside the data, or as a copy that may be evicted. */
    public WritableObject create(final ObjectId id, final long sizeBytes, final CreateOptions how) {
        Objects.requireNonNull(id, "id");
        checkOpen();
        final long total = CellDescriptor.sizeWithMetadata(how.lengthOf(sizeBytes), how.metadata().length);
        final long token =
                leases.take(id, total, how.timeoutOr(options.createTimeout()).toNanos());
        return new WritableObject(this, id, token, leases.memory(token, total), sizeBytes, how);
    }

    /** Puts a copy of an array, as create, write and seal do. */
    public void put(final ObjectId id, final byte[] value) {
        checkOpen();
        final long token = leases.take(id, value.length, options.createTimeout().toNanos());
        UnsafeApi.copyMemory(
                value, BufferUtil.ARRAY_BASE_OFFSET, null, leases.memory(token, value.length), value.length);
        boolean sealed = false;
        try {
            seal(id, token, value.length, 0, 0, 0);
            sealed = true;
        } finally {
            if (!sealed) {
                abort(token);
            }
        }
    }

    /** Puts a copy of a part of a buffer, as create, write and seal do. */
    public void put(final ObjectId id, final DirectBuffer value, final int offset, final int length) {
        value.boundsCheck(offset, length);
        try (WritableObject object = create(id, length)) {
            object.put(0, value, offset, length);
            object.seal();
        }
    }

    /**
     * Looks for an object without waiting or asking anybody.
     *
     * @return the object, or null if it is not in sight: not sealed, deleted, or sealed so recently that only the store knows
     * @throws PinTableFullException if too many buffers are open; after up to 2 s, in which forgotten ones are collected
     */
    public ObjectBuffer get(final ObjectId id) {
        final ClientPins table = admittedPins();
        final long pinned = locator.pin(table, id);
        return pinned == ObjectLocator.MISS ? null : checked(locator.open(table, new ObjectBuffer(this), id, pinned));
    }

    /**
     * As {@link #get(ObjectId)}, into a buffer that is used again and again: nothing is allocated.
     *
     * @param reusable from {@link #newBuffer()}, closed, and of which no slice has ever been taken
     * @return false if the object is not in sight; the buffer then stays closed
     */
    public boolean get(final ObjectId id, final ObjectBuffer reusable) {
        if (!reusable.belongsTo(this) || !reusable.isReusable()) {
            throw new IllegalStateException(
                    reusable + " cannot be used again: it is open, has given out slices, or belongs to another client");
        }
        final ClientPins table = admittedPins();
        final long pinned = locator.pin(table, id);
        if (pinned == ObjectLocator.MISS) {
            return false;
        }
        checked(locator.open(table, reusable, id, pinned));
        return true;
    }

    /** A closed buffer for {@link #get(ObjectId, ObjectBuffer)}. */
    public ObjectBuffer newBuffer() {
        return new ObjectBuffer(this);
    }

    /**
     * Gets an object, and waits for it to be sealed if it is not.
     *
     * @throws ObjectTimeoutException if it is not sealed in time
     * @throws ObjectLostException if it was spilled and the disk does not have it any more
     * @throws StoreUnavailableException if the time is over and there is no store
     */
    public ObjectBuffer get(final ObjectId id, final Duration timeout) {
        final ObjectBuffer found = get(id);
        return found != null ? found : get(id, System.nanoTime() + timeout.toNanos(), timeout);
    }

    private ObjectBuffer get(final ObjectId id, final long deadlineNs, final Duration timeout) {
        ObjectBuffer found = get(id);
        // More than once if it is deleted again between the store's word and the look.
        while (found == null && requests.isSealedBefore(id, deadlineNs)) {
            found = get(id);
        }
        if (found == null) {
            throw new ObjectTimeoutException(id, timeout.toNanos());
        }
        return found;
    }

    /**
     * Gets several objects, and waits for those that are not sealed: all of them, or an exception and none.
     *
     * @param ids of the objects; none null
     * @return buffers in the order of the ids, each to be closed
     * @throws ObjectTimeoutException if one is not sealed in time
     * @throws ObjectLostException if one cannot come any more
     * @throws StoreUnavailableException if the store dies meanwhile
     */
    public List<ObjectBuffer> get(final List<ObjectId> ids, final Duration timeout) {
        final List<ObjectId> wanted = List.copyOf(ids);
        checkOpen();
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        multiWait.await(wanted, wanted.size(), deadlineNs);
        return MultiWait.allOrNone(wanted, id -> get(id, deadlineNs, timeout));
    }

    /**
     * Waits until some of several objects are sealed. An object that is lost counts as there: a get of it does not wait either, it throws.
     *
     * @param ids of the objects; none null; one that is given twice counts twice
     * @param count how many of them to wait for, from 0
     * @param timeout after which fewer are returned
     * @return those that are there, at least {@code count} if the time was enough, in the order of the ids
     * @throws StoreUnavailableException if the store dies meanwhile
     */
    public List<ObjectId> wait(final Collection<ObjectId> ids, final int count, final Duration timeout) {
        final List<ObjectId> wanted = List.copyOf(ids);
        checkOpen();
        return multiWait.await(wanted, MultiWait.checkCount(count, wanted), System.nanoTime() + timeout.toNanos());
    }

    /**
     * Lists the sealed objects of this node's store, in memory and on disk; what is sealed or deleted meanwhile is in the list or not. Asks the store for a page
     * of some hundred at a time; nothing is pinned.
     *
     * @param jobId of one job, or {@link #EVERY_JOB}
     * @throws StoreUnavailableException if the store does not answer in time
     */
    public List<ObjectInfo> list(final int jobId, final Duration timeout) {
        checkOpen();
        return queries.list(jobId, timeout);
    }

    /**
     * Calls back with what becomes of objects from now on, on the thread that feeds the client. Events that find no room are dropped and counted: the listener must be
     * quick, and must not wait for the store. Returns when the store listens.
     *
     * @param kinds of events wanted
     * @param jobId of one job, or {@link #EVERY_JOB}
     * @param listener called with each event
     * @return ends it when closed
     * @throws StoreRefusedException if this client has too many
     * @throws StoreUnavailableException if the store does not answer within the connect time-out
     */
    public ObjectSubscription subscribe(
            final Set<ObjectEvent.Kind> kinds, final int jobId, final Consumer<ObjectEvent> listener) {
        Objects.requireNonNull(listener, "listener");
        checkOpen();
        return queries.subscribe(
                kinds.stream().mapToInt(ObjectEvent.Kind::bit).sum(), jobId, listener, options.connectTimeout());
    }

    /**
     * Calls back when an object is sealed: at once, on this thread, if it is in sight; otherwise on the thread that feeds the client.
     *
     * @return what {@link #cancelAwait} takes; 0 if the callback has run
     */
    public long await(final ObjectId id, final Runnable callback) {
        checkOpen();
        if (locator.isInSight(id)) {
            callback.run();
            return 0;
        }
        return requests.await(id, callback);
    }

    /** Ends a wait of {@link #await}; the callback may still run if the answer is under way. */
    public void cancelAwait(final long handle) {
        requests.cancelAwait(handle);
    }

    /** Whether the object is sealed. Asks the store if it is not in sight, for at most the connect time-out. */
    public boolean contains(final ObjectId id) {
        checkOpen();
        if (locator.isInSight(id)) {
            return true;
        }
        return requests.isSealed(id, options.connectTimeout());
    }

    /** Deletes an object; its memory is given back when nobody reads it any more. Does not wait; twice is as good as once. */
    public void delete(final ObjectId id) {
        checkOpen();
        lane.delete(id);
    }

    /**
     * Says that this client holds an object: while any client does, a copy of it is not evicted. Holding is a set, twice is as good as once; it ends with
     * the client. The object need not be there yet. Does not wait.
     */
    public void addReference(final ObjectId id) {
        checkOpen();
        references.add(id);
    }

    /** Ends what {@link #addReference} began; does nothing if nothing was. Does not wait. */
    public void dropReference(final ObjectId id) {
        checkOpen();
        references.drop(id);
    }

    /** The references of this process. */
    public ObjectHolds holds() {
        checkOpen();
        return references.holds;
    }

    /** Deletes every object of a job. Does not wait. */
    public void releaseJob(final int jobId) {
        checkOpen();
        lane.releaseJob(jobId);
    }

    /**
     * Waits until the store has applied all that this client has sealed, deleted or given up before.
     *
     * @throws ObjectExistsException if a seal has lost against another object of the same id since the last flush, and the options
     *     have no callback; the others are suppressed exceptions of it
     * @throws StoreUnavailableException if the store does not answer in time
     */
    public void flush(final Duration timeout) {
        checkOpen();
        requests.flush(timeout);
        rejected.throwAll();
    }

    /** The store's counters. */
    public StoreCounters counters() {
        return StoreCounters.read(files.storeAddress);
    }

    /** This client's number, 1 or more. */
    public int clientId() {
        awaitAdmission();
        return clientId;
    }

    /** Buffers that were never closed, as far as the garbage collector has found them. */
    public long leakedBuffers() {
        return leaks.buffers();
    }

    /** Objects that were neither sealed nor closed, and given up when the garbage collector found them. */
    public long leakedObjects() {
        return leaks.unsealed();
    }

    /** Buffers that are open now, and those that wait for the garbage collector; a statistic. */
    public int openBuffers() {
        final ClientPins table = pins;
        return table == null ? 0 : table.pinned();
    }

    /** Leaves the store. What was sealed stays; what was not is given up; open buffers are closed. Idempotent; does not wait for the store. */
    @Override
    public void close() {
        synchronized (replies) {
            if (closed) {
                return;
            }
            closed = true;
        }
        replies.close(closedException());
        final ClientPins table = pins;
        if (table == null || table.closeAll(() -> link.leave(table))) {
            link.leave(table);
        }
        final ClientInbox inbox = ownInbox;
        if (inbox != null) {
            inbox.close();
        }
    }

    void sayHello() {
        StoreLane.hello(lane.lane(), options, admission.correlationId, 0, 0);
    }

    void ownInbox(final ClientInbox inbox) {
        ownInbox = inbox;
    }

    // ---- what buffers and writable objects call

    void seal(
            final ObjectId id,
            final long token,
            final long length,
            final int metadataLength,
            final int format,
            final int flags) {
        checkOpen();
        seals.seal(id, token, clientId, length, metadataLength, format, flags);
    }

    void abort(final long token) {
        if (!closed) {
            lane.abort(token, clientId);
        }
    }

    void unpin(final int slot) {
        pins.unpin(slot);
    }

    void checkOpen() {
        if (closed) {
            throw closedException();
        }
        if (pins == null) {
            awaitAdmission();
        }
    }

    /** Volatile load behind the pin's CAS; partner: close(), which stores the flag and then counts the pins. */
    private ObjectBuffer checked(final ObjectBuffer opened) {
        if (closed) {
            opened.close();
            throw closedException();
        }
        return opened;
    }

    private ClientPins admittedPins() {
        checkOpen();
        return pins;
    }

    private StoreUnavailableException closedException() {
        return new StoreUnavailableException("this object store client is closed", "open another one");
    }

    /** On the feeding thread, before anybody is let in. */
    private void admitted(final int newClientId, final long epoch) {
        clientId = newClientId;
        link.admitted(newClientId);
        link.welcomed(epoch);
        final PinTable table = files.openPins(newClientId);
        leases.admitted(newClientId, table.waitWords());
        requests.waitOn(table.waitWords());
        pins = new ClientPins(table);
    }
}
