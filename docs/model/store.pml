/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0
 *
 * The object store's protocol over shared memory: put, seal, reading one's own put, pin, evict, delete, the death of a client and of
 * the store. README.md tells what is in it and what is not, and what each BREAK_ flag leaves out.
 *
 * Process 0 is the store, 1 and 2 are clients. Every store to shared memory goes into the buffer of its process (x86-TSO) and reaches
 * memory at any later time, in order; a load sees its own process's buffer first. A fence or a CAS waits until that buffer is empty.
 *
 * One step is at most one access to a word that somebody else may change meanwhile. What only the process itself can see, a store into
 * its own buffer too, is done in the same step as what comes before it, except where a kill between the two makes a difference.
 */
#ifndef CELLS
#define CELLS 1 /* at most 2 */
#endif
#ifndef IDS
#define IDS 1 /* at most 3 */
#endif
#ifndef OPERATIONS_1
#define OPERATIONS_1 2
#endif
#ifndef OPERATIONS_2
#define OPERATIONS_2 2
#endif
#ifndef KILLS
#define KILLS 1 /* of client 1: at most 1 */
#endif
#ifndef RESTARTS
#define RESTARTS 1 /* of the store */
#endif
#ifndef LEASES
#define LEASES 2 /* of one cell, at most 7: generations */
#endif
#define BUFFER 2 /* stores that a processor holds back */

/* ---- shared memory: one byte stands for one word */
#define FREE 0
#define LEASED 1
#define WRITING 2
#define SEALED 3
#define EVICTING 4
#define DOOMED 5
#define WORD_OF(state, client, generation) (((state) << 5) | ((client) << 3) | (generation))
#define WITH_STATE(word, state) (((word) & 31) | ((state) << 5))
#define STATE(word) ((word) >> 5)
#define CLIENT(word) (((word) >> 3) & 3)
#define GENERATION(word) ((word) & 7)

/* Id, header and all bytes of the object in one: what the client writes in WRITING. */
#define CONTENT_OF(generation, id) (((generation) << 2) | (id))
#define CONTENT_ID(content) ((content) & 3)

#define WORD(cell) (cell)
#define CONTENT(cell) (CELLS + (cell))
#define INDEX(id) (2 * CELLS + (id) - 1)
#define PIN(client) (2 * CELLS + IDS + (client) - 1)
#define WORDS (2 * CELLS + IDS + 2)
#define LANE 255 /* not a word: the commit of a record in the client's lane */

#define SEAL_OF(cell, generation, id) (64 | ((cell) << 5) | ((generation) << 2) | (id))
#define DELETE_OF(id) (id)
#define IS_SEAL(message) ((message) >= 64)
#define SEAL_CELL(message) (((message) >> 5) & 1)
#define SEAL_GENERATION(message) (((message) >> 2) & 7)
#define MESSAGE_ID(message) ((message) & 3)

byte memory[WORDS];
chan lane1 = [2] of { byte };
chan lane2 = [2] of { byte };

/* ---- the processors */
byte bufferedAt[3 * BUFFER];
byte buffered[3 * BUFFER];
byte held[3];
/* By process and word, what a load returns: the newest store of its own that is still in the buffer, else memory. */
byte seen[3 * WORDS];

#define FENCE(p) (held[p] == 0)
#define ROOM(p) (held[p] < BUFFER)
#define NOW(p, at) seen[(p) * WORDS + (at)]
#define HOLDS(p, at) \
    ((held[p] > 0 && bufferedAt[(p) * BUFFER] == (at)) || (held[p] > 1 && bufferedAt[(p) * BUFFER + 1] == (at)))

inline hold(p, at, value) {
    bufferedAt[(p) * BUFFER + held[p]] = at;
    buffered[(p) * BUFFER + held[p]] = value;
    held[p]++
}

inline push(p, at, value) {
    hold(p, at, value);
    seen[(p) * WORDS + (at)] = value
}

/* Memory changes, and with it what all see that hold back no store of their own to that word. */
inline publish(at, value) {
    memory[at] = value;
    if
    :: !HOLDS(0, at) -> seen[at] = value
    :: else
    fi;
    if
    :: !HOLDS(1, at) -> seen[WORDS + (at)] = value
    :: else
    fi;
    if
    :: !HOLDS(2, at) -> seen[2 * WORDS + (at)] = value
    :: else
    fi
}

inline shift(p) {
    held[p]--;
    bufferedAt[(p) * BUFFER] = bufferedAt[(p) * BUFFER + 1];
    buffered[(p) * BUFFER] = buffered[(p) * BUFFER + 1];
    bufferedAt[(p) * BUFFER + 1] = 0;
    buffered[(p) * BUFFER + 1] = 0
}

/* ---- what the checker knows and no process asks */
byte viewed[3]; /* by client: cell + 1 that it has an open view of */
byte written[3]; /* by client: cell + 1 that it writes, until the SEAL's commit */
byte committed[CELLS]; /* generation of the last SEAL in a lane */
byte givenBack[CELLS]; /* the last generation whose memory was given back */

/* ---- who lives. What the kernel says, or what the store keeps in the client table. */
bool dead[3];
bool done[3];
bool gone[3]; /* the store has cleaned up after it */
bool kill;
bool crash;
bool finished;
byte kills;
byte restarts;

/* Memory is given back: nobody may be reading or writing it. */
inline giveBack(cell, generation) {
    assert(viewed[1] != (cell) + 1 && viewed[2] != (cell) + 1);
    assert(written[1] != (cell) + 1 && written[2] != (cell) + 1);
    givenBack[cell] = generation
}

#define IS_COMMIT(p) (held[p] > 0 && bufferedAt[(p) * BUFFER] == LANE)

inline flush(p) {
    at = bufferedAt[(p) * BUFFER];
    value = buffered[(p) * BUFFER];
    shift(p);
    publish(at, value);
    at = 0;
    value = 0
}

inline commit(p, lane) {
    lane!buffered[(p) * BUFFER];
    if
    :: IS_SEAL(buffered[(p) * BUFFER]) ->
        committed[SEAL_CELL(buffered[(p) * BUFFER])] = SEAL_GENERATION(buffered[(p) * BUFFER])
    :: else
    fi;
    shift(p)
}

active proctype Processors() {
    byte at, value;
end:
    do
    :: d_step { held[0] > 0; flush(0) }
    :: d_step { held[1] > 0 && !IS_COMMIT(1); flush(1) }
    :: d_step { held[2] > 0 && !IS_COMMIT(2); flush(2) }
    :: d_step { IS_COMMIT(1) && nfull(lane1); commit(1, lane1) }
    :: d_step { IS_COMMIT(2) && nfull(lane2); commit(2, lane2) }
    od
}

/* A killed process's stores still reach memory, in order, before anybody can know of its death: so it is killed with an empty buffer. */
active proctype Killer() {
end:
    do
    :: d_step { kills < KILLS && !done[1] && FENCE(1); kills++; kill = true }
    :: d_step { restarts < RESTARTS && !finished && !crash && FENCE(0); restarts++; crash = true }
    od
}

/* ---- a client, with one pin and one remembered put */

inline pin(cell) {
#ifdef BREAK_READER_FENCE
    d_step { ROOM(me); push(me, PIN(me), (cell) + 1) }
#else
    /* A CAS: a full fence stands between it and the load of the word. */
    d_step { FENCE(me); publish(PIN(me), (cell) + 1) }
#endif
}

/* What makes the pinned cell the object that is wanted, at the generation in word. */
#ifdef BREAK_OWN_GENERATION
#define IS_OWN (STATE(word) == WRITING || STATE(word) == SEALED)
#else
#define IS_OWN ((STATE(word) == WRITING || STATE(word) == SEALED) && GENERATION(word) == ownGeneration)
#endif
#define IS_FOUND ((fromIndex && STATE(word) == SEALED) || (!fromIndex && IS_OWN))

/* Looks at a pinned cell, reads it if it is the object, and unpins it; more than one read, so that a change shows. */
inline look(cell) {
#ifdef BREAK_LOOK_FIRST
    word = NOW(me, WORD(cell));
    pin(cell);
#else
    pin(cell);
    word = NOW(me, WORD(cell));
#endif
    d_step {
        content = NOW(me, CONTENT(cell));
        if
        :: IS_FOUND && CONTENT_ID(content) == id ->
            viewed[me] = (cell) + 1;
            assert(givenBack[cell] != GENERATION(word));
            assert(content == CONTENT_OF(GENERATION(word), id))
        :: else -> word = 0
        fi
    }
    d_step {
        ROOM(me);
        assert(word == 0 || NOW(me, CONTENT(cell)) == content);
        viewed[me] = 0;
        push(me, PIN(me), 0);
        content = 0
    }
}

inline get() {
    hint = NOW(me, INDEX(id));
    if
    :: hint != 0 -> fromIndex = true; look(hint - 1); d_step { fromIndex = false; hint = 0 }
    :: else
    fi;
    if
    :: word == 0 && ownCell != 0 -> look(ownCell - 1)
    :: else
    fi;
    word = 0
}

/* Any cell that is leased to this client: the grant told it cell and generation. A CAS; the store may take the lease back meanwhile. */
inline put(cell) {
    d_step {
        FENCE(me) && STATE(memory[WORD(cell)]) == LEASED && CLIENT(memory[WORD(cell)]) == me;
        word = WITH_STATE(memory[WORD(cell)], WRITING);
        publish(WORD(cell), word);
        written[me] = (cell) + 1;
        ownCell = (cell) + 1;
        ownGeneration = GENERATION(word);
        word = 0
    }
#ifdef BREAK_COMMIT_FIRST
    d_step { ROOM(me); hold(me, LANE, SEAL_OF(ownCell - 1, ownGeneration, id)) }
    d_step { ROOM(me); push(me, CONTENT(ownCell - 1), CONTENT_OF(ownGeneration, id)); written[me] = 0 }
#else
    d_step { ROOM(me); push(me, CONTENT(ownCell - 1), CONTENT_OF(ownGeneration, id)) }
    d_step { ROOM(me); hold(me, LANE, SEAL_OF(ownCell - 1, ownGeneration, id)); written[me] = 0 }
#endif
}

/* The store has been started again: a put that it may have forgotten is said again. */
inline sealAgain() {
    d_step {
        knownRestarts = restarts;
        word = NOW(me, WORD(ownCell - 1));
        content = NOW(me, CONTENT(ownCell - 1))
    }
    if
    :: word == WORD_OF(WRITING, me, ownGeneration) ->
        d_step { ROOM(me); hold(me, LANE, SEAL_OF(ownCell - 1, ownGeneration, CONTENT_ID(content))); word = 0; content = 0 }
    :: else -> d_step { word = 0; content = 0 }
    fi
}

proctype Client(byte me; byte operations) {
    byte hint, word, content, ownCell, ownGeneration, knownRestarts;
    byte id = 1;
    bool fromIndex;
    {
        do
        :: operations > 0 ->
            operations--;
#if IDS > 1
            if
            :: id = 1
            :: id = 2
            fi;
#endif
            if
            :: put(0)
#if CELLS > 1
            :: put(1)
#endif
            :: get()
            :: d_step { ROOM(me); hold(me, LANE, DELETE_OF(id)) }
            fi
        :: restarts != knownRestarts && ownCell != 0 -> sealAgain()
        :: operations == 0 -> break
        od;
        done[me] = true
    } unless {
        d_step {
            me == 1 && kill;
            kill = false;
            dead[me] = true;
            viewed[me] = 0;
            written[me] = 0;
            hint = 0; word = 0; content = 0; ownCell = 0; ownGeneration = 0; fromIndex = false; operations = 0
        }
    }
}

/* ---- the store */

#ifdef BREAK_STORE_FENCE
#define STORE_FENCE true
#else
#define STORE_FENCE FENCE(0)
#endif
#ifdef BREAK_RESTART_PINS
#define IS_SCANNED(client) (!gone[client] && restarts == 0)
#else
#define IS_SCANNED(client) (!gone[client])
#endif
/* Pin 0, none, becomes bit 0, which means nothing here. */
#define PINNED(client) ((1 << NOW(0, PIN(client))) * IS_SCANNED(client))
#define IS_PINNED(cell) (pinned & (2 << (cell)))

/* All marks were stored before; one scan for the batch. A set bit: some client has that cell pinned. */
inline scan() {
    d_step { STORE_FENCE; pinned = PINNED(1) }
    pinned = pinned | PINNED(2)
}

/* A WRITING cell at this generation is left alone by all others, so its fields are read in one step. */
#ifdef BREAK_SEAL_GENERATION
#define IS_EXPECTED(from) (STATE(word) == WRITING && CLIENT(word) == from)
#else
#define IS_EXPECTED(from) (word == WORD_OF(WRITING, from, SEAL_GENERATION(message)))
#endif
#define IS_WELL_FORMED (NOW(0, CONTENT(cell)) == CONTENT_OF(GENERATION(word), MESSAGE_ID(message)))

inline seal(from) {
    d_step {
        ROOM(0);
        cell = SEAL_CELL(message);
        word = NOW(0, WORD(cell));
        if
        :: IS_EXPECTED(from) && IS_WELL_FORMED && NOW(0, INDEX(MESSAGE_ID(message))) == 0 ->
            push(0, WORD(cell), WITH_STATE(word, SEALED))
        :: IS_EXPECTED(from) && !(IS_WELL_FORMED && NOW(0, INDEX(MESSAGE_ID(message))) == 0) ->
            /* Torn, or the id is taken. The client may be reading it already. */
            push(0, WORD(cell), WITH_STATE(word, DOOMED));
            doomed = doomed | (1 << cell);
            word = 0
        :: else -> word = 0
        fi
    }
    if
    :: word != 0 -> d_step { ROOM(0); push(0, INDEX(MESSAGE_ID(message)), cell + 1); cell = 0; word = 0 }
    :: else -> cell = 0
    fi
}

inline delete() {
    if
    :: d_step {
        NOW(0, INDEX(MESSAGE_ID(message))) != 0 && ROOM(0);
        cell = NOW(0, INDEX(MESSAGE_ID(message))) - 1;
        word = NOW(0, WORD(cell));
        push(0, INDEX(MESSAGE_ID(message)), 0)
    }
#ifdef BREAK_DELETE_SCAN
        freeCell();
#else
        d_step { ROOM(0); push(0, WORD(cell), WITH_STATE(word, DOOMED)); doomed = doomed | (1 << cell) }
#endif
        d_step { cell = 0; word = 0 }
    :: NOW(0, INDEX(MESSAGE_ID(message))) == 0
    fi
}

inline freeCell() {
    d_step {
        ROOM(0);
        giveBack(cell, GENERATION(word));
        push(0, WORD(cell), WORD_OF(FREE, 0, GENERATION(word)))
    }
}

inline freeDoomed() {
    scan();
    do
    :: cell < CELLS && (doomed & (1 << cell)) && !IS_PINNED(cell) ->
        word = NOW(0, WORD(cell));
        freeCell();
        d_step { doomed = doomed & ~(1 << cell); cell++ }
    :: cell < CELLS && !((doomed & (1 << cell)) && !IS_PINNED(cell)) -> cell++
    :: cell == CELLS -> d_step { cell = 0; word = 0; pinned = 0 } break
    od
}

inline mark() {
    do
    :: d_step {
        cell < CELLS && ROOM(0) && STATE(NOW(0, WORD(cell))) == SEALED;
        word = NOW(0, WORD(cell));
        push(0, WORD(cell), WITH_STATE(word, EVICTING));
        word = 0;
        victims = victims | (1 << cell);
        cell++
    }
    :: cell < CELLS -> cell++
    :: cell == CELLS -> cell = 0; break
    od
}

inline evict() {
#ifdef BREAK_SCAN_FIRST
    scan();
    mark();
#else
    mark();
    scan();
#endif
    do
    :: cell < CELLS && (victims & (1 << cell)) ->
        word = NOW(0, WORD(cell));
        if
        :: d_step { ROOM(0) && IS_PINNED(cell); push(0, WORD(cell), WITH_STATE(word, SEALED)) }
        :: d_step {
            ROOM(0) && !IS_PINNED(cell);
            id = CONTENT_ID(NOW(0, CONTENT(cell)));
            push(0, INDEX(id), 0);
            id = 0
        }
            freeCell()
        fi;
        cell++
    :: cell < CELLS && !(victims & (1 << cell)) -> cell++
    :: cell == CELLS -> d_step { cell = 0; word = 0; pinned = 0; victims = 0 } break
    od
}

#define IS_FREE(word) (STATE(word) == FREE && GENERATION(word) < LEASES)

/* To a client that lives and wants one. */
inline lease(which, client) {
    d_step {
        !done[client] && !dead[client] && ROOM(0) && IS_FREE(NOW(0, WORD(which)));
        word = NOW(0, WORD(which));
        push(0, WORD(which), WORD_OF(LEASED, client, GENERATION(word) + 1));
        word = 0
    }
}

/* An idle lease. A CAS: the client may take the cell to WRITING at this moment. */
#ifdef BREAK_RECLAIM_CAS
inline reclaim(which) {
    d_step { STATE(memory[WORD(which)]) == LEASED; cell = which; word = memory[WORD(which)] }
    freeCell();
    d_step { cell = 0; word = 0 }
}
#else
inline reclaim(which) {
    d_step {
        FENCE(0) && STATE(memory[WORD(which)]) == LEASED;
        word = WORD_OF(FREE, 0, GENERATION(memory[WORD(which)]));
        giveBack(which, GENERATION(word));
        publish(WORD(which), word);
        word = 0
    }
}
#endif

#ifdef BREAK_DEATH_LANE
#define READ_OUT(lane) true
#else
#define READ_OUT(lane) empty(lane)
#endif
#ifdef BREAK_DEATH_WRITING
#define HELD_STATE(state) (state == LEASED)
#else
#define HELD_STATE(state) (state == LEASED || state == WRITING)
#endif

/* Client 1 is dead, so its words stand still, and all that it had committed has been applied. */
inline cleanUp() {
    do
    :: cell < CELLS ->
        word = NOW(0, WORD(cell));
        if
        :: CLIENT(word) == 1 && HELD_STATE(STATE(word)) ->
            assert(STATE(word) == LEASED || committed[cell] != GENERATION(word));
            freeCell()
        :: else
        fi;
        cell++
    :: cell == CELLS -> d_step { FENCE(0); cell = 0; word = 0; gone[1] = true } break
    od
}

inline recover() {
    do
    :: cell < IDS -> d_step { ROOM(0); push(0, INDEX(cell + 1), 0); cell++ }
    :: cell == IDS -> cell = 0; break
    od;
    do
    :: cell < CELLS ->
        word = NOW(0, WORD(cell));
        if
#ifdef BREAK_RESTART_LEASED
        :: STATE(word) == LEASED -> freeCell()
#else
        :: STATE(word) == LEASED ->
            d_step {
                FENCE(0);
                if
                :: memory[WORD(cell)] == word ->
                    giveBack(cell, GENERATION(word));
                    word = WORD_OF(FREE, 0, GENERATION(word));
                    publish(WORD(cell), word)
                :: else
                fi
            }
#endif
#ifdef BREAK_RESTART_WRITING
        :: STATE(word) == WRITING -> freeCell()
#else
        :: STATE(word) == WRITING && gone[CLIENT(word)] -> freeCell()
#endif
        :: STATE(word) == SEALED -> enter()
#ifndef BREAK_RESTART_EVICTING
        :: STATE(word) == EVICTING ->
            d_step { ROOM(0); push(0, WORD(cell), WITH_STATE(word, SEALED)) }
            enter()
#endif
#ifndef BREAK_RESTART_DOOMED
        :: STATE(word) == DOOMED -> doomed = doomed | (1 << cell)
#endif
        :: else
        fi;
        cell++
    :: cell == CELLS -> d_step { cell = 0; word = 0 } break
    od
}

inline enter() {
#ifdef BREAK_RESTART_INDEX
    skip
#else
    d_step { ROOM(0); id = CONTENT_ID(NOW(0, CONTENT(cell))); push(0, INDEX(id), cell + 1); id = 0 }
#endif
}

#define AT_REST(client, lane) ((done[client] || gone[client]) && empty(lane) && held[client] == 0)

active proctype Store() {
    byte cell, word, id, message, doomed, victims, pinned;
    run Client(1, OPERATIONS_1);
    run Client(2, OPERATIONS_2);
begin:
    {
        if
        :: restarts > 0 -> recover()
        :: else
        fi;
        do
        /* A record is taken from its lane after it was handled: a store that is killed in between handles it twice. */
        :: lane1?<message> ->
            if
            :: IS_SEAL(message) -> seal(1)
            :: else -> delete()
            fi;
            d_step { lane1?message; message = 0 }
        :: lane2?<message> ->
            if
            :: IS_SEAL(message) -> seal(2)
            :: else -> delete()
            fi;
            d_step { lane2?message; message = 0 }
        :: lease(0, 1)
        :: lease(0, 2)
        :: reclaim(0)
#if CELLS > 1
        :: lease(1, 1)
        :: lease(1, 2)
        :: reclaim(1)
        :: STATE(NOW(0, WORD(0))) == SEALED || STATE(NOW(0, WORD(1))) == SEALED -> evict()
#else
        :: STATE(NOW(0, WORD(0))) == SEALED -> evict()
#endif
        :: doomed != 0 -> freeDoomed()
        :: dead[1] && !gone[1] && READ_OUT(lane1) -> cleanUp()
        :: d_step {
            AT_REST(1, lane1) && AT_REST(2, lane2) && FENCE(0) && doomed == 0 && !crash;
            finished = true
        }
            break
        od
    } unless {
        d_step {
            crash;
            crash = false;
            cell = 0; word = 0; message = 0; doomed = 0; victims = 0; pinned = 0
        }
        goto begin
    }
    assert(finished);
    /* Nothing moves any more: no cell is lost. */
    d_step {
        cell = 0;
        do
        :: cell < CELLS ->
            word = memory[WORD(cell)];
            assert(STATE(word) == FREE || STATE(word) == SEALED || (STATE(word) == LEASED && !dead[CLIENT(word)]));
            assert(STATE(word) != SEALED || memory[INDEX(CONTENT_ID(memory[CONTENT(cell)]))] == cell + 1);
            cell++
        :: else -> break
        od;
        cell = 0
    }
}
