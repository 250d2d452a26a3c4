-- What a provider's work costs us is the price of the model that did it, in what it consumed: of every call, also one that failed or
-- was made by a fallback. A credit is a cent at the vendors' list prices, so what is charged and what it cost can be set side by side.
ALTER TABLE provider_call ADD COLUMN cost_micros bigint;
COMMENT ON COLUMN provider_call.cost_micros IS 'at the price of its own model; null while it runs, or when nobody knows what it consumed';

ALTER TABLE generation ADD COLUMN cost_micros bigint;
COMMENT ON COLUMN generation.cost_micros IS 'what all its calls cost; null while it runs';

-- Every call to a provider that ended.
CREATE VIEW admin.attempts AS
SELECT f.at, f.subject AS generation, f.account, (f.data #>> '{attempt,number}')::integer AS attempt,
       f.data #>> '{work,kind}' AS kind, f.data #>> '{work,provider}' AS provider, f.data #>> '{work,model}' AS model,
       f.data #>> '{attempt,outcome}' AS outcome, (f.data #>> '{times,total_millis}')::bigint AS millis,
       (f.data ->> 'cost_micros')::bigint / 1000000.0 AS cost
FROM fact f WHERE f.kind = 'attempt_finished';

-- Every generation that ended: what its owner paid, what all its calls cost, and how much of that was for calls whose work was not kept.
CREATE VIEW admin.generation_costs AS
SELECT f.at, f.subject AS generation, f.account, f.data #>> '{work,kind}' AS kind, f.data #>> '{work,model}' AS model, f.data ->> 'status' AS status,
       (f.data #>> '{sums,attempts}')::integer AS attempts, (f.data #>> '{sums,charged_micros}')::bigint / 1000000.0 AS charged,
       (f.data #>> '{sums,cost_micros}')::bigint / 1000000.0 AS cost,
       ((f.data #>> '{sums,charged_micros}')::bigint - (f.data #>> '{sums,cost_micros}')::bigint) / 1000000.0 AS margin,
       (SELECT coalesce(sum(a.cost) FILTER (WHERE a.outcome <> 'finished'), 0) FROM admin.attempts a WHERE a.generation = f.subject) AS lost
FROM fact f WHERE f.kind = 'generation_finished';

-- By day (UTC), provider and model: how many calls, how many of them failed, and what they cost.
CREATE VIEW admin.provider_costs AS
SELECT CAST(at AT TIME ZONE 'UTC' AS date) AS day, provider, model, count(*) AS calls,
       count(*) FILTER (WHERE outcome <> 'finished') AS failed, coalesce(sum(cost), 0) AS cost,
       coalesce(sum(cost) FILTER (WHERE outcome <> 'finished'), 0) AS failed_cost
FROM admin.attempts
GROUP BY 1, 2, 3
ORDER BY 1 DESC, 6 DESC;

-- By day (UTC): whose windows were full. A key of its own limit is named, otherwise it is the plan's; degraded is what a node decided
-- alone, because Redis was away.
CREATE VIEW admin.limit_hits AS
SELECT CAST(f.at AT TIME ZONE 'UTC' AS date) AS day, f.account, a.email, f.data #>> '{limit,plan}' AS plan, k.name AS api_key,
       f.data #>> '{limit,window}' AS "window", (f.data #>> '{limit,degraded}')::boolean AS degraded,
       sum((f.data ->> 'times')::bigint) AS times, max(f.at) AS last_at
FROM fact f
LEFT JOIN account a ON a.id = f.account
LEFT JOIN api_key k ON k.id = (f.data #>> '{limit,api_key}')::uuid
WHERE f.kind = 'limit_hit'
GROUP BY 1, 2, 3, 4, k.id, 5, 6, 7
ORDER BY 1 DESC, 8 DESC;

-- By day (UTC): who had not enough credits or reached a cap, and what was missing at most.
CREATE VIEW admin.credit_refusals AS
SELECT CAST(f.at AT TIME ZONE 'UTC' AS date) AS day, f.account, a.email, k.name AS api_key, f.data ->> 'reason' AS reason,
       sum((f.data ->> 'times')::bigint) AS times, max((f.data ->> 'missing_micros')::bigint) / 1000000.0 AS missing, max(f.at) AS last_at
FROM fact f
LEFT JOIN account a ON a.id = f.account
LEFT JOIN api_key k ON k.id = (f.data ->> 'api_key')::uuid
WHERE f.kind = 'credits_refused'
GROUP BY 1, 2, 3, k.id, 4, 5
ORDER BY 1 DESC, 6 DESC;
