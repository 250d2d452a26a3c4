package dev.millrace.platform.process;

import java.time.Duration;

/**
 * How much one run may take before the kernel or we end it.
 *
 * @param addressSpaceBytes thread stacks and mappings count: 1080p x264 fails with 1 GB and needs 2
 * @param fileBytes the largest file it may write; the process gets SIGXFSZ (rc 153) there
 * @param cpuSeconds over all its threads; then SIGXCPU (rc 152)
 * @param deadline of the wall clock; then SIGKILL. FFmpeg runs at idle priority, so a busy server makes it late: be generous
 */
public record Limits(long addressSpaceBytes, long fileBytes, long cpuSeconds, Duration deadline) {
    private static final long ADDRESS_SPACE = 3_000_000_000L;
    private static final long FILE = 4L << 30;

    public Limits {
        if (addressSpaceBytes <= 0 || fileBytes <= 0 || cpuSeconds <= 0 || deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("every limit must be above zero");
        }
    }

    /** 3 GB of address space, files of 4 GiB, every core of the machine busy until the deadline. */
    public static Limits of(Duration deadline) {
        long cores = Runtime.getRuntime().availableProcessors();
        return new Limits(ADDRESS_SPACE, FILE, Math.max(1, deadline.toSeconds()) * cores, deadline);
    }

    public Limits withAddressSpace(long bytes) {
        return new Limits(bytes, fileBytes, cpuSeconds, deadline);
    }

    public Limits withFileSize(long bytes) {
        return new Limits(addressSpaceBytes, bytes, cpuSeconds, deadline);
    }

    public Limits withCpuSeconds(long seconds) {
        return new Limits(addressSpaceBytes, fileBytes, seconds, deadline);
    }
}
