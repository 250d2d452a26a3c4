-- A hold is forgotten only when nobody works for it: after an hour without any server all of them are overdue, and none is to be freed.

CREATE OR REPLACE VIEW admin.holds AS
SELECT h.id AS hold, h.owner, a.email, h.purpose, h.what, round(h.amount / 1000000.0, 6) AS credits, h.created_at, h.expires_at,
       h.purpose = 'generation' AND h.created_at < now() - interval '5 minutes' AND NOT EXISTS (
           SELECT FROM generation g WHERE g.id = h.id AND g.finished_at IS NULL) AS leaked,
       EXISTS (SELECT FROM generation g WHERE g.id = h.id AND g.finished_at IS NULL) AS working
FROM hold h LEFT JOIN account a ON a.id = h.owner
WHERE h.state = 'open';
