/* Copyright The Thornback Authors. SPDX-License-Identifier: Apache-2.0 */
package io.thornback.node;

import io.thornback.gcs.NodeTrust;
import io.thornback.transport.trust.CertificateAuthority;
import io.thornback.transport.trust.Credential;
import io.thornback.transport.trust.JoinToken;
import io.thornback.transport.trust.PeerRole;
import io.thornback.transport.trust.Pem;
import io.thornback.transport.trust.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;

/**
 * What makes a cluster the same one from one start of its head to the next: id, certificate authority and secret. The head
 * makes it once, in {@link SessionLayout#cluster}, and uses it ever after, so that tokens stay valid.
 *
 * <pre>
 *   authority.key    private key of the authority: PEM, PKCS #8, P-256
 *   authority.crt    its certificate: PEM, X.509; names the cluster's id
 *   secret           64 hexadecimal digits
 *   checksums        SHA-256 of each of the three, as sha256sum writes it
 * </pre>
 *
 * <p>Beside them lies what the GCS showed last ({@link KeptCredential}), which can be made again.
 *
 * <p>The folder is made under another name, with all its files, and renamed, each step on the disk before the next: a crash
 * leaves all of it or none. So whatever is missing or changed later was damaged by somebody else, and is refused: a new
 * identity in the place of a damaged one would shut every node out without a word. Immutable.
 */
final class ClusterIdentity {
    /** How long what a head shows is valid; a running one replaces it in time. */
    static final Duration SERVER_LIFETIME = Duration.ofDays(90);

    private static final String KEY = "authority.key";
    private static final String CERTIFICATE = "authority.crt";
    private static final String SECRET = "secret";
    private static final String CHECKSUMS = "checksums";
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = JoinToken.DIGITS / 2;
    private static final long LONGEST_FILE = 64 << 10;

    private final Path folder;
    private final CertificateAuthority authority;
    private final String secret;

    private ClusterIdentity(Path folder, CertificateAuthority authority, String secret) {
        this.folder = folder;
        this.authority = authority;
        this.secret = secret;
    }

    /**
     * The identity of the folder's cluster; made if there is none. Reads and, the first time, writes files.
     *
     * @throws NodeException if there is one that cannot be used: names the file and the remedy
     */
    static ClusterIdentity open(SessionLayout session, Instant now) {
        final Path folder = session.cluster();
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                create(folder, session.session().resolve("cluster.new"), now);
            }
            final ClusterIdentity identity = read(folder);
            identity.requireTime(folder.resolve(CERTIFICATE), now);
            return identity;
        } catch (IOException e) {
            throw new NodeException(
                    "cannot read or make the cluster's identity in " + folder + ": " + e,
                    "look at the folder's disk and its owner",
                    e);
        }
    }

    private static void create(Path folder, Path scratch, Instant now) throws IOException {
        final CertificateAuthority authority = CertificateAuthority.create(RandomHex.of(ID_BYTES), now);
        PrivateFiles.createFolder(scratch);
        final StringBuilder checksums = new StringBuilder();
        try {
            write(scratch, KEY, Pem.of(authority.key()), checksums);
            write(scratch, CERTIFICATE, Pem.of(authority.certificate()), checksums);
            write(scratch, SECRET, RandomHex.of(SECRET_BYTES) + "\n", checksums);
            PrivateFiles.writeDurably(scratch.resolve(CHECKSUMS), checksums.toString());
            PrivateFiles.sync(scratch);
            Files.move(scratch, folder, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.sync(folder.toAbsolutePath().getParent());
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot write a certificate: " + e.getMessage(), e);
        } catch (FileSystemException e) {
            // Another node inside a JVM may have been first: its identity holds.
            if (!Files.exists(folder.resolve(CHECKSUMS))) {
                throw e;
            }
        } finally {
            PrivateFiles.deleteTree(scratch);
        }
    }

    private static void write(Path folder, String name, String text, StringBuilder checksums) throws IOException {
        PrivateFiles.writeDurably(folder.resolve(name), text);
        checksums.append(sha256(text)).append("  ").append(name).append('\n');
    }

    private static ClusterIdentity read(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw damaged(folder, "is not a folder");
        }
        requirePrivate(folder, "0700");
        final String checksums = text(folder.resolve(CHECKSUMS));
        final String key = checked(folder.resolve(KEY), checksums);
        final String certificate = checked(folder.resolve(CERTIFICATE), checksums);
        final String secret = checked(folder.resolve(SECRET), checksums).strip();
        if (!secret.matches("[0-9a-f]{" + JoinToken.DIGITS + "}")) {
            throw damaged(folder.resolve(SECRET), "does not hold " + JoinToken.DIGITS + " hexadecimal digits");
        }
        try {
            CertificateAuthority authority = new CertificateAuthority(Pem.key(key), Pem.certificate(certificate));
            return new ClusterIdentity(folder, authority, secret);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(folder.resolve(CERTIFICATE), "and " + KEY + " are no authority: " + e.getMessage());
        }
    }

    private static String checked(Path file, String checksums) throws IOException {
        final String text = text(file);
        if (checksums.lines().noneMatch((sha256(text) + "  " + file.getFileName())::equals)) {
            throw damaged(file, "is not what " + CHECKSUMS + " says");
        }
        return text;
    }

    private static String text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw damaged(file, "is missing");
        }
        requirePrivate(file, "0600");
        if (Files.size(file) > LONGEST_FILE) {
            throw damaged(file, "has " + Files.size(file) + " bytes, more than " + LONGEST_FILE);
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static void requirePrivate(Path path, String mode) throws IOException {
        if (!PrivateFiles.isPrivate(path)) {
            throw new NodeException(
                    "others may read or write " + path + ", with which they can join the cluster or pass for its head",
                    "chmod " + mode + " it if nobody has; else stop the head, move " + nameOfFolder(path)
                            + " away, and give the new token to all nodes");
        }
    }

    private static Path nameOfFolder(Path path) {
        return Files.isDirectory(path) ? path : path.getParent();
    }

    private static NodeException damaged(Path file, String what) {
        return new NodeException(
                "the cluster's identity is damaged: " + file + " " + what,
                "restore the folder from a backup, or move it away: the next start makes a new cluster, and its nodes need"
                        + " the new token");
    }

    private void requireTime(Path file, Instant now) {
        final Instant from = authority.certificate().getNotBefore().toInstant();
        final Instant until = authority.certificate().getNotAfter().toInstant();
        if (now.isBefore(from) || now.isAfter(until)) {
            throw new NodeException(
                    "the cluster's authority " + file + " is valid from " + from + " to " + until
                            + ", and this host's clock says " + now,
                    "set the clock right; an authority whose time is over is replaced by moving its folder away");
        }
    }

    static String sha256(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** How the GCS knows nodes, and they it, by this token. */
    NodeTrust trust(JoinToken token) {
        return new NodeTrust(token, authority);
    }

    /** 32 hexadecimal digits. */
    String clusterId() {
        return authority.clusterId();
    }

    /** What a host must be given to join while connections are encrypted. */
    JoinToken token() {
        return JoinToken.encrypted(authority.fingerprint(), secret);
    }

    /** The token for plain text, with a secret of its own: who reads along must not have learnt the other. */
    JoinToken plainTextToken() {
        return JoinToken.plainText(sha256("plain text " + secret));
    }

    /**
     * What the head's GCS shows from now on: what was issued for it before, by an earlier start most often, else something
     * new, which is kept.
     *
     * @throws NodeException if the authority's files do not belong together
     */
    Credential forGcs(Instant now) {
        Path file = folder.resolve(KeptCredential.GCS);
        return KeptCredential.read(file, authority, now).orElseGet(() -> {
            Credential issued = issueForGcs(now);
            KeptCredential.write(file, issued);
            return issued;
        });
    }

    private Credential issueForGcs(Instant now) {
        try {
            return authority.issue(PeerRole.GCS, now.minus(CertificateAuthority.BACKDATED), now.plus(SERVER_LIFETIME));
        } catch (IllegalStateException e) {
            throw damaged(folder.resolve(CERTIFICATE), "and " + KEY + " do not belong together: " + e.getMessage());
        }
    }
}
