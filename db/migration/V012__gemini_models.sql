-- Gemini's texts and pictures at the vendor's list prices; a credit is a cent.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
SELECT id, 'text', 'gemini',
       '{"max_tokens": {"type": "integer", "minimum": 1, "maximum": 65536, "default": 1024},
         "temperature": {"type": "number", "minimum": 0, "maximum": 2},
         "top_p": {"type": "number", "minimum": 0, "maximum": 1},
         "stop": {"type": "strings", "maximum": 4},
         "seed": {"type": "integer", "minimum": 0, "maximum": 2147483647}}'::jsonb,
       jsonb_build_array(
         jsonb_build_object('per', '1m_tokens_in', 'amount_micros', tokens_in),
         jsonb_build_object('per', '1m_tokens_out', 'amount_micros', tokens_out, 'typical', 400)),
       'stop', expected, 600
FROM (VALUES
    ('gemini/*',                     200000000::bigint, 1200000000::bigint, 15),
    ('gemini/gemini-2.5-pro',        125000000,         1000000000,         20),
    ('gemini/gemini-2.5-flash',       30000000,          250000000,          8),
    ('gemini/gemini-2.5-flash-lite',  10000000,           40000000,          6)
) AS seed (id, tokens_in, tokens_out, expected);

-- It knows shapes, not sizes: the nearest shape is taken.
INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds) VALUES
('gemini/gemini-2.5-flash-image', 'image', 'gemini',
 '{"width": {"type": "integer", "minimum": 512, "maximum": 2048, "default": 1024},
   "height": {"type": "integer", "minimum": 512, "maximum": 2048, "default": 1024},
   "count": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
   "seed": {"type": "integer", "minimum": 0, "maximum": 2147483000}}',
 '[{"per": "image", "amount_micros": 3900000}]', 'stop', 12, 600);
