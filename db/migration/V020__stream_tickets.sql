-- Tickets with which a browser opened an event stream. A ticket is signed and says everything itself; a row here means that it was
-- used, on whichever node, and is no good any more.
CREATE TABLE stream_ticket_used (
    id      uuid PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stream_ticket_used_at ON stream_ticket_used (used_at);
