-- What an operator wants to see of webhooks: endpoints that fail or wait, worst first.
CREATE VIEW admin.webhooks AS
SELECT e.id, a.email, e.account, e.url, e.events,
       CASE WHEN e.disabled_at IS NULL THEN 'enabled' ELSE 'disabled' END AS status,
       e.disabled_because, e.disabled_at, e.failing_since, e.rest_until,
       coalesce(d.pending, 0) AS pending, d.oldest_pending, coalesce(d.failed, 0) AS failed, e.created_at
FROM webhook_endpoint e
JOIN account a ON a.id = e.account
LEFT JOIN (
    SELECT endpoint, count(*) FILTER (WHERE state = 'pending') AS pending, min(created_at) FILTER (WHERE state = 'pending') AS oldest_pending,
           count(*) FILTER (WHERE state = 'failed') AS failed
    FROM webhook_delivery
    WHERE state IN ('pending', 'failed')
    GROUP BY endpoint) d ON d.endpoint = e.id
ORDER BY e.failing_since NULLS LAST, pending DESC;
