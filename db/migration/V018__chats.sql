-- Chats of OpenAI's protocol: what they ask for beyond words, the calls to the client's tools they are answered with, and why they ended.

ALTER TABLE generation
    ADD COLUMN chat json;                         -- json and not jsonb: vendors are sent it in the order it came in

ALTER TABLE provider_call
    ADD COLUMN finish text,                       -- stop, length or tool_calls, as the vendor said
    ADD CONSTRAINT provider_call_finish CHECK (finish IN ('stop', 'length', 'tool_calls'));

ALTER TABLE generation_event
    DROP CONSTRAINT generation_event_known,
    ADD CONSTRAINT generation_event_known CHECK (event IN ('queued', 'started', 'progress', 'delta', 'tool_call', 'preview', 'retrying',
                                                           'reset', 'asset', 'completed', 'failed', 'canceled'));
