/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
/**
 * The shared-memory object store: put and get without a round trip to any daemon, no copy on get, and no process that can be killed
 * at the wrong moment.
 *
 * <h2>Who owns what</h2>
 *
 * {@link io.thornback.objectstore.ObjectStoreAgent} is the single writer of the index, of the descriptors' states but one, and of the head; it
 * alone allocates. Clients ({@link io.thornback.objectstore.ObjectStoreClient}) write the memory of their own cells, the client's fields of those
 * descriptors, and their own pin tables. No free list is shared, no word has two owners but the descriptor's, and there only LEASED may be
 * left by either side, by CAS.
 *
 * <pre>
 * file          layout               written by             mapped by clients
 * store.dat     StoreDescriptor      store                  read-only
 * cells.dat     CellDescriptor       store, owning client   writable
 * index.dat     IndexDescriptor      store                  read-only
 * arena.dat     (objects)            owning client          read-only for gets, writable for puts
 * client-N.dat  PinTableDescriptor   client N               writable
 * graves.dat    SpillGraves          store                  no
 * store.lock    (OwnerLock)          store                  no
 * </pre>
 *
 * <h2>Put</h2>
 *
 * Take a leased cell by CAS LEASED → WRITING; write the object and the descriptor's fields; commit SEAL in the lane; remember the cell among the own
 * puts; return. The store moves it to SEALED if the word still says WRITING, this client, this generation; enters it in the index; wakes who waits. A repeat
 * finds another word and does nothing. If the id is in the index already, the cell becomes DOOMED and the client is told.
 *
 * <p><b>Own puts need no pin</b> (the design page gives them one): the store never takes a WRITING cell from a living client, so nothing can happen to
 * it before the SEAL is applied. And a view of one takes an ordinary pin first and then accepts WRITING or SEALED at the generation it expects; from there the
 * cell can become free only through DOOMED (or EVICTING), whose scan sees the pin. Whether the SEAL was applied is in the
 * word itself, so there is nothing to count.
 *
 * <h2>Get and release</h2>
 *
 * Index → cell; pin by CAS 0 → cell + 1; load the word; SEALED and the right id: read. Else unpin and look among the own puts, then ask the store. Release is one
 * release-store of 0.
 *
 * <h2>Memory order</h2>
 *
 * <pre>
 * store side                                partner
 * word := LEASED (release)                  CAS to WRITING: sees offset and capacity
 * word := SEALED (release or stronger)      volatile load under the pin: sees the object's bytes, which the
 *                                           store has from the client by lane commit (release) and read (acquire)
 * word := DOOMED (volatile); full fence;    pin (CAS, a full fence); load of the word (volatile). One of the two
 *   load of highWater and all pins            sees the other, so no memory is freed under a reader
 * word := EVICTING (volatile); full fence;  the same pair
 *   load of highWater and all pins
 * pin table read 0 (volatile)               unpin (release): the reader's loads came before
 * index entry, generation (release)         acquire / volatile load; only ever a hint
 * file version (release, last)              acquire load on attach: everything else is there
 * client: highWater raised (volatile)       read after the store's fence: no pin is beyond it
 * client: closed flag, then count pins      get: pin, then read the flag; no view outlives the close unseen
 * answer (plain), then the wait word by     owner of the word: volatile load of the word, then the answer; or its own
 *   CAS, if the wait is unfinished            CAS when its time is over, after which no answer is handed over
 * </pre>
 *
 * <h2>What may overtake a SEAL</h2>
 *
 * A message about an object can come down another lane before its SEAL is read. A wait just waits. A delete, a query or the release of a job of what is not in
 * the index is decided when every other lane has been read up to where it was filled when the message was read; by then the SEAL, committed before
 * its id was told to anybody, is applied. See {@code Undecided}.
 *
 * <h2>References</h2>
 *
 * An object that is known to more than one process goes when nobody has a reference to it any more ({@code Holds}). Each client counts its own references and tells the store of
 * the first and of the end of the last ({@link io.thornback.objectstore.ObjectHolds}); an object that contains references holds these from its seal until it is deleted, and has their ids in
 * it ({@code Contents}). When the last hold falls, another may be on its way in a lane: the store decides when all lanes have been read up to where they are filled at that moment.
 * {@code addReference} is another thing: it keeps a copy from being evicted, and deletes nothing when it ends.
 *
 * <h2>Memory</h2>
 *
 * Size classes in slabs, extents by best fit. The arena's file has twice as many addresses as it may have pages: where no free extent with pages is large enough,
 * pages move there from smaller ones ({@code ArenaExtents}), so free memory in pieces refuses nothing. Pages are reserved before a cell in them is leased, by a thread that
 * keeps ahead of use ({@code ArenaAhead}), so a full tmpfs is "store full". Leases of small cells come in batches that grow with use; that of an extent comes alone, its token left at the word that the creator
 * waits on ({@code WaitWords}). When nothing fits, idle leases of all clients are taken back by CAS and deleted objects looked at again; then creates wait in
 * order until their deadlines. A lease that somebody waited for is not idle in its first moment ({@code FreshGrants}).
 *
 * <h2>What leaves memory</h2>
 *
 * Every sealed object is in one of two lists, the least recently used first ({@code Lru}): CLEAN, which may leave memory now, because it is a copy that nobody holds or has a
 * good copy on disk; and DIRTY, everything else. Readers note cell and second beside their pin; the store reads these notes when it has to choose.
 *
 * <p>Evicting: a batch of CLEAN cells is marked EVICTING, one full fence, one pass over all pin tables; what is pinned is SEALED again, the rest leaves the
 * index and is FREE. Deleting uses the same scan ({@code PinScan}).
 *
 * <p>Spilling: from the high-water mark on, or when somebody waits for memory, the oldest DIRTY objects are written by a thread of their own, in batches, and are CLEAN then. They
 * stay SEALED and readable meanwhile; a cell that a thread of the store touches is <i>held</i>, which every scan takes for a pin. Files and records:
 * {@code SpillDescriptor}. One record is written once: what is restored stays CLEAN.
 *
 * <p>Restoring: a wait for an object that is only on disk leases a cell for the store itself (client 0), has a second thread read and check it, and seals it like any other; all who
 * wait are told by the same message. Restores come before creates: who reads is nearer to giving memory back than who makes. What cannot be read back is lost, and
 * whoever waits for it is told, now and later, until it is made again or deleted.
 *
 * <p>Deleting what is on disk: its place is noted in shared memory ({@code SpillGraves}) before the message counts as read, and the record is marked by the
 * writing thread; so the agent waits for no disk, and nothing deleted comes back.
 *
 * <p>Neither thread touches state of the agent: tasks go and come back through queues ({@code IoThread}).
 *
 * <h2>The catalog</h2>
 *
 * {@code catalog.dat}, a Chronicle map on a disk, lists what lives: id, lengths, places, checksum, times ({@code CatalogDescriptor}). It is derived: descriptors and spill files have
 * all of it. Only the store's process opens it, under a lock, by a thread of its own; the agent hands over batches and looks up where an object is on disk when the heap does not
 * know. {@code Catalog} says when it is opened, what is written, and what happens when it is full, behind, damaged or not to be had.
 *
 * <h2>Quotas</h2>
 *
 * A cell is charged to the job of the client that leased it. A request that would take a job over its quota waits in a queue of the job's own, while objects of the same job are evicted
 * and spilled for it; nobody else waits for that. Restores are charged and never refused.
 *
 * <h2>Who dies when, and what is left</h2>
 *
 * <pre>
 * who, when                                  left behind                repaired by
 * client, with leases                        LEASED cells               store: frees them when the lane is closed
 * client, while writing                      WRITING cell               the same
 * client, SEAL claimed but not committed     WRITING cell               the same; the claim is skipped
 * client, SEAL committed                     nothing: it is applied     store: reads the lane out first
 * client, between pin and look               pin of whatever cell       store: ignores and deletes the pin table
 * client, with views                         pins                       the same; DOOMED cells go at the next scan
 * client, with references                    holds                      store: they fall when the lane has been read out
 * store, at any moment                       all files; clients read    the next store takes them over: see below
 *                                            on from their mappings
 * store, with a decision on an unheld        objects that nobody holds  nobody: they stay until their job is released
 *   object, or while its last holder dies
 * store, in the middle of recovering         the same                   the next store: recovering twice is like once
 * store, before store.dat has its version    files without version      the next store makes them anew; clients wait for a version
 * both                                       all files                  the next store, by the lock that the kernel has let go
 * </pre>
 *
 * The death of a client is what the kernel says (pidfd), never a time-out; a stopped client keeps what it holds and delays nobody.
 *
 * <h2>A store that comes after another</h2>
 *
 * It takes the files over if their layout and shape are its own ({@code FoundFiles}); otherwise it begins anew and says why. From the descriptors it
 * derives all that it keeps on its heap, and the index ({@code CellRecovery}): LEASED becomes FREE, EVICTING becomes SEALED, WRITING stays with a client that is
 * known, and what cannot be right is quarantined. Then it reads out the lanes that led to the dead one ({@code InheritedMessages}): what clients <em>told</em> the store
 * is applied, what they <em>asked</em> is ignored, for they ask again. Last it raises the epoch and rings every client.
 *
 * <p>A client goes on reading meanwhile, and putting while it has leases and room in its lane. It looks for the next store when it is rung, or finds its
 * lane closed ({@code StoreLink}): new lane, hello with its old number, and then it says again what it waits for, what it sealed and is still WRITING, and
 * what it references. A call that needs the store waits for the next one until its own time-out.
 *
 * <h2>Closing</h2>
 *
 * A client that is closed closes its views; slices that were handed out keep their objects, and the lane to the store, until they are
 * unreachable. Its mappings go when neither it nor a view of it can be reached: unmapping earlier would turn a late access of another thread into
 * the death of the JVM.
 *
 * <h2>Trust</h2>
 *
 * A client can write where it should not: the files are open to all processes of the user. Lengths and offsets found in shared memory are checked before use, on
 * both sides; that guards against errors, not against malice.
 */
package io.thornback.objectstore;
