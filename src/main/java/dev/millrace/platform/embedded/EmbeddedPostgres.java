package dev.millrace.platform.embedded;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A Postgres 18 out of the jar, durable and behind a password, with the database {@code millrace} and an owner for it who is not
 * a superuser.
 *
 * <p>The owner gets a new password at every start; it is kept beside the cluster, so that an operator's command finds a running
 * server ({@link #running}).
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final String DATABASE = "millrace";
    private static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on", "data_checksums", "on");

    private final Cluster cluster;
    private final Keeper keeper;
    private final Login admin;
    private final Login application;

    private EmbeddedPostgres(Cluster cluster, Keeper keeper, Login admin, Login application) {
        this.cluster = cluster;
        this.keeper = keeper;
        this.admin = admin;
        this.application = application;
    }

    /**
     * Unpacks, makes, repairs and starts whatever of it is needed.
     *
     * @param connections how many the server allows at once
     */
    public static EmbeddedPostgres start(DataFolder folder, int connections) throws InterruptedException {
        try {
            return started(cluster(folder, Servant.available()), connections, Ports.free());
        } catch (IOException failure) {
            throw new CannotStart("The embedded Postgres does not start: " + Folders.reason(failure), failure);
        }
    }

    /** The owner's login to the server that now runs on a data folder, for a second process; null when none runs. */
    public static @Nullable Login running(Path dataFolder) {
        try {
            Path home = home(dataFolder);
            var file = new PostmasterFile(home.resolve("data").resolve("postmaster.pid"));
            Integer port = Leftovers.of("postgres", home.resolve("data")).isEmpty() ? null : file.port();
            return port == null
                    ? null
                    : login(
                            port,
                            DATABASE,
                            new Secret(Files.readString(ownerFile(home)).strip()));
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** Whom the product connects as: owner of its database, nothing more. */
    public Login application() {
        return application;
    }

    /** The superuser, in the database {@code postgres}: for tests and repairs. */
    public Login admin() {
        return admin;
    }

    public boolean alive() {
        return keeper.child().alive();
    }

    public long pid() {
        return keeper.child().pid();
    }

    /** Stops it. Whoever still has a connection loses it. */
    @Override
    public void close() {
        try {
            Postmaster.stop(cluster, keeper.release());
        } catch (IOException failure) {
            throw new IllegalStateException("The embedded Postgres could not be stopped", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // the kernel stops it when we are gone
        }
    }

    static Cluster cluster(DataFolder folder, Servant servant) throws IOException, InterruptedException {
        var contents = List.of(Resource.at("/postgres-linux-x86_64.txz"));
        Path program = new Programs(folder.programs()).unpacked("postgres", contents, EmbeddedPostgres::unpack);
        servant.passThrough(folder.path());
        return new Cluster(home(folder.path()), program, servant);
    }

    static EmbeddedPostgres started(Cluster cluster, int connections, Ports ports)
            throws IOException, InterruptedException {
        Postmaster.clear(cluster);
        Secret password = cluster.prepare();
        var postmaster = Postmaster.start(cluster, connections, ports);
        try {
            var admin = new Login(url(postmaster.port(), "postgres"), "postgres", password);
            var application = login(postmaster.port(), DATABASE, Passwords.random());
            try (var handle = admin.connect()) {
                inspect(handle);
                makeOwner(handle, application);
            }
            Folders.replace(ownerFile(cluster.home()), application.password().reveal());
            var keeper = new Keeper("Postgres", postmaster.child(), () -> {
                Postmaster.clear(cluster);
                return Postmaster.start(cluster, connections, postmaster::port).child();
            });
            return new EmbeddedPostgres(cluster, keeper, admin, application);
        } catch (IOException | RuntimeException failure) {
            Postmaster.stop(cluster, postmaster.child());
            throw failure;
        }
    }

    /** Refuses a server that would lose data or let people in without a password, whoever made it so. */
    private static void inspect(Handle handle) {
        var faults = new TreeSet<String>();
        for (var wanted : DURABLE.entrySet()) {
            String value = handle.createQuery("SELECT current_setting(:name)")
                    .bind("name", wanted.getKey())
                    .mapTo(String.class)
                    .one();
            if (!value.equals(wanted.getValue())) {
                faults.add(wanted.getKey() + " is " + value);
            }
        }
        Set<String> doors = handle.createQuery("""
                        SELECT DISTINCT coalesce(auth_method, error)
                        FROM pg_hba_file_rules
                        WHERE auth_method IS NULL OR auth_method NOT IN ('scram-sha-256', 'reject')""").mapTo(String.class).set();
        doors.forEach(door -> faults.add("pg_hba.conf has a rule " + door));
        handle.createQuery("""
                        SELECT rolname
                        FROM pg_authid
                        WHERE rolcanlogin AND rolpassword IS NOT NULL AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'""")
                .mapTo(String.class)
                .forEach(role -> faults.add("the password of role " + role + " is not SCRAM"));
        if (!faults.isEmpty()) {
            throw new CannotStart("The embedded Postgres is not safe to use: " + String.join(", ", faults) + ".");
        }
    }

    private static void makeOwner(Handle handle, Login owner) {
        if (!exists(handle, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")) {
            handle.execute("CREATE ROLE millrace LOGIN");
        }
        // utility statements take no parameters; the password is letters and digits
        handle.execute("ALTER ROLE millrace PASSWORD '" + owner.password().reveal() + "'");
        if (!exists(handle, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = :name)")) {
            handle.execute("CREATE DATABASE millrace OWNER millrace");
        }
    }

    private static boolean exists(Handle handle, String question) {
        return handle.createQuery(question)
                .bind("name", DATABASE)
                .mapTo(Boolean.class)
                .one();
    }

    private static Path home(Path dataFolder) {
        return dataFolder.resolve("postgres");
    }

    private static Path ownerFile(Path home) {
        return home.resolve("owner");
    }

    private static Login login(int port, String name, Secret password) {
        return new Login(url(port, name), name, password);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Without headers and static libraries: nobody compiles against it here. */
    private static void unpack(Path folder) throws IOException {
        try (InputStream packed = Resource.at("/postgres-linux-x86_64.txz").open();
                var tar = new TarArchiveInputStream(new XZInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("an entry leaves the folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (!entry.getName().endsWith(".a")) {
                    Files.createDirectories(target.resolve("..").normalize());
                    Files.copy(tar, target);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    /** How to get in. */
    public record Login(String url, String user, Secret password) {
        /** A connection of its own; close it. */
        public Handle connect() {
            return Jdbi.create(url, user, password.reveal()).open();
        }
    }
}
