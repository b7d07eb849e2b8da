/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SdNotifyTest {

    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = ShmFolder.make();
    }

    @AfterEach
    void deleteFolder() throws Exception {
        ShmFolder.delete(folder);
    }

    @Test
    void nobodyIsToldWhereNobodyAsked() {
        assumeFalse(System.getenv().containsKey("NOTIFY_SOCKET"), "run by systemd as a service");
        assertFalse(SdNotify.send(SdNotify.READY));
    }

    @Test
    void aStateReachesASocketInTheFileSystemAndAnAbstractOne() {
        final String path = folder.resolve("notify").toString();
        assertEquals("READY=1", received(path, path, SdNotify.READY));
        final String name = "thornback-test-" + ProcessIdentity.current().pid();
        assertEquals("STATUS=über", received("\0" + name, "@" + name, "STATUS=über"));
    }

    @Test
    void aSocketThatIsNotThereIsAnError() {
        assertThrows(
                PosixException.class, () -> SdNotify.sendTo(folder.resolve("no").toString(), SdNotify.READY));
        assertThrows(PosixException.class, () -> SdNotify.sendTo("vsock:2:1234", SdNotify.READY));
    }

    private static String received(final String boundName, final String sentTo, final String state) {
        final byte[] name = boundName.getBytes(StandardCharsets.UTF_8);
        final int fd = (int) Libc.call(Libc.symbol("socket"), 1, 2 | Libc.O_CLOEXEC, 0);
        final long memory = Libc.allocate(256);
        try {
            Libc.memory().putShort(memory, (short) 1);
            Libc.memory().putByteArray(memory + 2, name, 0, name.length);
            assertEquals(0, (int) Libc.call(Libc.symbol("bind"), fd, memory, 2 + name.length));
            SdNotify.sendTo(sentTo, state);
            final int length = (int) Libc.call(Libc.symbol("recv"), fd, memory, 256, 0);
            final byte[] bytes = new byte[length];
            Libc.memory().getByteArray(memory, bytes, 0, length);
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            Libc.free(memory);
            Libc.close(fd);
        }
    }
}
