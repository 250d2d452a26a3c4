package dev.millrace.platform.limits;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisAway;
import dev.millrace.platform.redis.Script;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The windows all nodes share: for each key one text in Redis that holds the time of every call let through, in order.
 *
 * <p>A call that is counted under several keys is judged and written in one script, so it has a place in all of them or in none.
 * Eight bytes a call, a twelfth of what a sorted set takes, and as exact: no burst slips through between two windows. The only
 * clock is the server's. A stamp is unique within its key, so it is the ticket by which a place is given back. Who was refused
 * leaves no stamp.
 */
final class SharedWindows {
    /** A limit that is never reached, for a window that is not there. */
    private static final long NEVER = 1_000_000_000_000L;

    /**
     * ARGV: 1 to take or 0 to look; then for each key brief limit and milliseconds, wide limit and milliseconds. Answers: allowed, the
     * ticket; then for each key what is left in the brief window, seconds until it frees one, and the same two of the wide one.
     */
    private static final Script TAKE = new Script("""
            local t = redis.call('TIME')
            local now = t[1] * 1000000 + t[2]
            local logs, ok, ticket = {}, 1, 0
            local function at(log, i) return (struct.unpack('>d', redis.call('GETRANGE', log.key, i * 8, i * 8 + 7))) end
            for i, key in ipairs(KEYS) do
              local a = i * 4 - 2
              local log = {key = key, n = redis.call('STRLEN', key) / 8, last = 0,
                bl = tonumber(ARGV[a]), bw = tonumber(ARGV[a + 1]) * 1000,
                wl = tonumber(ARGV[a + 2]), ww = tonumber(ARGV[a + 3]) * 1000}
              -- a clock that was set back is held at the newest stamp
              if log.n > 0 then log.last = at(log, log.n - 1); if log.last > now then now = log.last end end
              logs[i] = log
            end
            -- the first stamp younger than x
            local function from(log, x, lo)
              local hi = log.n
              while lo < hi do
                local m = math.floor((lo + hi) / 2)
                if at(log, m) > x then hi = m else lo = m + 1 end
              end
              return lo
            end
            for _, log in ipairs(logs) do
              log.w0 = 0
              if log.n > 0 and at(log, 0) <= now - log.ww then log.w0 = from(log, now - log.ww, 0) end
              local b0 = log.n
              if log.n > 0 and log.last > now - log.bw then b0 = from(log, now - log.bw, math.max(log.w0, log.n - log.bl)) end
              log.w, log.b = log.n - log.w0, log.n - b0
              if log.w >= log.wl or log.b >= log.bl then ok = 0 end
              ticket = math.max(ticket, now, log.last + 1)
            end
            local take = ARGV[1] == '1' and ok == 1
            local answer = {ok, string.format('%.0f', take and ticket or 0)}
            local function reset(log, count, limit, width)
              if limit < 1 then return math.ceil(width / 1000000) end
              if count == 0 then return 0 end
              return math.max(0, math.ceil((at(log, log.n - math.min(count, limit)) + width - now) / 1000000))
            end
            for _, log in ipairs(logs) do
              if take then
                redis.call('APPEND', log.key, struct.pack('>d', ticket))
                log.n = log.n + 1; log.w = log.w + 1; log.b = log.b + 1
                redis.call('PEXPIRE', log.key, math.max(log.bw, log.ww) / 1000 + 1000)
              end
              table.insert(answer, log.bl - log.b)
              table.insert(answer, reset(log, log.b, log.bl, log.bw))
              table.insert(answer, log.wl - log.w)
              table.insert(answer, reset(log, log.w, log.wl, log.ww))
              if ARGV[1] == '1' and log.w0 > 64 and log.w0 > log.n / 2 then
                redis.call('SET', log.key, redis.call('GETRANGE', log.key, log.w0 * 8, -1), 'KEEPTTL')
              end
            end
            return answer""");

    private static final Script GIVE_BACK = new Script("""
            local ticket = tonumber(ARGV[1])
            local found = 0
            for _, key in ipairs(KEYS) do
              local n = redis.call('STRLEN', key) / 8
              local function at(i) return (struct.unpack('>d', redis.call('GETRANGE', key, i * 8, i * 8 + 7))) end
              local lo, hi = 0, n
              while lo < hi do
                local m = math.floor((lo + hi) / 2)
                if at(m) < ticket then lo = m + 1 else hi = m end
              end
              if lo < n and at(lo) == ticket then
                found = 1
                local all = redis.call('GETRANGE', key, 0, -1)
                local rest = string.sub(all, 1, lo * 8) .. string.sub(all, lo * 8 + 9)
                if #rest == 0 then redis.call('DEL', key) else redis.call('SET', key, rest, 'KEEPTTL') end
              end
            end
            return found""");

    private final Redis redis;

    SharedWindows(Redis redis) {
        this.redis = redis;
    }

    Take take(List<Asked> all) throws RedisAway {
        return ask(all, "1");
    }

    Take look(List<Asked> all) throws RedisAway {
        return ask(all, "0");
    }

    /** Whether there was such a place to give back. */
    boolean giveBack(List<String> keys, long ticket) throws RedisAway {
        List<String> names = keys.stream().map(SharedWindows::name).toList();
        return number(redis.eval(GIVE_BACK, names, List.of(String.valueOf(ticket))), 0) == 1;
    }

    private Take ask(List<Asked> all, String take) {
        var names = new ArrayList<String>(all.size());
        var arguments = new ArrayList<String>(1 + 4 * all.size());
        arguments.add(take);
        for (Asked asked : all) {
            Window brief = asked.windows().brief();
            Window wide = asked.windows().wide();
            names.add(name(asked.key()));
            arguments.addAll(List.of(limit(brief), millis(brief, wide), limit(wide), millis(wide, brief)));
        }
        List<Object> answer = redis.eval(TAKE, names, arguments);
        var gauges = new ArrayList<Take.Gauges>(all.size());
        for (int i = 0; i < all.size(); i++) {
            Pair windows = all.get(i).windows();
            int from = 2 + 4 * i;
            gauges.add(new Take.Gauges(
                    gauge(windows.brief(), number(answer, from), number(answer, from + 1)),
                    gauge(windows.wide(), number(answer, from + 2), number(answer, from + 3))));
        }
        return new Take(
                number(answer, 0) == 1,
                gauges,
                Long.parseLong(new String((byte[]) answer.get(1), StandardCharsets.US_ASCII)));
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
