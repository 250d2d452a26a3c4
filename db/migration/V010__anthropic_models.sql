-- Anthropic's texts. A credit is a cent at the vendor's list prices; a model without a row is taken at the price of the dearest
-- family. Temperature ends at 1 there, and there is no seed.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'text', 'anthropic',
       '{"max_tokens": {"type": "integer", "minimum": 1, "maximum": 64000, "default": 1024},
         "temperature": {"type": "number", "minimum": 0, "maximum": 1},
         "top_p": {"type": "number", "minimum": 0, "maximum": 1},
         "stop": {"type": "strings", "maximum": 4}}'::jsonb,
       jsonb_build_array(
         jsonb_build_object('per', '1m_tokens_in', 'amount_micros', tokens_in),
         jsonb_build_object('per', '1m_tokens_out', 'amount_micros', tokens_out, 'typical', 400)),
       'stop', expected, 600
FROM (VALUES
    ('anthropic/*',                 500000000::bigint, 2500000000::bigint, 15),
    ('anthropic/claude-opus-4-5',   500000000,         2500000000,         15),
    ('anthropic/claude-sonnet-4-5', 300000000,         1500000000,         12),
    ('anthropic/claude-haiku-4-5',  100000000,          500000000,          6)
) AS seed (id, tokens_in, tokens_out, expected);
