/**
 * JMH benchmarks of the paths that every task and object takes. {@code benchmarks/README.md} says how to run them and
 * how to read what they print.
 *
 * <p>Each benchmark works in a folder of its own in {@code /dev/shm} and removes it. Where two threads are measured,
 * they stand for two processes: lanes, inboxes and the store work the same between threads of one JVM, and JMH can see
 * allocation in both. A wake-up between processes costs the same system call.
 */
package io.thornback.benchmarks;
