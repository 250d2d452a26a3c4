-- OpenAI's pictures, at the vendor's price of medium quality in their larger sizes. A picture whose answer is lost is billed all
-- the same: cancelling stops the call, and nobody asks for it again.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'image', 'openai',
       '{"width": {"type": "integer", "enum": [1024, 1536], "default": 1024},
         "height": {"type": "integer", "enum": [1024, 1536], "default": 1024},
         "count": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}}'::jsonb,
       jsonb_build_array(jsonb_build_object('per', 'image', 'amount_micros', amount)),
       'stop', expected, 600
FROM (VALUES
    ('openai/gpt-image-1',      6500000::bigint, 30),
    ('openai/gpt-image-1-mini', 1500000,         20)
) AS seed (id, amount, expected);
