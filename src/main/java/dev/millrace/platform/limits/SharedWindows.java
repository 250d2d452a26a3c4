package dev.millrace.platform.limits;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisAway;
import dev.millrace.platform.redis.Script;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The windows all nodes share: for each key one text in Redis that holds the time of every call let through, in order.
 *
 * <p>Eight bytes a call, a twelfth of what a sorted set takes, and as exact: no burst slips through between two windows. The only
 * clock is the server's. A stamp is unique within its key, so it is the ticket by which a place is given back. Who was refused
 * leaves no stamp.
 */
final class SharedWindows {
    /** A limit that is never reached, for a window that is not there. */
    private static final long NEVER = 1_000_000_000_000L;

    /**
     * ARGV: brief limit and milliseconds, wide limit and milliseconds, 1 to take or 0 to look. Answers: allowed, left in the brief
     * window, seconds until it frees one, the same two of the wide one, the ticket.
     */
    private static final Script TAKE = new Script("""
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local key = KEYS[1]
            local bl, bw = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
            local wl, ww = tonumber(ARGV[3]), tonumber(ARGV[4]) * 1000
            local n = redis.call('STRLEN', key) / 8
            local function at(i) return (struct.unpack('>d', redis.call('GETRANGE', key, i * 8, i * 8 + 7))) end
            -- a clock that was set back is held at the newest stamp
            local last = 0
            if n > 0 then last = at(n - 1); if last > now then now = last end end
            -- the first stamp younger than x
            local function from(x, lo)
              local hi = n
              while lo < hi do
                local m = math.floor((lo + hi) / 2)
                if at(m) > x then hi = m else lo = m + 1 end
              end
              return lo
            end
            local w0 = 0
            if n > 0 and at(0) <= now - ww then w0 = from(now - ww, 0) end
            local b0 = n
            if n > 0 and last > now - bw then b0 = from(now - bw, math.max(w0, n - bl)) end
            local w, b = n - w0, n - b0
            local ok, ticket = 0, 0
            if w < wl and b < bl then
              ok = 1
              if ARGV[5] == '1' then
                ticket = math.max(now, last + 1)
                redis.call('APPEND', key, struct.pack('>d', ticket))
                n = n + 1; w = w + 1; b = b + 1
                redis.call('PEXPIRE', key, math.max(bw, ww) / 1000 + 1000)
              end
            end
            local function reset(count, limit, width)
              if limit < 1 then return math.ceil(width / 1000000) end
              if count == 0 then return 0 end
              return math.max(0, math.ceil((at(n - math.min(count, limit)) + width - now) / 1000000))
            end
            local answer = {ok, bl - b, reset(b, bl, bw), wl - w, reset(w, wl, ww), string.format('%.0f', ticket)}
            if ARGV[5] == '1' and w0 > 64 and w0 > n / 2 then
              redis.call('SET', key, redis.call('GETRANGE', key, w0 * 8, -1), 'KEEPTTL')
            end
            return answer""");

    private static final Script GIVE_BACK = new Script("""
            local key = KEYS[1]
            local ticket = tonumber(ARGV[1])
            local n = redis.call('STRLEN', key) / 8
            local function at(i) return (struct.unpack('>d', redis.call('GETRANGE', key, i * 8, i * 8 + 7))) end
            local lo, hi = 0, n
            while lo < hi do
              local m = math.floor((lo + hi) / 2)
              if at(m) < ticket then lo = m + 1 else hi = m end
            end
            if lo >= n or at(lo) ~= ticket then return 0 end
            local all = redis.call('GETRANGE', key, 0, -1)
            local rest = string.sub(all, 1, lo * 8) .. string.sub(all, lo * 8 + 9)
            if #rest == 0 then redis.call('DEL', key) else redis.call('SET', key, rest, 'KEEPTTL') end
            return 1""");

    private final Redis redis;

    SharedWindows(Redis redis) {
        this.redis = redis;
    }

    Take take(String key, Pair windows) throws RedisAway {
        return ask(key, windows, "1");
    }

    Take look(String key, Pair windows) throws RedisAway {
        return ask(key, windows, "0");
    }

    /** Whether there was such a place to give back. */
    boolean giveBack(String key, long ticket) throws RedisAway {
        return number(redis.eval(GIVE_BACK, List.of(name(key)), List.of(String.valueOf(ticket))), 0) == 1;
    }

    private Take ask(String key, Pair windows, String take) {
        Window brief = windows.brief();
        Window wide = windows.wide();
        List<Object> answer = redis.eval(
                TAKE,
                List.of(name(key)),
                List.of(limit(brief), millis(brief, wide), limit(wide), millis(wide, brief), take));
        return new Take(
                number(answer, 0) == 1,
                gauge(brief, number(answer, 1), number(answer, 2)),
                gauge(wide, number(answer, 3), number(answer, 4)),
                Long.parseLong(new String((byte[]) answer.get(5), StandardCharsets.US_ASCII)));
    }

    private static String name(String key) {
        return "limit:" + key;
    }

    private static String limit(Window window) {
        return String.valueOf(window.limited() ? window.limit() : NEVER);
    }

    /** A window that is not there is as long as the other, so that no stamp is kept for its sake. */
    private static String millis(Window window, Window other) {
        return String.valueOf(window.limited() ? window.millis() : other.millis());
    }

    private static Gauge gauge(Window window, long left, long reset) {
        return window.limited() ? new Gauge(window.limit(), Math.max(0, left), reset) : Gauge.NONE;
    }

    private static long number(List<Object> answer, int index) {
        return (Long) answer.get(index);
    }
}
